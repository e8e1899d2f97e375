-- old
create type public."mood x" as enum ('sad', 'ok', '1');
create type public.other as enum ('1', '2');
create table public.t (a public."mood x" default 'ok', b text default 'ok', c public."mood x" not null default '1', d public."mood x"[] default '{ok}', e text, constraint ck check (a <> 'sad'));
create index ta on public.t (a) where a = 'ok';
create view public.v as select a, c from public.t;
-- new
create type public."mood x" as enum ('sad', 'ok', '1');
create type public.other as enum ('1', '2');
create table public.t (a text default 'ok', b public."mood x" default 'ok', c public.other not null default '1', d text[] default '{ok}', e public.other[] default '{2}', constraint ck check (a <> 'sad'));
create index ta on public.t (a) where a = 'ok';
create view public.v as select a, c from public.t;
