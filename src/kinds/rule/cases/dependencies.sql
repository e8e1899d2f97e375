-- rules over columns and tables that change

-- old
create table public.t (id integer, a integer, gone text);
create table public.log (id integer, a integer);
create view public.v as select id, a from public.t;
create rule ins as on insert to public.t where new.a > 1 do also insert into public.log values (new.id, new.a);
create rule upd as on update to public.v do instead update public.t set a = new.a where t.id = old.id returning t.id, t.a;
create rule del as on delete to public.t where old.gone is null do instead nothing;
create rule vals as on insert to public.v do instead insert into public.t (id, a) values (new.id, 1), (2, new.a);
comment on rule upd on public.v is 'kept';
alter table public.t enable replica rule ins;
create view public.plain as select 1 as x;
create table public.renamed (a integer);
create rule r as on insert to public.renamed do also update public.t set a = 1 from public.log where t.id = log.id;
-- new
create table public.t (id integer, a bigint);
create table public.log (id integer, a bigint, note text default 'x');
create view public.v as select id, a from public.t;
create rule ins as on insert to public.t where new.a > 1 do also insert into public.log values (new.id, new.a);
create rule upd as on update to public.v do instead update public.t set a = new.a where t.id = old.id returning t.id, t.a;
create rule del as on delete to public.t where old.a is null do instead nothing;
create rule vals as on insert to public.v do instead insert into public.t (id, a) values (new.id, 1), (2, new.a);
comment on rule upd on public.v is 'kept';
alter table public.t enable replica rule ins;
create view public.plain as select 1 as x;
create rule sel as on insert to public.plain do instead select new.x;
create table public.renamed (a integer);
create rule r as on insert to public.renamed do also (delete from public.t; with w as (select 1 as x) insert into public.log (id) select x from w);
