-- old
create schema s;
create domain s.d as int default 7 constraint positive check (value > 0);
comment on domain s.d is 'kept';
alter domain s.d owner to alice;
create table s.t (id int primary key, d s.d not null, ds s.d[]);
insert into s.t values (1, 5, '{1,2}');
create view s.v as select d from s.t;
-- new
create schema s;
create domain s.d as bigint default 7 constraint positive check (value > 0);
comment on domain s.d is 'kept';
alter domain s.d owner to alice;
create table s.t (id int primary key, d s.d not null, ds s.d[]);
create view s.v as select d from s.t;
