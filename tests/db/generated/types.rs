//! Types, sequences, and what belongs to no table.

use super::sql::options;
use super::world::{Kind, Object, World, literal};

/// Types of columns, with defaults that fit.
pub const TYPES: &[(&str, &[&str])] = &[
    ("integer", &["0", "-1", "(1 + 2)"]),
    ("bigint", &["9223372036854775807", "0"]),
    ("smallint", &["7"]),
    ("numeric", &["1.50", "'NaN'"]),
    ("numeric(10,2)", &["0.10", "0"]),
    ("real", &["1e-3", "'Infinity'"]),
    ("double precision", &["0.1", "random()"]),
    ("text", &["''", "'a b'", "'it''s \\ \"x\"'", "upper('x')", "current_user", "null"]),
    ("character varying", &["'x'::text", "'ß日'"]),
    ("character varying(20)", &["'x'"]),
    ("character(3)", &["'abc'", "'a'"]),
    ("boolean", &["true", "not true"]),
    ("date", &["current_date", "'2020-02-29'"]),
    ("timestamp without time zone", &["localtimestamp", "'2020-01-01 10:00'"]),
    ("timestamp(3) with time zone", &["now()", "'2020-01-01 12:00+02'", "now() + interval '1 day'"]),
    ("timestamp with time zone", &["clock_timestamp()", "'2020-06-01 12:00 Europe/Berlin'"]),
    ("time(2) with time zone", &["'10:00+01'"]),
    ("interval", &["'1 day 02:00'", "'-3 mons'"]),
    ("interval day to second(2)", &["'1 02:03:04'"]),
    ("uuid", &["gen_random_uuid()", "'00000000-0000-0000-0000-000000000001'"]),
    ("json", &["'{\"a\": 1}'"]),
    ("jsonb", &["'{}'", "'{\"a\": 1}'", "jsonb_build_object('a', 1)"]),
    ("bytea", &["'\\xdeadbeef'"]),
    ("inet", &["'10.0.0.1/8'", "inet_client_addr()"]),
    ("money", &["'1234.5'"]),
    ("bit(4)", &["B'1010'"]),
    ("bit varying(8)", &["B'1'"]),
    ("point", &["'(1,2)'"]),
    ("tsvector", &["to_tsvector('english', 'x')"]),
    ("int4range", &["int4range(1, 2)", "'[1,5)'"]),
    ("datemultirange", &["'{}'"]),
    ("text[]", &["ARRAY['a', 'b c']", "'{}'", "'{NULL,\"q\\\"\"}'"]),
    ("integer[]", &["'{1,2}'", "ARRAY[]::integer[]"]),
    ("numeric(8,3)[]", &["'{1.5}'"]),
    ("name", &["'x'"]),
    ("regclass", &["'pg_class'"]),
    ("character varying(5)[]", &["'{x}'"]),
    ("\"char\"", &["'a'"]),
];

/// A built-in type, by a gene.
pub fn plain(object: &Object, gene: usize) -> (&'static str, &'static [&'static str]) {
    TYPES[object.number(gene, TYPES.len())]
}

const LABELS: &[&str] = &["new", "in progress", "it's", "done", "ÄÖ", "", "Z"];

/// An enum's labels: some of those that there are, in one of two orders.
pub fn labels(object: &Object) -> Vec<&'static str> {
    let gene = object.genes[3];
    let mut found: Vec<_> =
        LABELS.iter().enumerate().filter(|(n, _)| gene >> n & 1 == 1).map(|(_, label)| *label).collect();
    if gene >> 9 & 7 == 0 {
        found.reverse();
    }
    found
}

