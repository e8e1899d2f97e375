-- old
create table public.t (a int, b int, c text);
create statistics public.gone on a, b from public.t;
create statistics public.k (ndistinct, mcv) on a, b from public.t;
create statistics public.cols on a, b from public.t;
create statistics public.target on a, c from public.t;
alter statistics public.target set statistics 5;
comment on statistics public.k is 'k';
-- new
create schema s;
create table public.t (a int, b int, c text);
create table s.u (a int, b int);
create statistics public.k (dependencies) on a, b from public.t;
create statistics public.cols on a, c, (a + b) from public.t;
create statistics public.target on a, c from public.t;
alter statistics public.k owner to alice;
comment on statistics public.k is 'other';
create statistics public."n ""ew" (ndistinct) on a, b from s.u;
alter statistics public."n ""ew" set statistics 9;
create statistics s.expr on (a * 2) from s.u;
comment on statistics s.expr is 'e';
