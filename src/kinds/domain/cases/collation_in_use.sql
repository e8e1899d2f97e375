-- old
create schema s;
create domain s.d as text;
create table s.t (d s.d);
create index on s.t (d);
-- new
create schema s;
create domain s.d as text collate "C";
create table s.t (d s.d);
create index on s.t (d);
