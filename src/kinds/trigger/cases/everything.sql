-- every attribute of plain triggers

-- old
create table public.t (id integer, a text, "b c" text);
create view public.v as select id from public.t;
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create function public.g() returns trigger language plpgsql as 'begin return new; end';
create trigger timing before insert on public.t for each row execute function public.f();
create trigger events after insert on public.t for each row execute function public.f();
create trigger cols before update of id, a on public.t for each row execute function public.f();
create trigger level after insert on public.t for each row execute function public.f();
create trigger conditional before update on public.t for each row when (old.a is distinct from new.a) execute function public.f();
create trigger called before update on public.t for each row execute function public.f('a', 'it''s \ "b"', '');
create trigger tables after update on public.t referencing old table as o new table as n for each statement execute function public.f();
create trigger enabled after insert on public.t for each row execute function public.f();
alter table public.t disable trigger enabled;
comment on trigger enabled on public.t is 'old';
create trigger instead instead of insert on public.v for each row execute function public.f();
-- new
create table public.t (id integer, a text, "b c" text);
create view public.v as select id from public.t;
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create function public.g() returns trigger language plpgsql as 'begin return new; end';
create trigger timing after insert on public.t for each row execute function public.f();
create trigger events after insert or update or delete on public.t for each row execute function public.f();
alter table public.t enable always trigger events;
create trigger cols before update of a, "b c" on public.t for each row execute function public.f();
create trigger level after insert on public.t for each statement execute function public.f();
create trigger conditional before update on public.t for each row when (old.* is distinct from new.* and new.a <> ') EXECUTE FUNCTION public.f(') execute function public.f();
create trigger called before update on public.t for each row execute function public.g('a');
create trigger tables after update on public.t referencing new table as "n ""x" for each statement execute function public.f();
create trigger enabled after insert on public.t for each row execute function public.f();
alter table public.t enable replica trigger enabled;
alter trigger enabled on public.t depends on extension plpgsql;
comment on trigger enabled on public.t is 'new';
create trigger instead instead of insert or delete on public.v for each row execute function public.g();
create trigger "made ""x" after update of "b c", id on public.t for each row when (new.id > 0) execute function public.f('x');
alter table public.t disable trigger "made ""x";
alter trigger "made ""x" on public.t depends on extension plpgsql;
comment on trigger "made ""x" on public.t is 'made';
create trigger made_tables after update on public.t referencing old table as o new table as n for each statement execute function public.f();
create trigger truncated before truncate on public.t for each statement execute function public.f();
