-- The names of keys and of the sequence behind an identity are free once the table that had them is gone.
-- old
create table t (id integer generated always as identity constraint k primary key, a text constraint u unique);
-- new
create table v (id integer generated always as identity (sequence name t_id_seq) constraint k primary key,
    a varchar(5) constraint u unique, b integer);
