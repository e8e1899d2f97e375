-- The check that a plan makes for a while has a name that no other has.
-- old
create table public.t (a int, b int);
alter table public.t add constraint pgward_not_null_2 check (a > 0);
-- new
create table public.t (a int, b int not null);
alter table public.t add constraint pgward_not_null_2 check (a > 0);
