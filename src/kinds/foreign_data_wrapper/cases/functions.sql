-- handler and validator come, change and go; the functions may be of any schema
-- old
create schema "f s";
create function "f s"."handle ""it" () returns fdw_handler language internal as 'now';
create function "f s".other() returns fdw_handler language internal as 'now';
create foreign data wrapper gone handler "f s".other validator pg_catalog.postgresql_fdw_validator;
create foreign data wrapper "w ""1" handler "f s".other;
create foreign data wrapper w2;
-- new
create schema "f s";
create function "f s"."handle ""it" () returns fdw_handler language internal as 'now';
create function "f s".other() returns fdw_handler language internal as 'now';
create foreign data wrapper "w ""1" handler "f s"."handle ""it" validator pg_catalog.postgresql_fdw_validator;
create foreign data wrapper w2 handler "f s".other;
comment on foreign data wrapper w2 is 'it''s 100% \ours';
alter foreign data wrapper w2 owner to root;
create foreign data wrapper w3;
comment on foreign data wrapper w3 is 'one';
alter foreign data wrapper w3 owner to root;
