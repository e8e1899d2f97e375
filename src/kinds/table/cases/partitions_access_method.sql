-- from 17
-- old
create access method heap2 type table handler heap_tableam_handler;
create table public.given (a int) partition by list (a);
create table public.given_another (a int) partition by list (a) using heap;
create table public.lost (a int) partition by list (a) using heap2;
-- new
create access method heap2 type table handler heap_tableam_handler;
create table public.given (a int) partition by list (a) using heap;
create table public.given_another (a int) partition by list (a) using heap2;
create table public.lost (a int) partition by list (a);
create table public.made (a int) partition by list (a) using heap;
