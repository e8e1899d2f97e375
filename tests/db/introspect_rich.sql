-- Two schemas with every kind in them, read as the same bytes from every supported server. What the servers read or
-- write differently is not here: see introspect_versions.rs. Roles are made by the test, once for the whole server.
create schema rich authorization rich_owner;
comment on schema rich is 'the rich schema';
create schema "weird "".name" authorization rich_owner;
grant usage on schema rich to rich_reader;
grant usage, create on schema rich to "rich Writer" with grant option;
create extension citext with schema rich;

create type rich.state as enum ('queued', 'it''s "done"', 'ünïcode');
comment on type rich.state is 'a state';
grant usage on type rich.state to rich_reader;
revoke usage on type rich.state from public;
create domain rich.amount as numeric(10, 2) default 0.00 not null constraint positive check (value >= 0);
comment on constraint positive on domain rich.amount is 'never less';
create domain rich.name as text collate "C";
create type rich.pair as (first integer, second text collate "C");
comment on type rich.pair is 'a pair';
comment on column rich.pair.first is 'the first';

create sequence rich.down as integer increment by -2 minvalue -100 maxvalue 100 start with 50 cache 7 cycle;
create unlogged sequence rich.fast;
create sequence rich.plain;
grant usage on sequence rich.plain to rich_reader;

create table rich.accounts (
    id bigint generated always as identity (start with 1000 increment by 5) primary key,
    code serial,
    email rich.citext not null,
    name text collate "C" not null default 'it''s',
    state rich.state not null default 'queued',
    balance rich.amount,
    created_at timestamptz not null default now(),
    tags text[] default '{}',
    spent interval default '1 day 02:00:00',
    raw bytea default '\xdeadbeef',
    day date default '2020-03-04',
    upper_name text generated always as (upper(name)) stored,
    "Weird ""col. umn" varchar(20) constraint weird_check check ("Weird ""col. umn" in ('x', 'it''s')),
    dropped integer,
    constraint accounts_email_key unique (email) include (state) with (fillfactor = 70),
    constraint accounts_code_key unique nulls not distinct (code) deferrable initially deferred,
    constraint accounts_name_check check (name <> '') no inherit
) with (fillfactor = 80, autovacuum_enabled = false, toast.autovacuum_vacuum_scale_factor = 0.3);
alter table rich.accounts drop column dropped;
alter table rich.accounts add column late integer;
alter table rich.accounts add constraint late_positive check (late > 0) not valid;
alter table rich.accounts alter column name set storage external, alter column name set compression pglz,
    alter column name set statistics 500, alter column name set (n_distinct = -0.5);
alter table rich.accounts enable row level security, force row level security, replica identity full;
comment on table rich.accounts is 'the accounts';
comment on column rich.accounts.email is 'where to write';
comment on constraint accounts_email_key on rich.accounts is 'one each';
alter table rich.accounts owner to rich_owner;
grant select, insert on rich.accounts to rich_reader with grant option;
grant update (email, name) on rich.accounts to "rich Writer";
grant select on rich.accounts to public;
grant usage on sequence rich.accounts_id_seq to rich_reader;

create table rich.orders (
    account bigint not null,
    number integer not null,
    parent_account bigint,
    parent_number integer,
    during tstzrange,
    primary key (account, number),
    constraint orders_account_fkey foreign key (account) references rich.accounts on update cascade on delete restrict,
    constraint orders_parent_fkey foreign key (parent_account, parent_number) references rich.orders (account, number)
        match full on delete set null (parent_number) deferrable,
    constraint orders_no_overlap exclude using gist (during with &&) where (number > 0)
);
create statistics rich.orders_stats (ndistinct) on number, (account + 1) from rich.orders;
alter statistics rich.orders_stats set statistics 50;
alter table rich.orders replica identity using index orders_pkey;
alter table rich.orders cluster on orders_pkey;
create index orders_number_idx on rich.orders using btree (number desc nulls last, (account + 1)) include (parent_number)
    with (fillfactor = 60) where parent_number is not null;
comment on index rich.orders_number_idx is 'by number';
create unique index orders_lower_idx on rich.orders (abs(number)) nulls not distinct;
alter index rich.orders_lower_idx alter column 1 set statistics 300;
create index orders_during_idx on rich.orders using gist (during);

