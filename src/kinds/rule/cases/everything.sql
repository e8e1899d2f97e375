-- every attribute of rules on tables and views

-- old
create table public.t (id integer, a text);
create table public.log (id integer, a text);
create view public.v as select id, a from public.t;
create rule ins as on insert to public.v do instead insert into public.t values (new.id, new.a) returning *;
create rule changes as on update to public.t do also nothing;
create rule enabled as on insert to public.t do also insert into public.log values (new.id, new.a);
alter table public.t disable rule enabled;
comment on rule enabled on public.t is 'old';
-- new
create table public.t (id integer, a text);
create table public.log (id integer, a text);
create view public.v as select id, a from public.t;
create rule ins as on insert to public.v do instead (insert into public.t values (new.id, new.a); insert into public.log values (new.id, ' TO public.v;'));
create rule changes as on delete to public.t where old.id > 3 do instead delete from public.log where log.id = old.id;
create rule enabled as on insert to public.t do also insert into public.log values (new.id, new.a);
alter table public.t enable always rule enabled;
comment on rule enabled on public.t is 'new';
create rule "made ""x TO public.t" as on insert to public.t do also notify made;
alter table public.t enable replica rule "made ""x TO public.t";
comment on rule "made ""x TO public.t" on public.t is 'made';
