//! Columns of authority that an API role may insert while no policy looks at them.

use super::authority_update::unwatched;
use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD016",
    name: "authority-insertable",
    severity: Severity::Error,
    description: "An API role may insert rows whose column says what somebody may do or which tenant they belong to, and no \
                  policy for INSERT looks at that column: whoever may join one team as themselves joins any team, as its \
                  admin. Say in WITH CHECK what the column may be, or grant INSERT on the other columns alone.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.members (team_id bigint, user_id uuid, role text default 'viewer', primary key (team_id, user_id));
grant select, insert on app.members to authenticated;
alter table app.members enable row level security;
create policy see on app.members for select to authenticated using (user_id = (select auth.uid()));
create policy join_team on app.members for insert to authenticated with check (user_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.members (team_id bigint, user_id uuid, role text default 'viewer', primary key (team_id, user_id));
grant select on app.members to authenticated;
alter table app.members enable row level security;
create policy see on app.members for select to authenticated using (user_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (table, column, roles) in unwatched(facts, Command::Insert) {
        found.add(
            table.part("column", column),
            format!(
                "{} may insert any {} into {}: no policy looks at it",
                who(&roles),
                Ident(column),
                table.qualified()
            ),
            format!("compare {} in WITH CHECK, or grant INSERT on the other columns alone", Ident(column)),
        );
    }
}