create unlogged table rich.scratch (a integer);
alter table rich.scratch replica identity nothing;
create table rich.base (a integer not null, b text, constraint base_a_check check (a > 0));
create table rich.child (c integer) inherits (rich.base);
create table rich.typed of rich.pair;

create table rich.events (at timestamptz not null, kind text not null, n integer)
    partition by range (at);
create index events_kind_idx on rich.events (kind);
create table rich.events_2020 partition of rich.events
    for values from ('2020-01-01 00:00:00+00') to ('2021-01-01 00:00:00+00') partition by list (kind);
create table rich.events_2020_a partition of rich.events_2020 for values in ('a', 'b');
create table rich.events_rest partition of rich.events default;

create view rich.open_accounts with (security_invoker = true, security_barrier = on) as
    select a.id, a.email, a.state, o.number from rich.accounts a left join rich.orders o on o.account = a.id
    where a.state <> 'queued';
comment on view rich.open_accounts is 'those open';
comment on column rich.open_accounts.email is 'as in accounts';
alter view rich.open_accounts alter column state set default 'queued';
create materialized view rich.totals with (fillfactor = 90) as
    select o.account, count(*) as n from rich.orders o join rich.accounts a on a.id = o.account group by o.account;
create unique index totals_account_idx on rich.totals (account);
create materialized view rich.unfilled as select 1 as one with no data;

create function rich.add(a integer, b integer default 1, out total integer) language sql immutable strict leakproof
    parallel safe cost 7 as 'select a + b';
create function rich.list(variadic names text[]) returns setof rich.orders language plpgsql stable security definer
    rows 5 set search_path = rich, pg_temp set timezone = 'Europe/Paris' as $$
begin
    -- it's "quoted" \ and so on
    return query select * from rich.orders;
end $$;
comment on function rich.list(text[]) is 'the list';
revoke execute on function rich.list(text[]) from public;
grant execute on function rich.list(text[]) to rich_reader;
create function rich.atomic(n integer) returns table (x integer, y text) language sql
    begin atomic select n, 'y'::text; end;
create function rich.touch() returns trigger language plpgsql as 'begin return new; end';
create procedure rich.work(in a integer, inout b text default 'x') language plpgsql security definer as 'begin end';
comment on procedure rich.work(integer, text) is 'works';

create trigger "touch ""it" before insert or update of email, name on rich.accounts
    for each row when (new.name <> ') EXECUTE FUNCTION rich.touch(') execute function rich.touch('a', 'it''s', 'b\c', 'é', '');
comment on trigger "touch ""it" on rich.accounts is 'touches';
create trigger changed after update on rich.accounts for each row
    when (old.name is distinct from new.name) execute function rich.touch();
alter table rich.accounts disable trigger changed;
create trigger many after update on rich.accounts referencing old table as was new table as "Is"
    for each statement execute function rich.touch();
alter table rich.accounts enable always trigger many;
create constraint trigger later after insert or delete on rich.orders from rich.accounts deferrable initially deferred
    for each row execute function rich.touch();
create trigger instead instead of delete on rich.open_accounts for each row execute function rich.touch();
create trigger stamped before insert on rich.events for each row execute function rich.touch();

create policy everyone on rich.accounts using (true);
create policy "own rows" on rich.accounts as restrictive for update to rich_reader, "rich Writer"
    using (name = current_user) with check (state <> 'it''s "done"');
comment on policy "own rows" on rich.accounts is 'theirs';

alter default privileges in schema rich grant select on tables to rich_reader with grant option;
alter default privileges in schema rich grant execute on functions to "rich Writer";
alter default privileges for role rich_owner revoke execute on functions from public;

create table "weird "".name"."sel.ect" ("select" integer primary key, "ünder" text,
    "a very long column name that takes all of the sixty-three byte" integer references "weird "".name"."sel.ect");
create function "weird "".name"."sel.ect"("Arg 1" rich."state", "b.c" "weird "".name"."sel.ect") returns "weird "".name"."sel.ect"
    language sql as 'select $2';
