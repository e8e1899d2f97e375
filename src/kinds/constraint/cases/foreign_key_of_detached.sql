-- a partition that is detached keeps the foreign keys of what it was in, as its own: as they were, or others by their name
-- old
create schema s;
create table s.d (id int primary key);
create table s.p (a int not null, d int, e int, constraint p_d foreign key (d) references s.d on delete cascade, constraint p_e foreign key (e) references s.d) partition by list (a);
create table s.p1 partition of s.p for values in (1);
create table s.p2 partition of s.p for values in (2);
create table s.p3 partition of s.p for values in (3);
-- new
create schema s;
create table s.d (id int primary key);
create table s.p (a int not null, d int, e int, constraint p_d foreign key (d) references s.d on delete cascade) partition by list (a);
create table s.p1 (a int not null, d int, e int, constraint p_d foreign key (d) references s.d on delete cascade, constraint p_e foreign key (e) references s.d);
create table s.p2 (a int not null, d int, e int, constraint p_d foreign key (d) references s.d on delete set null);
create table s.p3 partition of s.p for values in (3);
