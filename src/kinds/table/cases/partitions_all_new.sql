-- old
create schema s;
-- new
create schema s;
create table s.ref (a int primary key);
create table s.p (a int not null, b text, c int generated always as (a * 2) stored, d int default 5, constraint ck check (a > 0)) partition by list (a);
create table s.p1 partition of s.p (b default 'one', constraint own check (b <> '')) for values in (1);
create table s.p2 partition of s.p for values in (2) partition by range (b);
create table s.p2a partition of s.p2 for values from ('a') to ('b');
alter table s.p add constraint p_pk primary key (a, b);
alter table s.p add constraint fk foreign key (a) references s.ref;
create index on s.p (d);
create index only_p on only s.p (b);
create index p1_b on s.p1 (b);
alter index s.only_p attach partition s.p1_b;
create unique index p_u on s.p (a, b, d);
alter table s.p2a owner to carol;
