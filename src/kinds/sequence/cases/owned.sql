-- old
create sequence public.free;
create table public.t (a serial, b int);
create sequence public.to_b owned by public.t.b;
create sequence public.moves owned by public.t.a;
create table public.gone (z bigserial);
-- new
create table public.t (a int, b int);
create sequence public.free owned by public.t.a;
create sequence public.t_a_seq as int;
create sequence public.to_b;
create sequence public.moves owned by public.t.b;
create table public.new ("x ""X" serial primary key, y int);
create sequence public.late owned by public.new.y;
