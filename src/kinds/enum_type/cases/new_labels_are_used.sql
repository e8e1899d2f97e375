-- labels that come are used by everything at once

-- old
create type public.e as enum ('a', 'z');
create table public.t (id integer, e public.e default 'a', es public.e[] default '{a}', constraint ck check (e <> 'a'));
create index i on public.t (id) where e = 'a';
create view public.v as select id from public.t where e = 'a';
create function public.std() returns public.e language sql begin atomic select 'a'::public.e; end;
create function public.def(e public.e default 'a') returns public.e language sql as 'select e';
create domain public.d as public.e default 'a' check (value <> 'a');
create policy p on public.t using (e = 'a');
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on public.t for each row when (new.e = 'a') execute function public.tf();
-- new
create type public.e as enum ('first', 'a', 'm', 'it''s', 'z', 'last');
create table public.t (id integer, e public.e default 'm', es public.e[] default '{m,last}', constraint ck check (e <> 'first'),
    more public.e default 'it''s');
create index i on public.t (id) where e = 'first';
create view public.v as select id from public.t where e = 'last';
create function public.std() returns public.e language sql begin atomic select 'm'::public.e; end;
create function public.def(e public.e default 'm') returns public.e language sql as 'select e';
create domain public.d as public.e default 'm' check (value <> 'last');
create policy p on public.t using (e = 'm');
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on public.t for each row when (new.e = 'm') execute function public.tf();
create table public.made (e public.e default 'm' check (e <> 'last'));
