-- old
create schema s;
create type s.gone as (a int, b text);
comment on type s.gone is 'goes';
comment on column s.gone.a is 'goes too';
create type s.empty as ();
alter type s.empty owner to alice;
-- new
create schema s;
create type s.empty as ();
alter type s.empty owner to bob;
comment on type s.empty is 'nothing';
create type s."Co ""m""" as ("Select" numeric(10,2), b text collate "C", c int[], d s.empty);
comment on type s."Co ""m""" is 'new';
comment on column s."Co ""m"""."Select" is 'attribute';
alter type s."Co ""m""" owner to alice;
