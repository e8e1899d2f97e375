//! Many small migrations, some without a transaction, and whether history and catalog agree at any moment.

use tokio_postgres::Client;

use crate::program::{Files, value};

/// How many migrations there are.
pub const COUNT: usize = 33;

/// A statement of a file without a transaction, and conditions that tell how far it came.
struct Step {
    sql: &'static str,
    /// It has taken effect.
    done: &'static str,
    /// It has left something, if only an invalid index.
    begun: &'static str,
}

const fn index(sql: &'static str, done: &'static str, begun: &'static str) -> Step {
    Step { sql, done, begun }
}

/// The files without a transaction. As documented, a statement that was cut off is run again, unless it built an index
/// that is there: so all others here bear to be run twice.
const STEPS: &[(usize, &[Step])] = &[
    (
        15,
        &[index(
            "create unique index concurrently t3_note on t3 (note)",
            "exists (select from pg_index where indexrelid = to_regclass('t3_note') and indisvalid)",
            "to_regclass('t3_note') is not null",
        )],
    ),
    (
        31,
        &[
            index(
                "create index concurrently t1_note on t1 (note)",
                "exists (select from pg_index where indexrelid = to_regclass('t1_note') and indisvalid)",
                "to_regclass('t1_note') is not null",
            ),
            Step {
                sql: "insert into t2 values (0, 'added') on conflict do nothing",
                done: "exists (select from t2 where id = 0)",
                begun: "exists (select from t2 where id = 0)",
            },
            index(
                "create index concurrently t2_note on t2 (note)",
                "exists (select from pg_index where indexrelid = to_regclass('t2_note') and indisvalid)",
                "to_regclass('t2_note') is not null",
            ),
        ],
    ),
];

fn steps(version: usize) -> Option<&'static [Step]> {
    STEPS.iter().find(|(number, _)| *number == version).map(|(_, steps)| *steps)
}

/// The migrations, and any more.
pub fn files(more: &[(&str, &str)]) -> Files {
    let mut files: Vec<(String, String)> = (1..=COUNT)
        .map(|version| {
            let name = format!("V{version}__v{version}");
            let Some(steps) = steps(version) else {
                let sleep = if version % 10 == 0 { "select pg_sleep(0.02);" } else { "" };
                let text = format!(
                    "create table t{version} (id int primary key, note text);\n{sleep}\n\
                     insert into t{version} values (1, 'made');\n"
                );
                return (name, text);
            };
            let statements: Vec<_> = steps.iter().map(|step| format!("{};\n", step.sql)).collect();
            (name, format!("-- pgward:no-transaction\n{}", statements.concat()))
        })
        .collect();
    files.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    Files::new(&files)
}

/// Checks that history and catalog agree, and returns how many migrations are applied. `context` is told on failure.
pub async fn check(client: &Client, context: &str) -> usize {
    let there = async |table: &str| !value(client, &format!("select to_regclass('public.{table}')")).await.is_empty();
    let applied: usize = if there("refinery_schema_history").await {
        // Each once, in order, without gaps.
        let row = "select count(*)::int8, coalesce(max(version), 0)::int8 from refinery_schema_history";
        let row = client.query_one(row, &[]).await.unwrap();
        assert_eq!(row.get::<_, i64>(0), row.get::<_, i64>(1), "{context}: the history has gaps");
        row.get::<_, i64>(0).try_into().unwrap()
    } else {
        0
    };
    let mut partial = None;
    if there("refinery_schema_history_partial").await {
        let query = "select version::int4, done from refinery_schema_history_partial";
        let rows = client.query(query, &[]).await.unwrap();
        partial = rows.first().map(|row| (row.get::<_, i32>(0) as usize, row.get::<_, i32>(1) as usize));
        assert!(rows.len() <= 1, "{context}: two files under way");
    }
    if let Some((version, _)) = partial {
        assert_eq!(version, applied + 1, "{context}: only the next file can be under way");
    }
    for version in 1..=COUNT {
        let in_history = version <= applied;
        let Some(steps) = steps(version) else {
            let exists = there(&format!("t{version}")).await;
            assert_eq!(exists, in_history, "{context}: t{version} with {applied} applied");
            if exists {
                let rows = value(client, &format!("select count(*) from t{version} where id = 1")).await;
                assert_eq!(rows, "1", "{context}: rows of t{version}");
            }
            continue;
        };
        let noted = match partial {
            _ if in_history => steps.len(),
            Some((number, done)) if number == version => done,
            _ => 0,
        };
        let under_way = partial.is_some_and(|(number, _)| number == version);
        for (n, step) in steps.iter().enumerate() {
            // Without the table that it is about, there can be nothing of it.
            if version > applied + 1 {
                continue;
            }
            let is = async |condition: &str| value(client, &format!("select {condition}")).await == "t";
            let at = format!("{context}: statement {} of V{version}, {noted} noted, {applied} applied", n + 1);
            if n < noted {
                assert!(is(step.done).await, "{at}: not done");
            } else if n > noted || !under_way {
                assert!(!is(step.begun).await, "{at}: done");
            }
        }
    }
    applied
}

/// Removes everything.
pub async fn reset(client: &Client) {
    let reset = "set client_min_messages to error; drop schema public cascade; create schema public";
    client.batch_execute(reset).await.unwrap();
}

/// Numbers by chance, the same for the same seed (SplitMix64).
pub struct Chance(u64);

impl Chance {
    /// From `PGWARD_TEST_SEED`, else new; printed, which is seen when the test fails.
    #[expect(clippy::disallowed_methods, reason = "a failure is to be had again")]
    pub fn new() -> Self {
        use std::hash::BuildHasher as _;
        let given = std::env::var("PGWARD_TEST_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| std::hash::RandomState::new().hash_one(0));
        println!("for the same again: PGWARD_TEST_SEED={seed}");
        Self(seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Waits for a moment by chance: any moment of a run as long as `whole`, or shortly after so many lines of output.
pub async fn some_moment(run: &mut crate::program::Running, chance: &mut Chance, whole: std::time::Duration) {
    let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap();
    // Half of them by what was printed, so that most hit the run wherever the machine spends its time.
    let pause = if chance.below(2) == 0 {
        chance.below(micros(whole) * 11 / 10)
    } else {
        run.until_lines(usize::try_from(chance.below(COUNT as u64)).unwrap()).await;
        chance.below(micros(whole) / 15)
    };
    tokio::time::sleep(std::time::Duration::from_micros(pause)).await;
}
