-- What a build that failed left behind stays as it is while its table changes.
-- old
create table t (a int);
create index left_behind on t (a);
update pg_index set indisvalid = false where indexrelid = 'left_behind'::regclass;
-- new
create table t (a int, b int);
create index left_behind on t (a);
update pg_index set indisvalid = false where indexrelid = 'left_behind'::regclass;
