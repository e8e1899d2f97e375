-- old
create type public.c as (a int, b text);
comment on column public.c.a is 'x';
create type public.d as (a int, b text collate "C");
-- new
create type public.c as (a bigint, d text[]);
comment on column public.c.a is 'y';
create type public.d as (a int, b text);
create type public."e ""E" as ("x ""X" int);
