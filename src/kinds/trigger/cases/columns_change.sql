-- triggers over columns that change type, name and come and go; transition tables; nested partitions

-- old
create table public.t (id integer, a integer, gone integer, b text);
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger of_a after update of a on public.t for each row execute function public.f();
create trigger cond before update on public.t for each row when (new.a > 1) execute function public.f();
create trigger of_gone after update of gone, b on public.t for each row when (old.gone is null) execute function public.f();
create trigger whole before update on public.t for each row when (old.* is distinct from new.*) execute function public.f();
create trigger tab after delete on public.t referencing old table as gone for each statement execute function public.f();
create constraint trigger con after update of a on public.t deferrable for each row when (new.a > 1) execute function public.f();
alter table public.t enable always trigger con;
comment on trigger con on public.t is 'kept';
create table public.p (id integer, a integer) partition by range (id);
create table public.p1 partition of public.p for values from (0) to (10) partition by range (id);
create table public.p11 partition of public.p1 for values from (0) to (5);
create trigger tr before insert or update of a on public.p for each row when (new.a > 0) execute function public.f();
alter table public.p11 disable trigger tr;
alter table public.p1 enable always trigger tr;
create trigger stm after insert on public.p referencing new table as n for each statement execute function public.f();
create view public.v as select id, a from public.t;
create trigger ins instead of insert on public.v for each row execute function public.f('x');
create table public.becomes (id integer);
create trigger tr after insert on public.becomes for each row execute function public.f();
-- new
create table public.t (id integer, a bigint, b varchar(5), come integer);
create function public.f() returns trigger language plpgsql as 'begin return null; end';
create trigger of_a after update of a on public.t for each row execute function public.f();
create trigger cond before update on public.t for each row when (new.a > 1) execute function public.f();
create trigger of_gone after update of come, b on public.t for each row when (old.come is null) execute function public.f();
create trigger whole before update on public.t for each row when (old.* is distinct from new.*) execute function public.f();
create trigger tab after delete on public.t referencing old table as gone for each statement execute function public.f();
create constraint trigger con after update of a on public.t deferrable for each row when (new.a > 1) execute function public.f();
alter table public.t enable always trigger con;
comment on trigger con on public.t is 'kept';
create table public.p (id integer, a bigint) partition by range (id);
create table public.p1 partition of public.p for values from (0) to (10) partition by range (id);
create table public.p11 partition of public.p1 for values from (0) to (5);
create table public.p12 partition of public.p1 for values from (5) to (10);
create trigger tr before insert or update of a on public.p for each row when (new.a > 0) execute function public.f();
alter table public.p11 disable trigger tr;
alter table public.p1 enable always trigger tr;
alter table public.p12 enable replica trigger tr;
create trigger stm after insert on public.p referencing new table as n for each statement execute function public.f();
create view public.v as select id, a from public.t;
create trigger ins instead of insert on public.v for each row execute function public.f('x');
create table public.becomes (id integer) partition by range (id);
create trigger tr after insert on public.becomes for each row execute function public.f();
