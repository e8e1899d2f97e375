//! Faults in the schema: what a migration, or somebody with psql, does to the bundle's objects.

use pgward::base::Ident;
use pgward::model::{Catalog, ObjectId};

use crate::faults::Fault;

/// Candidates by what they do, with how many of each are drawn.
pub(crate) fn of_the_schema(catalog: &Catalog, functions: &[(String, String)]) -> Vec<(usize, Vec<Fault>)> {
    let of = |kind: &'static str| catalog.objects.keys().filter(move |id| id.kind == kind);
    let tables: Vec<String> = of("table").map(ObjectId::qualified).collect();
    let on = |id: &ObjectId| format!("{} on {}", Ident(id.name()), parent(id));
    let verify = |object: &str, sql: String| Fault::migration("verify", object, &sql);
    let columns = |wanted: &dyn Fn(&pgward::model::Attrs) -> bool| -> Vec<&ObjectId> {
        catalog.objects.iter().filter(|(id, o)| id.kind == "column" && wanted(&o.attrs)).map(|(id, _)| id).collect()
    };
    let privileges = |id: &ObjectId| -> String {
        let list = catalog.objects[id].attrs["privileges"].as_array().unwrap();
        list.iter().map(|privilege| privilege.as_str().unwrap()).collect::<Vec<_>>().join(", ")
    };
    let table_grants: Vec<&ObjectId> =
        of("grant").filter(|id| id.path.len() == 3 && tables.contains(&parent(id))).collect();
    let function_grants: Vec<&ObjectId> = of("grant").filter(|id| id.path.len() == 4 && is_call(id)).collect();
    let named: Vec<(&str, &str)> = functions.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let pinned = named.iter().filter(|(_, text)| text.contains("SET search_path"));
    let definers = named.iter().filter(|(_, text)| text.contains("SECURITY DEFINER"));
    let invokers = named.iter().filter(|(_, text)| !text.contains("SECURITY DEFINER"));
    let bodies = named.iter().filter(|(_, text)| text.contains("AS $function$"));
    let constraints: Vec<&ObjectId> =
        of("constraint").filter(|id| catalog.objects[*id].attrs["type"] == "check").collect();
    let policies: Vec<&ObjectId> = of("policy").collect();
    // One that lets everybody read already has nothing to be taken away.
    let read = |id: &&&ObjectId| catalog.objects[**id].attrs.get("using").is_some_and(|using| *using != "true");
    vec![
        (6, policies.iter().map(|id| verify(id.name(), format!("drop policy {}", on(id)))).collect()),
        (
            6,
            policies
                .iter()
                .filter(read)
                .map(|id| verify(id.name(), format!("alter policy {} using (true)", on(id))))
                .collect(),
        ),
        (3, policies.iter().map(|id| verify(id.name(), format!("alter policy {} to public", on(id)))).collect()),
        (7, tables.iter().map(|t| verify(t, format!("alter table {t} disable row level security"))).collect()),
        (14, bodies.map(|(name, text)| verify(bare(name), changed(text))).collect()),
        (10, pinned.map(|(name, _)| verify(bare(name), format!("alter function {name} reset search_path"))).collect()),
        (4, definers.map(|(name, _)| verify(bare(name), format!("alter function {name} security invoker"))).collect()),
        (4, invokers.map(|(name, _)| verify(bare(name), format!("alter function {name} security definer"))).collect()),
        (
            6,
            named
                .iter()
                .map(|(name, _)| verify(bare(name), format!("grant execute on function {name} to public")))
                .collect(),
        ),
        (4, tables.iter().map(|t| verify(t, format!("grant insert on table {t} to anon"))).collect()),
        (4, tables.iter().map(|t| verify(t, format!("grant truncate on table {t} to authenticated"))).collect()),
        (
            5,
            table_grants
                .iter()
                .map(|id| {
                    let table = parent(id);
                    verify(&table, format!("revoke {} on table {table} from {}", privileges(id), Ident(id.name())))
                })
                .collect(),
        ),
        (
            3,
            function_grants
                .iter()
                .map(|id| {
                    let function = format!("{}.{}{}", Ident(&id.path[0]), Ident(&id.path[1]), id.path[2]);
                    verify(
                        &id.path[1],
                        format!("revoke execute on function {function} from {}", Ident(id.path.last().unwrap())),
                    )
                })
                .collect(),
        ),
        (
            6,
            constraints
                .iter()
                .map(|id| verify(id.name(), format!("alter table {} drop constraint {}", parent(id), Ident(id.name()))))
                .collect(),
        ),
        (5, of("index").map(|id| verify(id.name(), format!("drop index ops.{}", Ident(id.name())))).collect()),
        (6, of("trigger").map(|id| verify(id.name(), format!("drop trigger {}", on(id)))).collect()),
        (
            4,
            of("trigger")
                .map(|id| verify(id.name(), format!("alter table {} disable trigger {}", parent(id), Ident(id.name()))))
                .collect(),
        ),
        (
            5,
            columns(&|attrs| attrs.contains_key("default"))
                .into_iter()
                .map(|id| {
                    verify(
                        id.name(),
                        format!("alter table {} alter column {} drop default", parent(id), Ident(id.name())),
                    )
                })
                .collect(),
        ),
        (
            4,
            columns(&|attrs| attrs.contains_key("not_null") && !attrs.contains_key("identity"))
                .into_iter()
                .filter(|id| id.name() != "id" && id.name() != "seq")
                .map(|id| {
                    verify(
                        id.name(),
                        format!("alter table {} alter column {} drop not null", parent(id), Ident(id.name())),
                    )
                })
                .collect(),
        ),
        (3, tables.iter().map(|t| verify(t, format!("alter table {t} add column planted text"))).collect()),
        (
            3,
            vec![
                verify("ops.planted", "create table ops.planted (id bigint)".to_owned()),
                verify(
                    "ops.planted()",
                    "create function ops.planted() returns integer language sql as 'select 1'".to_owned(),
                ),
                verify("ops.planted", "create view ops.planted as select id from ops.projects".to_owned()),
            ],
        ),
        (10, of_behaviour()),
        (9, of_lint(&tables)),
        (10, of_drift(catalog, &tables, functions)),
    ]
}

