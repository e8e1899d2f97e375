-- options, set, changed, taken away, and written in other ways

-- old
create view public.a as select 1 as x;
create view public.b with (security_barrier, security_invoker = true) as select 1 as x;
create view public.c with (security_barrier = on) as select 1 as x;
create table public.t (id integer);
create view public.d with (check_option = local) as select id from public.t;
create view public.g with (check_option = local) as select id from public.t;
create view public.query with (security_barrier) as select 1 as x;
-- new
create view public.a with (security_barrier, security_invoker = true) as select 1 as x;
create view public.b as select 1 as x;
create view public.c with (security_barrier = false) as select 1 as x;
create table public.t (id integer);
create view public.d as select id from public.t with cascaded check option;
create view public.e as select id from public.t with local check option;
create view public.f with (security_barrier, security_invoker) as select id from public.t;
create view public.h with (security_barrier = on, security_invoker = 0) as select id from public.t;
create view public.g as select id from public.t;
create view public.query with (security_invoker) as select 2 as x, 3 as y;
