//! Functions and what calls them.

use super::types;
use super::world::{Kind, Object, World, literal};

/// A routine's arguments; with or without what does not tell it from others.
pub fn arguments(world: &World, object: &Object, identity: bool) -> String {
    match object.kind {
        Kind::Pure | Kind::Aggregate => "bigint".to_owned(),
        Kind::TriggerFunction => String::new(),
        _ => {
            let count = object.number(3, 4);
            let used = used_type(world, object);
            let one = |n: usize| {
                let plain = types::plain(object, 4 + n);
                let kind = used.clone().filter(|_| n == 0).unwrap_or_else(|| plain.0.to_owned());
                if identity {
                    return kind;
                }
                let mode = if n + 1 == count { object.pick(8, &["", "", "variadic "]) } else { "" };
                let name = ["\"A a\" ", "b ", ""][n];
                let default = match object.genes[9].is_multiple_of(3)
                    && mode.is_empty()
                    && n + 1 == count
                    && (n > 0 || used.is_none())
                {
                    true => format!(" default {}", plain.1[0]),
                    false => String::new(),
                };
                let array = if mode.is_empty() { "" } else { "[]" };
                format!("{mode}{name}{kind}{array}{default}")
            };
            (0..count).map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

fn used_type(world: &World, object: &Object) -> Option<String> {
    let fits = |one: &Object| one.is_type() || one.is_table();
    world.refs(object, fits).first().map(|one| world.full(one))
}

pub fn create(world: &World, object: &Object) -> Vec<String> {
    let name = world.full(object);
    let call = world.pure(object).map(|one| format!("{}(1)", world.full(one)));
    let arguments = arguments(world, object, false);
    let mut more = String::new();
    if object.kind != Kind::Procedure && object.kind != Kind::Aggregate {
        for (gene, of) in [
            (10, &["strict", "called on null input"][..]),
            (11, &["parallel safe", "parallel restricted"]),
            (12, &["cost 5", "cost 0.5", "leakproof"]),
        ] {
            more.extend(object.maybe(gene, of).map(|one| format!(" {one}")));
        }
    }
    if object.kind != Kind::Aggregate {
        more.extend(
            object
                .maybe(
                    13,
                    &[
                        "security definer",
                        "set search_path = pg_catalog, pg_temp",
                        "set work_mem = '8MB' set \"x.Y\" = 'it''s'",
                    ],
                )
                .map(|one| format!(" {one}")),
        );
    }
    let sql = match object.kind {
        Kind::Pure => {
            let body = object.pick(3, &["select $1 + 1", "select $1 * 2", "select abs($1)"]);
            match object.genes[4] % 3 {
                0 => format!(
                    "create function {name}(bigint) returns bigint language sql immutable{more} return $1 + {}",
                    object.number(3, 3)
                ),
                1 => format!(
                    "create function {name}(bigint) returns bigint immutable{more} language sql begin atomic {body}; end"
                ),
                _ => format!(
                    "create function {name}(bigint) returns bigint language sql immutable{more} as {}",
                    literal(body)
                ),
            }
        }
        Kind::TriggerFunction => {
            let returns = object.pick(4, &["trigger", "trigger", "trigger", "event_trigger"]);
            let body = object.pick(
                3,
                &["begin return new; end", "begin return null; end", "\n-- it's\nbegin\n  return old;\nend;\n"],
            );
            let body = if returns == "event_trigger" { "begin end" } else { body };
            format!("create function {name}() returns {returns} language plpgsql{more} as {}", literal(body))
        }
        Kind::Procedure => match (object.genes[10] % 2, call) {
            (0, Some(call)) => {
                format!("create procedure {name}({arguments}) language sql{more} begin atomic select {call}; end")
            }
            _ => {
                let body =
                    object.pick(11, &["begin null; end", "begin\n\tcommit;\nend", "declare x int; begin x := 1; end"]);
                format!("create procedure {name}({arguments}) language plpgsql{more} as {}", literal(body))
            }
        },
        Kind::Aggregate => {
            let function = world.first(object).map(|one| world.full(one)).unwrap_or_default();
            let final_function = object
                .pick(
                    3,
                    &[
                        "",
                        &format!(", finalfunc = {function}"),
                        &format!(", finalfunc = {function}, finalfunc_modify = read_write"),
                    ],
                )
                .to_owned();
            let start = object.maybe(4, &[", initcond = '0'", ", initcond = '5'"]).unwrap_or_default();
            let parallel =
                object.maybe(5, &[", parallel = safe", ", combinefunc = int8pl", ", sspace = 64"]).unwrap_or_default();
            format!("create aggregate {name}(bigint) (sfunc = int8pl, stype = bigint{final_function}{start}{parallel})")
        }
        _ => {
            let volatility = object.pick(10, &["", " stable", " immutable"]);
            let used = used_type(world, object);
            match object.genes[11] % 5 {
                0 if used.is_some() => {
                    let used = used.unwrap_or_default();
                    format!(
                        "create function {name}({arguments}) returns setof {used} language sql{volatility} rows 10{more} as {}",
                        literal(&format!("select null::{used}"))
                    )
                }
                1 => format!(
                    "create function {name}({arguments}) returns table (x integer, \"Y y\" text) language plpgsql{volatility}{more} as 'begin return; end'"
                ),
                2 if call.is_some() => {
                    format!(
                        "create function {name}({arguments}) returns bigint language sql{volatility}{more} return {} + {}",
                        call.unwrap_or_default(),
                        object.number(12, 4)
                    )
                }
                3 => format!(
                    "create function {name}({arguments}) returns void language plpgsql{volatility}{more} as {}",
                    literal(object.pick(12, &["begin null; end", "begin\n  perform 1; -- it's\nend"]))
                ),
                _ => format!(
                    "create function {name}({arguments}) returns integer language sql{volatility}{more} as {}",
                    literal(object.pick(12, &["select 1", "select 1 + 1;", "\n\tselect 2\n"]))
                ),
            }
        }
    };
    vec![sql]
}

/// An operator and its arguments.
pub fn operator(world: &World, object: &Object) -> String {
    let sign = object.pick(3, &["+++", "@@@", "!#", "<->~"]);
    format!("{}.{sign} (none, bigint)", world.schema_name(object))
}

/// What a cast is from and to.
pub fn cast(world: &World, object: &Object) -> String {
    let names: Vec<String> = object.refs.iter().filter_map(|id| world.get(*id)).map(|one| world.full(one)).collect();
    format!("({})", names.join(" as "))
}

pub fn syntax(world: &World, object: &Object) -> Vec<String> {
    if object.kind == Kind::Cast {
        let context = object.maybe(3, &["as assignment", "as implicit"]).unwrap_or_default();
        return vec![format!("create cast {} with inout {context}", cast(world, object))];
    }
    let function = world.first(object).map(|one| world.full(one)).unwrap_or_default();
    let sign = object.pick(3, &["+++", "@@@", "!#", "<->~"]);
    vec![format!("create operator {}.{sign} (function = {function}, rightarg = bigint)", world.schema_name(object))]
}

pub fn trigger(world: &World, object: &Object) -> Vec<String> {
    let (Some(table), Some(function)) = (world.first(object), object.refs.get(1).and_then(|id| world.get(*id))) else {
        return Vec::new();
    };
    let (name, on, function) = (world.name(object), world.full(table), world.full(function));
    let columns = world.column_list(object);
    let arguments = object.pick(7, &["", "'a'", "'it''s', 2"]);
    if table.kind == Kind::View {
        let event = object.pick(3, &["insert", "update or delete", "delete"]);
        return vec![format!(
            "create trigger {name} instead of {event} on {on} for each row execute function {function}({arguments})"
        )];
    }
    let events = match object.genes[3] % 5 {
        0 => "insert".to_owned(),
        1 => "update or insert".to_owned(),
        2 if !columns.is_empty() => format!("update of {}", columns.join(", ")),
        3 => "truncate".to_owned(),
        _ => "delete or insert".to_owned(),
    };
    let row = if events == "truncate" { "statement" } else { object.pick(4, &["row", "row", "statement"]) };
    let when = match columns.first() {
        Some(column)
            if object.genes[6].is_multiple_of(4)
                && row == "row"
                && (events == "insert" || events.starts_with("update")) =>
        {
            format!(" when (new.{column} is not null)")
        }
        _ => String::new(),
    };
    let timing = object.pick(5, &["before", "after", "after", "constraint"]);
    let tables = match row == "statement" && timing == "after" && object.genes[8].is_multiple_of(2) {
        true if events == "insert" => " referencing new table as \"New t\"",
        _ => "",
    };
    let mut all = vec![match timing {
        "constraint" => format!(
            "create constraint trigger {name} after {events} on {on} {} for each row{when} execute function {function}({arguments})",
            object.pick(8, &["", "deferrable", "deferrable initially deferred"])
        ),
        _ => format!(
            "create trigger {name} {timing} {events} on {on}{tables} for each {row}{when} execute function {function}({arguments})"
        ),
    }];
    if let Some(state) = object.maybe(9, &["disable", "enable replica", "enable always"]) {
        all.push(format!("alter table {on} {state} trigger {name}"));
    }
    all
}
