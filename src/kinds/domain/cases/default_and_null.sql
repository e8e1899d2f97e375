-- old
create schema s;
create domain s.a as text default 'x';
create domain s.b as text not null;
create domain s.c as int default 1;
create table s.t (a s.a, b s.b, c s.c);
insert into s.t values ('1', '2', 3);
-- new
create schema s;
create domain s.a as text default 'it''s';
create domain s.b as text;
create domain s.c as int not null;
create table s.t (a s.a, b s.b, c s.c);