/// What lets roles do more with rows than the manifest of it says, seen when it is tried.
fn of_behaviour() -> Vec<Fault> {
    let of_members =
        ["projects", "workflows", "runs", "run_events", "run_logs", "run_artifacts", "project_memberships"];
    let with_rows = of_members.iter().map(|t| format!("alter table ops.{t} disable row level security"));
    // That nothing refers to, and no trigger keeps from it.
    let leaves = ["run_logs", "run_artifacts", "tools", "upgrade_advisories"];
    let truncated = leaves.iter().map(|t| format!("grant truncate on table ops.{t} to authenticated"));
    let table = |sql: &str| sql.split(' ').find(|word| word.starts_with("ops.")).unwrap_or_default().to_owned();
    with_rows.chain(truncated).map(|sql| Fault::migration("rls", &table(&sql), &sql)).collect()
}

/// Statements that a running system would not like, which lint must see in their text.
fn of_lint(tables: &[String]) -> Vec<Fault> {
    let some = ["ops.runs", "ops.run_logs", "ops.projects"].iter().filter(|t| tables.iter().any(|known| known == *t));
    some.flat_map(|t| {
        [
            format!("create index planted_idx on {t} (created_at)"),
            format!("alter table {t} add constraint planted_check check (id is not null)"),
            format!("alter table {t} add column planted text not null"),
            format!("alter table {t} add column planted bigint generated always as identity"),
            format!("drop table {t} cascade"),
            format!("alter table {t} add constraint planted_key unique (id)"),
        ]
        .map(|sql| Fault::migration("lint", t, &sql))
    })
    .collect()
}

/// What somebody typed into the target.
fn of_drift(catalog: &Catalog, tables: &[String], functions: &[(String, String)]) -> Vec<Fault> {
    let mut all: Vec<Fault> = tables
        .iter()
        .flat_map(|t| {
            [
                Fault::target(t, &format!("alter table {t} disable row level security")),
                Fault::target("planted_idx", &format!("create index planted_idx on {t} ((1))")),
                Fault::target(t, &format!("grant select on table {t} to public")),
            ]
        })
        .collect();
    all.extend(
        functions
            .iter()
            .map(|(name, _)| Fault::target(bare(name), &format!("alter function {name} set work_mem = '1GB'"))),
    );
    all.extend(
        catalog
            .objects
            .keys()
            .filter(|id| id.kind == "policy")
            .map(|id| Fault::target(id.name(), &format!("drop policy {} on {}", Ident(id.name()), parent(id)))),
    );
    all
}

/// What an object stands in, as SQL writes it.
fn parent(id: &ObjectId) -> String {
    pgward::base::Path(&id.path[..id.path.len() - 1]).to_string()
}

fn is_call(id: &ObjectId) -> bool {
    id.path[2].starts_with('(') && id.path[2].ends_with(')')
}

/// A function's name without its arguments.
fn bare(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

/// A function that does something more.
fn changed(definition: &str) -> String {
    match definition.contains("LANGUAGE plpgsql") {
        true => {
            let at = definition.rfind("end").unwrap();
            format!("{}perform 1; {}", &definition[..at], &definition[at..])
        }
        false => definition.replace("AS $function$", "AS $function$ /* planted */ "),
    }
}
