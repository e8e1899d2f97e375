-- operators and classes under indexes, views, constraints and orders, whose functions are made anew

-- old
create type public.e as enum ('a', 'b');
create function public.less(a public.e, b public.e) returns boolean language sql immutable as 'select a::text < b::text';
create function public.cmp(a public.e, b public.e) returns integer language sql immutable as 'select 0';
create operator public.<~ (leftarg = public.e, rightarg = public.e, function = public.less);
create operator class public.cls for type public.e using btree as operator 1 public.<~, function 1 public.cmp(public.e, public.e);
create table public.t (e public.e, constraint ck check (e operator(public.<~) 'b'));
create index i on public.t (e public.cls desc);
create view public.v as select e operator(public.<~) 'b' as l from public.t;
create function public.std(x public.e) returns boolean language sql return x operator(public.<~) 'a';
-- new
create type public.e as enum ('a', 'b');
create function public.less(x public.e, y public.e) returns boolean language sql immutable as 'select x::text < y::text';
create function public.cmp(x public.e, y public.e) returns integer language sql immutable as 'select 0';
create operator public.<~ (leftarg = public.e, rightarg = public.e, function = public.less);
create operator class public.cls for type public.e using btree as operator 1 public.<~, function 1 public.cmp(public.e, public.e);
create table public.t (e public.e, constraint ck check (e operator(public.<~) 'b'));
create index i on public.t (e public.cls desc);
create view public.v as select e operator(public.<~) 'b' as l from public.t;
create function public.std(x public.e) returns boolean language sql return x operator(public.<~) 'a';