pub fn create(world: &World, object: &Object) -> Vec<String> {
    let name = world.full(object);
    let base = world.refs(object, Object::is_type).into_iter().next();
    let base_name = base.map(|base| world.full(base));
    let sql = match object.kind {
        Kind::Collation => {
            let how = object.pick(
                3,
                &[
                    "provider = libc, locale = 'C'",
                    "provider = libc, locale = 'POSIX'",
                    "locale = 'C.UTF-8'",
                    "from \"C\"",
                ],
            );
            match how.strip_prefix("from ") {
                Some(other) => format!("create collation {name} from {other}"),
                None => format!("create collation {name} ({how})"),
            }
        }
        Kind::Enum => {
            let labels: Vec<String> = labels(object).into_iter().map(literal).collect();
            format!("create type {name} as enum ({})", labels.join(", "))
        }
        Kind::Domain => {
            let (plain, defaults) = plain(object, 3);
            let mut sql = format!("create domain {name} as {}", base_name.as_deref().unwrap_or(plain));
            if base.is_none() && object.genes[4].is_multiple_of(3) {
                sql.push_str(&format!(" default {}", defaults[usize::from(object.genes[4]) / 3 % defaults.len()]));
            }
            if object.genes[5].is_multiple_of(4) {
                sql.push_str(" not null");
            }
            let mut all = vec![sql];
            if object.genes[6].is_multiple_of(3) {
                let named = object.pick(7, &["", "constraint c1 ", "constraint \"C 2\" "]);
                let check = object.pick(
                    8,
                    &["value is not null", "value::text <> 'x'", "value::text ~ '^.+$'", "length(value::text) > 0"],
                );
                let valid = object.pick(9, &["", "", " not valid"]);
                all.push(format!("alter domain {name} add {named}check ({check}){valid}"));
            }
            if let Some(pure) = world.pure(object) {
                all.push(format!("alter domain {name} add constraint calls check ({}(1) > 0)", world.full(pure)));
            }
            return all;
        }
        Kind::Composite => {
            let count = object.number(3, 5);
            let mut fields: Vec<String> = (0..count)
                .map(|n| {
                    let named = ["a", "B c", "select", "ü"][n];
                    format!("\"{named}\" {}", plain(object, 4 + n).0)
                })
                .collect();
            fields.extend(base_name.map(|base| format!("other {base}")));
            format!("create type {name} as ({})", fields.join(", "))
        }
        _ => {
            let how = object.pick(
                3,
                &[
                    "subtype = float8, subtype_diff = float8mi",
                    "subtype = text",
                    "subtype = text, collation = \"C\"",
                    "subtype = integer",
                    "subtype = timestamptz",
                ],
            );
            let more = match object.maybe(4, &["m", "M m"]) {
                Some(multi) => {
                    format!(", multirange_type_name = {}.\"{multi}{}\"", world.schema_name(object), object.id)
                }
                None => String::new(),
            };
            format!("create type {name} as range ({how}{more})")
        }
    };
    vec![sql]
}

pub fn sequence(world: &World, object: &Object) -> Vec<String> {
    let name = world.full(object);
    let kind = object.pick(8, &["", "", "", "unlogged "]);
    let mut sql = format!("create {kind}sequence {name}");
    for (gene, of) in [
        (3, &["as smallint", "as integer", "as bigint"][..]),
        (4, &["increment 5", "increment -1", "increment 2"]),
        (5, &["minvalue -100", "maxvalue 1000", "minvalue 10 maxvalue 20000"]),
        (6, &["start 12", "start 100"]),
        (7, &["cache 10", "cycle", "cache 2 cycle"]),
    ] {
        if let Some(text) = object.maybe(gene, of) {
            sql.push_str(&format!(" {text}"));
        }
    }
    let mut all = vec![sql];
    if let Some(column) = world.refs(object, Object::is_column).into_iter().next()
        && let Some(table) = world.first(column)
    {
        all.push(format!("alter sequence {name} owned by {}.{}", world.full(table), world.name(column)));
    }
    all
}

