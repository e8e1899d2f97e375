//! One history for pgward and for applications that embed refinery, with wide and with narrow versions.

use pgward::base::Error;
use pgward::runner::{Runner, State, Undo};
use pgward::source::{Migrations, Width};
use refinery_core::traits::r#async::{AsyncQuery, AsyncTransaction};
use refinery_core::{AsyncMigrate, Migration};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_postgres::Client;

use crate::runner_support::{history, migrations, tables, value};
use crate::support::TestDb;

const FILES: &[(&str, &str)] = &[
    ("V1__a", "create table a (i int);"),
    ("V20260213000000__b", "create table b (i int);\r\n"),
    ("V20260213000001__c", "create table c (i int);"),
];

/// refinery's own driver for tokio-postgres, which its feature of that name would bring.
struct Theirs(Client);

impl AsyncTransaction for Theirs {
    type Error = tokio_postgres::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, Self::Error> {
        let transaction = self.0.transaction().await?;
        let mut count = 0;
        for query in queries {
            transaction.batch_execute(query).await?;
            count += 1;
        }
        transaction.commit().await?;
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Theirs {
    async fn query<'a>(&'a mut self, query: &'a str) -> Result<Vec<Migration>, Self::Error> {
        let rows = self.0.query(query, &[]).await?;
        let row = |row: tokio_postgres::Row| {
            let applied_on = OffsetDateTime::parse(row.get(2), &Rfc3339).unwrap();
            let checksum: String = row.get(3);
            Migration::applied(row.get(0), row.get(1), applied_on, checksum.parse().unwrap())
        };
        Ok(rows.into_iter().map(row).collect())
    }
}

impl AsyncMigrate for Theirs {}

#[tokio::test]
async fn what_refinery_applied_is_applied() {
    let db = TestDb::new().await;
    let ours = migrations(FILES);
    let all: Vec<_> = ours.iter().map(|migration| migration.as_refinery().clone()).collect();
    let mut theirs = Theirs(db.connect().await);
    refinery_core::Runner::new(&all[..2]).run_async(&mut theirs).await.unwrap();
    let runner = Runner::new(ours);
    let status = runner.status(&mut theirs.0).await.unwrap();
    assert_eq!(
        status.entries.iter().map(|entry| entry.state).collect::<Vec<_>>(),
        [State::Applied, State::Applied, State::Pending]
    );
    assert_eq!(runner.up(&mut theirs.0).await.unwrap().done.len(), 1);
    // And the other way round: refinery finds nothing to do and nothing to object to.
    let report = refinery_core::Runner::new(&all).run_async(&mut theirs).await.unwrap();
    assert!(report.applied_migrations().is_empty());
    let applied = theirs.get_applied_migrations("refinery_schema_history").await.unwrap();
    assert_eq!(applied, all);
}

#[tokio::test]
async fn what_refinery_embeds_goes_up() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let all: Vec<_> = migrations(FILES).iter().map(|migration| migration.as_refinery().clone()).collect();
    let runner =
        Runner::new(Migrations::from_refinery(&all).unwrap().with_downs([(20260213000001, "drop table c")]).unwrap());
    runner.up(&mut client).await.unwrap();
    runner.down(&mut client, Undo::Steps(1)).await.unwrap();
    assert_eq!(tables(&client).await, "a,b");
    let error: Error = runner.down(&mut client, Undo::Steps(1)).await.unwrap_err();
    assert_eq!(error.message(), "V20260213000000__b can't be undone: it has no down");
}

#[tokio::test]
async fn a_narrow_history_is_read_and_written_as_its_owner_does() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let files = &[FILES[0], ("V2__b", "create table b (i int);")];
    let ours = migrations(files);
    let narrow = |version| ours.get(version).unwrap().checksum(Width::Int4).unwrap();
    assert_ne!(Some(narrow(1)), ours.get(1).unwrap().checksum(Width::Int8));
    client
        .batch_execute(&format!(
            "create table a (i int);
             create table refinery_schema_history (version int4 primary key, name varchar(255), applied_on varchar(255),
               checksum varchar(255));
             insert into refinery_schema_history values (1, 'a', '2026-01-01T00:00:00Z', '{}')",
            narrow(1)
        ))
        .await
        .unwrap();
    let runner = Runner::new(ours.clone());
    runner.up(&mut client).await.unwrap();
    assert_eq!(history(&client).await, "1,2");
    let written = value(&client, "select checksum from refinery_schema_history where version = 2").await;
    assert_eq!(written, narrow(2).to_string());
    assert!(runner.status(&mut client).await.unwrap().problems().next().is_none());
    // A version that does not fit is an error of the server, and rolled back.
    let error = Runner::new(migrations(&[files[0], files[1], FILES[2]])).up(&mut client).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("22003"));
    assert_eq!(tables(&client).await, "a,b");
}

#[test]
fn the_narrow_checksum_is_refinerys() {
    // What refinery 0.10 makes of this file without int8-versions.
    let one = migrations(&[FILES[0]]);
    assert_eq!(one.get(1).unwrap().checksum(Width::Int4), Some(14_220_039_437_982_281_180));
    assert_eq!(migrations(&[FILES[1]]).iter().next().unwrap().checksum(Width::Int4), None);
}
