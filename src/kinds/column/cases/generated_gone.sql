-- old
create table t (a integer, b integer generated always as (a * 2) stored, at timestamp);
create index i on t (a);
-- new
create table t (a integer not null, at timestamptz);
create unique index i on t (a);
alter table t replica identity using index i;
