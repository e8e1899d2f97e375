-- labels are renamed and put in another order while everything uses the type

-- old
create type public.e as enum ('a', 'b', 'c');
create table public.t (id integer, e public.e not null default 'b', es public.e[] default '{b}', constraint ck check (e <> 'c'));
create index i on public.t (e) where e = 'b';
create unique index u on public.t (id, e);
create view public.v as select id, e from public.t where e = 'b';
create materialized view public.m as select e, count(*) from public.v group by e;
create index mi on public.m (e);
create function public.std(x public.e) returns public.e language sql begin atomic select 'b'::public.e; end;
create function public.def(e public.e default 'b') returns setof public.e language sql as 'select e';
create function public.arr(e public.e[]) returns integer language sql as 'select 1';
create domain public.d as public.e default 'b' check (value <> 'c');
create type public.comp as (e public.e, n integer);
create table public.holds (c public.comp);
create policy p on public.t using (e = 'b');
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on public.t for each row when (new.e = 'b') execute function public.tf();
create type public.ran as range (subtype = public.e);
create cast (public.e as integer) with inout;
grant usage on type public.e to alice;
revoke usage on type public.e from public;
-- new
create type public.e as enum ('b', 'a', 'd');
create table public.t (id integer, e public.e not null default 'b', es public.e[] default '{b}', constraint ck check (e <> 'd'));
create index i on public.t (e) where e = 'b';
create unique index u on public.t (id, e);
create view public.v as select id, e from public.t where e = 'b';
create materialized view public.m as select e, count(*) from public.v group by e;
create index mi on public.m (e);
create function public.std(x public.e) returns public.e language sql begin atomic select 'b'::public.e; end;
create function public.def(e public.e default 'b') returns setof public.e language sql as 'select e';
create function public.arr(e public.e[]) returns integer language sql as 'select 1';
create domain public.d as public.e default 'b' check (value <> 'd');
create type public.comp as (e public.e, n integer);
create table public.holds (c public.comp);
create policy p on public.t using (e = 'b');
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on public.t for each row when (new.e = 'b') execute function public.tf();
create type public.ran as range (subtype = public.e);
create cast (public.e as integer) with inout;
grant usage on type public.e to alice;
revoke usage on type public.e from public;
