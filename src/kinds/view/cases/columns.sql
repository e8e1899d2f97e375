-- columns that stay, come last, change, and views on views

-- old
create view public.same as select 1 as a, 'x'::text as b;
create view public.more as select 1 as a;
create view public.less as select 1 as a, 2 as b;
create view public.typed as select 1 as a;
create view public.renamed as select 1 as a;
create view public.on_typed as select a from public.typed;
create view public.on_on_typed as select a, (select count(*) from public.more) as n from public.on_typed;
create view public.collated as select 'x'::text collate "C" as a;
comment on view public.same is 'old';
comment on column public.same.a is 'old';
-- new
create view public.same as select 2 as a, 'y'::text as b;
create view public.more as select 1 as a, 2 as b;
create view public.less as select 1 as a;
create view public.typed as select 1::bigint as a;
create view public.renamed as select 1 as z;
create view public.on_typed as select a from public.typed;
create view public.on_on_typed as select a, (select count(*) from public.more) as n from public.on_typed;
create view public.collated as select 'x'::text collate "POSIX" as a;
comment on view public.same is 'new';
comment on column public.same.a is 'new';
alter view public.same owner to alice;
create view public."made ""x" ("a ""b", "select") as values (1, 2), (3, 4);
comment on view public."made ""x" is 'made';
comment on column public."made ""x"."a ""b" is 'its column';
alter view public."made ""x" owner to bob;
create recursive view public.counted (n) as values (1) union all select n + 1 from counted where n < 5;