create policy "p.1 ""x""" on "weird "".name"."sel.ect" using ("select" > 0);
create index "i.1 ""x""" on "weird "".name"."sel.ect" ("ünder") where "select" > 0;
create trigger "t.1 ""FOR EACH ROW WHEN (" before update of "select", "ünder" on "weird "".name"."sel.ect"
    for each row when (old."select" > 1) execute function rich.touch('x');
grant select ("select") on "weird "".name"."sel.ect" to "rich Writer";

create type rich.shell;
create type rich.tiny;
create function rich.tiny_in(cstring) returns rich.tiny language internal strict immutable as 'int4in';
create function rich.tiny_out(rich.tiny) returns cstring language internal strict immutable as 'int4out';
create type rich.tiny (input = rich.tiny_in, output = rich.tiny_out, like = integer, category = 'N', default = '7');
comment on type rich.tiny is 'a number';
create function rich.tiny_eq(rich.tiny, rich.tiny) returns boolean language internal strict immutable as 'int4eq';
create function rich.tiny_less(rich.tiny, rich.tiny) returns boolean language internal strict immutable as 'int4lt';
create function rich.tiny_hash(rich.tiny) returns integer language internal strict immutable as 'hashint4';
create function rich.tiny_diff(integer, integer) returns double precision language sql immutable
    return ($1 - $2)::double precision;
create type rich.span as range (subtype = integer, subtype_diff = rich.tiny_diff, multirange_type_name = rich.spans);
comment on type rich.span is 'a span';
create cast (rich.tiny as integer) without function as assignment;
comment on cast (rich.tiny as integer) is 'as it is';
create operator rich.=== (leftarg = rich.tiny, rightarg = rich.tiny, function = rich.tiny_eq,
    commutator = operator(rich.===), restrict = eqsel, join = eqjoinsel, hashes);
create operator rich.<~ (leftarg = rich.tiny, rightarg = rich.tiny, function = rich.tiny_less);
comment on operator rich.=== (rich.tiny, rich.tiny) is 'equal';
create operator family rich.tinies using hash;
create operator class rich."tiny ops" default for type rich.tiny using hash family rich.tinies
    as operator 1 rich.===, function 1 rich.tiny_hash(rich.tiny);
comment on operator family rich.tinies using hash is 'hashed';
create collation rich."C o" from "C";
comment on collation rich."C o" is 'by bytes';
create default conversion rich.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create text search parser rich.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end,
    lextypes = prsd_lextype, headline = prsd_headline);
create text search template rich.lower (lexize = dsimple_lexize, init = dsimple_init);
create text search dictionary rich.plain_words (template = rich.lower, accept = false);
create text search configuration rich.search (parser = rich.words);
alter text search configuration rich.search add mapping for asciiword, email with rich.plain_words, simple;
comment on text search configuration rich.search is 'finds';
create aggregate rich.largest(integer) (sfunc = int4larger, stype = integer, initcond = '0', sortop = >,
    combinefunc = int4larger, parallel = safe);
create aggregate rich.ranked(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi,
    stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical);
comment on aggregate rich.largest(integer) is 'the largest';
create function rich.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create trusted language "rich lang" handler rich.handler;
comment on language "rich lang" is 'another name';
create access method rich_index type index handler bthandler;
create function rich.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
create transform for integer language "rich lang" (from sql with function rich.from_sql(internal));
create rule "also ""it" as on insert to rich.base where new.a > 1
    do also (insert into rich.scratch values (new.a); delete from rich.scratch s where s.a < new.a);
comment on rule "also ""it" on rich.base is 'more';
create rule instead as on update to rich.open_accounts do instead nothing;
create function rich.event() returns event_trigger language plpgsql as 'begin end';
create event trigger rich_event on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE')
    execute function rich.event();
alter event trigger rich_event disable;
comment on event trigger rich_event is 'off';
create foreign data wrapper rich_wrapper options (debug 'true');
create server rich_server type 'one' version '1.2' foreign data wrapper rich_wrapper options (host 'it''s');
grant usage on foreign server rich_server to rich_reader with grant option;
create user mapping for rich_reader server rich_server;
create foreign table rich.far (a integer options (name 'A') not null, b text) server rich_server options (rows '5');
comment on foreign table rich.far is 'away';
create publication pub for table rich.base (a, b) where (a > 1), table rich.orders with (publish = 'insert, update');
comment on publication pub is 'published';
