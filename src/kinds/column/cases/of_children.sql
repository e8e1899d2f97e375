-- what a child says of an inherited column by itself
-- old
create table public.p (a int, b text, c text) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
alter table public.p1 alter b set default 'one', alter b set storage external, alter b set statistics 10, alter b set (n_distinct = 4);
alter table public.p2 alter c set not null;
create table public.t (a int, b text);
create table public.kid () inherits (public.t);
alter table public.kid alter b set storage main, alter b set compression pglz, alter a set default 3;
comment on column public.kid.a is 'kid';
-- new
create table public.p (a int, b text, c text, d int not null default 1) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
alter table only public.p alter b set default 'all', alter b set storage main;
alter table public.p1 alter d set default 2, alter c set compression pglz;
alter table public.p2 alter b set statistics 20, alter b set default 'two';
create table public.t (a int default 9, b text);
create table public.kid () inherits (public.t);
alter table public.kid alter a drop default, alter b set statistics 3;
alter table only public.t alter b set storage external;
comment on column public.t.a is 'parent';
