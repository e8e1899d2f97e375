-- from 18
-- old
create extension btree_gist;
create table h (id int, v daterange, primary key (id, v without overlaps)) partition by list (id);
create table h1 partition of h for values in (1);
-- new
create extension btree_gist;
create table h (id int, v daterange, x int, primary key (id, v without overlaps), unique (id, x, v without overlaps)) partition by list (id);
create table h1 partition of h for values in (1);
create table h2 partition of h default;
