-- what has to be made anew is used by everything that can call a function

-- old
create function public.arg(a integer) returns integer language sql immutable as 'select a';
create function public.res(a integer) returns integer language sql immutable as 'select a';
create function public.yes(a integer) returns boolean language sql immutable as 'select true';
create domain public.dom as integer default public.arg(1) check (public.yes(value));
create table public.t (
    id integer default public.arg(1) primary key,
    d public.dom,
    g integer generated always as (public.arg(id)) stored,
    c integer constraint c_check check (public.yes(c)),
    constraint excluded exclude using btree ((public.arg(c)) with =)
);
create index i on public.t (public.arg(id)) where public.yes(id);
create statistics public.st on (public.arg(id)), (public.arg(c)) from public.t;
create table public.log (id integer);
create policy p on public.t using (public.yes(id)) with check (public.arg(id) > 0);
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before update on public.t for each row when (public.yes(new.id)) execute function public.tf();
create rule ru as on delete to public.t where public.yes(old.id) do also insert into public.log values (old.id);
create view public.v as select public.arg(id) as a, public.res(id) as r from public.t where public.yes(id);
create materialized view public.m as select a from public.v;
create index mi on public.m (public.arg(a));
create function public.std(x integer) returns integer language sql begin atomic select public.arg(x); end;
create procedure public.pro() language sql begin atomic select public.arg(1); end;
create aggregate public.agg(integer) (sfunc = int4pl, stype = integer, finalfunc = public.arg);
create operator public.!! (rightarg = integer, function = public.arg);
create table public.part (a integer) partition by list (public.arg(a));
create table public.part1 partition of public.part for values in (1);
create type public.e as enum ('a');
create function public.to_int(e public.e) returns integer language sql immutable as 'select 1';
create cast (public.e as integer) with function public.to_int(public.e);
create view public.casts as select 'a'::public.e::integer as i;
-- new
create function public.arg(z integer) returns integer language sql immutable as 'select z';
create function public.res(a integer) returns bigint language sql immutable as 'select a::bigint';
create function public.yes(z integer) returns boolean language sql immutable as 'select true';
create domain public.dom as integer default public.arg(1) check (public.yes(value));
create table public.t (
    id integer default public.arg(1) primary key,
    d public.dom,
    g integer generated always as (public.arg(id)) stored,
    c integer constraint c_check check (public.yes(c)),
    constraint excluded exclude using btree ((public.arg(c)) with =)
);
create index i on public.t (public.arg(id)) where public.yes(id);
create statistics public.st on (public.arg(id)), (public.arg(c)) from public.t;
create table public.log (id integer);
create policy p on public.t using (public.yes(id)) with check (public.arg(id) > 0);
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before update on public.t for each row when (public.yes(new.id)) execute function public.tf();
create rule ru as on delete to public.t where public.yes(old.id) do also insert into public.log values (old.id);
create view public.v as select public.arg(id) as a, public.res(id) as r from public.t where public.yes(id);
create materialized view public.m as select a from public.v;
create index mi on public.m (public.arg(a));
create function public.std(x integer) returns integer language sql begin atomic select public.arg(x); end;
create procedure public.pro() language sql begin atomic select public.arg(1); end;
create aggregate public.agg(integer) (sfunc = int4pl, stype = integer, finalfunc = public.arg);
create operator public.!! (rightarg = integer, function = public.arg);
create table public.part (a integer) partition by list (public.arg(a));
create table public.part1 partition of public.part for values in (1);
create type public.e as enum ('a');
create function public.to_int(z public.e) returns integer language sql immutable as 'select 1';
create cast (public.e as integer) with function public.to_int(public.e);
create view public.casts as select 'a'::public.e::integer as i;
