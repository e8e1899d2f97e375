-- defaults of a view's columns

-- old
create table public.t (id integer, b text);
create view public.v as select id, b from public.t;
alter view public.v alter column b set default 'old';
alter view public.v alter column id set default 1;
-- new
create table public.t (id integer, b text);
create function public.next() returns integer language sql as 'select 1';
create view public.v as select id, b, 1 as c from public.t;
alter view public.v alter column b set default 'new';
alter view public.v alter column c set default public.next();
create view public.made as select id, b from public.t;
alter view public.made alter column id set default 7;
