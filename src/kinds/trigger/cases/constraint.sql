-- constraint triggers

-- old
create table public.t (id integer);
create table public.u (id integer);
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger becomes after insert on public.t for each row execute function public.f();
create constraint trigger changes after insert on public.t for each row execute function public.f();
-- new
create table public.t (id integer);
create table public.u (id integer);
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create constraint trigger becomes after insert on public.t for each row execute function public.f();
create constraint trigger changes after insert on public.t from public.u deferrable initially deferred for each row when (new.id > 1) execute function public.f();
alter table public.t disable trigger changes;
create constraint trigger made after insert or update of id on public.t from public.u deferrable initially deferred for each row execute function public.f();
create constraint trigger made_immediate after delete on public.t deferrable for each row execute function public.f();