pub fn other(world: &World, object: &Object, version: u32) -> Vec<String> {
    let full = || world.full(object);
    let name = world.name(object);
    match object.kind {
        Kind::Dictionary => {
            let how = object.pick(
                3,
                &[
                    "template = simple",
                    "template = simple, accept = false",
                    "template = pg_catalog.simple, stopwords = english",
                    "template = snowball, language = german",
                    "template = snowball, language = english, stopwords = english",
                ],
            );
            vec![format!("create text search dictionary {} ({how})", full())]
        }
        Kind::Configuration => {
            let how = object.pick(3, &["copy = simple", "parser = \"default\"", "copy = english"]);
            let mut all = vec![format!("create text search configuration {} ({how})", full())];
            if let Some(one) = world.refs(object, |one| one.kind == Kind::Dictionary).into_iter().next() {
                let tokens = object.pick(4, &["word", "email, url", "numword, int"]);
                let verb = if how.starts_with("copy") { "alter" } else { "add" };
                let more = object.pick(5, &["", ", simple"]);
                all.push(format!(
                    "alter text search configuration {} {verb} mapping for {tokens} with {}{more}",
                    full(),
                    world.full(one)
                ));
            }
            if how.starts_with("copy")
                && let Some(token) = object.maybe(6, &["host", "file", "float"])
            {
                all.push(format!("alter text search configuration {} drop mapping for {token}", full()));
            }
            all
        }
        Kind::Wrapper => {
            let given = object.maybe(3, &["a=1", "a=1,B c=it's"]).map(|one| format!(" options ({})", options(one)));
            vec![format!("create foreign data wrapper {name}{}", given.unwrap_or_default())]
        }
        Kind::Server => {
            let wrapper = world.first(object).map(|one| world.name(one)).unwrap_or_default();
            let kind = object.maybe(3, &["type 't'", "type 'T''x' version '2'", "version '1'"]).unwrap_or_default();
            let given = object.maybe(4, &["host=h", "host=h,port=1"]).map(|one| format!(" options ({})", options(one)));
            let mut all = vec![format!(
                "create server {name} {kind} foreign data wrapper {wrapper}{}",
                given.unwrap_or_default()
            )];
            if let Some(who) = object.maybe(5, &["public", "bob", "alice"]) {
                let given = object.pick(6, &["", " options (user 'u')", " options (user 'v', x 'y')"]);
                all.push(format!("create user mapping for {who} server {name}{given}"));
            }
            all
        }
        Kind::Publication => {
            let table = world.first(object);
            let what = match table {
                Some(table) if !object.genes[3].is_multiple_of(3) => {
                    let filter =
                        world.columns(table).first().map(|one| format!(" where ({} is not null)", world.name(one)));
                    let filter =
                        if object.genes[4].is_multiple_of(4) { filter.unwrap_or_default() } else { String::new() };
                    format!(" for table {}{}{filter}", object.pick(5, &["", "only "]), world.full(table))
                }
                Some(table) if object.genes[3].is_multiple_of(6) => {
                    format!(" for tables in schema {}", world.schema_name(table))
                }
                _ => String::new(),
            };
            let with = object.maybe(
                6,
                &[
                    "publish = 'insert'",
                    "publish = 'insert, delete', publish_via_partition_root = true",
                    "publish_via_partition_root = true",
                ],
            );
            let with = with.map(|one| format!(" with ({one})")).unwrap_or_default();
            vec![format!("create publication {name}{what}{with}")]
        }
        Kind::EventTrigger => {
            let function = world.first(object).map(|one| world.full(one)).unwrap_or_default();
            let event = object.pick(3, &["ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite"]);
            let tags = object
                .maybe(4, &["'CREATE CAST'", "'DROP CAST', 'ALTER CAST'"])
                .map(|tags| format!(" when tag in ({tags})"));
            let mut all = vec![format!(
                "create event trigger {name} on {event}{} execute function {function}()",
                tags.unwrap_or_default()
            )];
            // Those that fire do nothing but take time: they are off, or the plan's own statements would be theirs.
            all.push(format!("alter event trigger {name} {}", object.pick(5, &["disable", "enable replica"])));
            all
        }
        Kind::Defaults => {
            let schema = world.schema_name(object);
            let role = object.pick(3, &["alice", "bob"]);
            let what = object.pick(
                4,
                &["select on tables", "all on tables", "usage on sequences", "execute on functions", "usage on types"],
            );
            let to = object.pick(5, &["carol", "public", "bob"]);
            let grant = object.pick(6, &["", " with grant option"]);
            let grant = if to == "public" { "" } else { grant };
            let _ = version;
            vec![format!("alter default privileges for role {role} in schema {schema} grant {what} to {to}{grant}")]
        }
        _ => Vec::new(),
    }
}
