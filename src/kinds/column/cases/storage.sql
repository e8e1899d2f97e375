-- old
create table public.t (a text, b text, c text, d text);
alter table public.t alter a set storage external, alter a set compression pglz, alter a set statistics 5, alter a set (n_distinct = 5, n_distinct_inherited = 7);
alter table public.t alter b set storage main;
-- new
create table public.t (a text, b text, c text, d text);
alter table public.t alter b set storage external, alter c set compression pglz, alter c set statistics 0;
alter table public.t alter a set statistics 50, alter a set (n_distinct = 6);
