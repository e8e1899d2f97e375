-- views on views, on columns that change, with all that hangs on them

-- old
create table public.t (id integer primary key, a integer, gone text);
create view public.v1 as select id, a from public.t;
create view public.v2 as select id, a, id + a as s from public.v1;
create view public.v3 with (security_invoker) as select v2.id, v1.a from public.v2 join public.v1 using (id);
create materialized view public.m as select s from public.v2;
create index mi on public.m (s);
create unique index mu on public.m (s, (s + 1));
comment on index public.mi is 'kept';
comment on view public.v3 is 'kept';
comment on column public.v3.id is 'kept';
grant select on public.v3 to alice;
grant select (a) on public.v3 to bob with grant option;
grant select on public.m to alice;
alter view public.v3 owner to carol;
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger ins instead of insert on public.v3 for each row execute function public.f();
create rule upd as on update to public.v2 do instead nothing;
alter view public.v2 alter column a set default 5;
create view public.grouped as select id, a, gone from public.t group by id;
create view public.star as select * from public.t;
create view public.fn as select v3 from public.v3;
-- new
create table public.t (id integer primary key, a bigint);
create view public.v1 as select id, a from public.t;
create view public.v2 as select id, a, id + a as s from public.v1;
create view public.v3 with (security_invoker) as select v2.id, v1.a from public.v2 join public.v1 using (id);
create materialized view public.m as select s from public.v2;
create index mi on public.m (s);
create unique index mu on public.m (s, (s + 1));
comment on index public.mi is 'kept';
comment on view public.v3 is 'kept';
comment on column public.v3.id is 'kept';
grant select on public.v3 to alice;
grant select (a) on public.v3 to bob with grant option;
grant select on public.m to alice;
alter view public.v3 owner to carol;
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger ins instead of insert on public.v3 for each row execute function public.f();
create rule upd as on update to public.v2 do instead nothing;
alter view public.v2 alter column a set default 5;
create view public.grouped as select id, a from public.t group by id;
create view public.star as select * from public.t;
create view public.fn as select v3 from public.v3;
