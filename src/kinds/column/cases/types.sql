-- old
create type public.e as enum ('a', 'b');
create table public.t (a int, b varchar(5), c text, d numeric(5,2), e timestamptz, f int default 5, g boolean, h int[], i text default 'a', j text, k json, l text collate "C", primary key (a), check (f > 0));
create index ti on public.t (b);
create view public.v as select a, b, c from public.t;
-- new
create type public.e as enum ('a', 'b');
create table public.t (a bigint, b varchar(9), c varchar(7), d numeric(9,3), e timestamp, f text default 'x', g int, h text[], i public.e default 'a', j text collate "C", k jsonb, l text, primary key (a), check (f > '0'));
create index ti on public.t (b);
create view public.v as select a, b, c from public.t;
