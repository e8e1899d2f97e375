//! Public buckets of Supabase's storage whose files can be listed.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD056",
    name: "public-bucket-lists",
    severity: Severity::Warning,
    description: "A bucket of Supabase's storage is public, and a policy FOR SELECT on storage.objects lets API roles list \
                  its files. Files of a public bucket are read by their address without any policy; listing them tells \
                  everybody all addresses.",
    bad: "create schema storage;
grant usage on schema storage to anon;
create table storage.buckets (id text primary key, public boolean);
insert into storage.buckets values ('avatars', true);
create table storage.objects (id uuid primary key, bucket_id text);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant select on storage.objects to anon;
create policy list on storage.objects for select to anon using (bucket_id = 'avatars');",
    good: "create schema storage;
grant usage on schema storage to anon;
create table storage.buckets (id text primary key, public boolean);
insert into storage.buckets values ('avatars', true);
create table storage.objects (id uuid primary key, bucket_id text);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;",
};

fn check(facts: &Facts, found: &mut Found) {
    let buckets = match &facts.public_buckets {
        Ok(buckets) => buckets,
        Err(reason) => return found.unknown(None, reason),
    };
    for (policy, _) in facts.every_policy().filter(|(_, table)| table.is("storage", "objects")) {
        if !policy.permissive || !policy.is_for(Command::Select) || policy.applies_to.is_empty() {
            continue;
        }
        let Some(text) = &policy.using else { continue };
        let by_owner = text.contains("auth.uid") || text.contains("owner");
        for bucket in buckets.iter().filter(|bucket| text.contains(&format!("'{bucket}'")) && !by_owner) {
            found.add(
                facts.policy_ref(policy),
                format!(
                    "policy {} lets {} list every file of public bucket {bucket}",
                    Ident(&policy.name),
                    who(&policy.applies_to)
                ),
                "drop the policy: files of a public bucket are read by their address without one",
            );
        }
    }
}
