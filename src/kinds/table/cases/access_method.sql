-- old
create access method heap2 type table handler heap_tableam_handler;
create table public.t (a int) using heap2;
create table public.u (a int);
create table public.v (a int) using heap2;
-- new
create access method heap2 type table handler heap_tableam_handler;
create table public.t (a int);
create table public.u (a int) using heap2;
