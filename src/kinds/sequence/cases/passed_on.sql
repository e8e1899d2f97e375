-- A serial's sequence goes over to a table that takes the place of its own.
-- old
create table a (id serial primary key, n integer);
-- new
create table b (id integer primary key, m text, k boolean);
create sequence a_id_seq as integer owned by b.id;
alter table b alter id set default nextval('a_id_seq');
