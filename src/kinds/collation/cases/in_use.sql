-- old
create schema s;
create collation s.c (provider = libc, locale = 'C');
comment on collation s.c is 'kept';
create table s.t (id int primary key, a text collate s.c default 'x', b varchar(5) collate s.c);
insert into s.t values (1, 'a', 'b');
create index on s.t (a);
create view s.v as select a from s.t;
create domain s.d as text collate s.c;
create collation s.free (provider = icu, locale = 'en');
-- new
create schema s;
create collation s.c (provider = icu, locale = 'sv', deterministic = false);
comment on collation s.c is 'kept';
create table s.t (id int primary key, a text collate s.c default 'x', b varchar(5) collate s.c);
create index on s.t (a);
create view s.v as select a from s.t;
create domain s.d as text collate s.c;
create collation s.free (provider = icu, locale = 'de');
