-- copies on partitions, with states of their own

-- old
create table public.p (id integer) partition by range (id);
create table public.p1 partition of public.p for values from (0) to (10);
create table public.p2 partition of public.p for values from (10) to (20);
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger t after insert on public.p for each row execute function public.f();
create trigger w after insert on public.p for each row when (new.id > 1) execute function public.f();
alter table public.p disable trigger w;
create trigger own after insert on public.p1 for each row execute function public.f();
-- new
create table public.p (id integer) partition by range (id);
create table public.p1 partition of public.p for values from (0) to (10);
create table public.p2 partition of public.p for values from (10) to (20);
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger t after insert on public.p for each row execute function public.f();
alter table public.p1 disable trigger t;
create trigger w after insert on public.p for each row when (new.id > 2) execute function public.f();
alter table public.p2 enable always trigger w;
create trigger own after insert on public.p for each row execute function public.f();
create trigger made after insert on public.p for each row execute function public.f();
alter table only public.p disable trigger made;
alter table public.p2 enable replica trigger made;
comment on trigger made on public.p2 is 'on one partition';
