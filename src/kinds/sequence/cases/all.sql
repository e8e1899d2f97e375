-- old
create sequence public.gone;
create sequence public.a;
create sequence public.b as smallint increment -1;
create sequence public.c minvalue 5 maxvalue 9 start 7 increment 2 cache 3 cycle;
create unlogged sequence public.d;
create sequence public.e start 5;
comment on sequence public.a is 'x';
-- new
create sequence public.a as int increment 3 minvalue 4 maxvalue 99 start 8 cache 5 cycle;
create sequence public.b;
create sequence public.c;
create sequence public.d;
create unlogged sequence public.e start 7;
create unlogged sequence public."n ""ew" as smallint increment -2 minvalue -100 maxvalue 100 start 50 cache 7 cycle;
comment on sequence public.a is 'y';
comment on sequence public."n ""ew" is 'new';
alter sequence public.d owner to alice;
