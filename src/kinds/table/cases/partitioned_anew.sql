-- old
create table public.p (a int, b text) partition by range (a);
create table public.p1 partition of public.p for values from (1) to (10);
create table public.same (a int, b int);
-- new
create table public.p (a int, b text) partition by list (lower(b) collate "C");
create table public.p1 partition of public.p for values in ('x');
create table public.same (a int, b int) partition by hash (a, b);
