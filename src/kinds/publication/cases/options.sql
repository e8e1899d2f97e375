-- what is published, and how; needs no table
-- old
create schema s;
create publication p with (publish = 'insert, delete');
create publication nothing with (publish = '');
create publication "Some" with (publish_via_partition_root = true);
create publication in_schema for tables in schema s;
create publication every for all tables;
-- new
create schema s;
create publication p with (publish = 'update');
create publication nothing;
create publication "Some" with (publish = '');
create publication in_schema with (publish = 'truncate');
create publication every;
create publication made for tables in schema s with (publish = 'insert', publish_via_partition_root = true);
comment on publication made is 'm';
alter publication in_schema owner to alice;
