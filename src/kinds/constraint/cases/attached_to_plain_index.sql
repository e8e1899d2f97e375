-- A partition's key may be a part of an index that is no key.
-- old
create table p (a int not null, b int) partition by list (a);
create table p1 partition of p for values in (1);
alter table p1 add constraint p1_key primary key (a);
create table q (a int, b int) partition by list (a);
create table q1 partition of q for values in (1) partition by list (b);
create table q11 partition of q1 for values in (1);
create table q2 partition of q for values in (2);
alter table q11 add constraint q11_key unique (a, b);
alter table q2 add constraint q2_key primary key (a, b);
create unique index q_idx on q (a, b);
create table of_q (a int, b int, foreign key (a, b) references q (a, b));
create table of_q11 (a int, b int, foreign key (a, b) references q11 (a, b));
create table r (a int, b int) partition by list (a);
create table r1 partition of r for values in (1);
alter table r1 add constraint r1_key unique (a);
create unique index r_idx on r (a);
-- new
create table p (a int not null, b int) partition by list (a);
create table p1 partition of p for values in (1);
alter table p1 add constraint p1_key primary key (a);
create unique index p_idx on p (a);
create table q (a int, b int) partition by list (a);
create table q1 partition of q for values in (1) partition by list (b);
create table q11 partition of q1 for values in (1);
create table q2 partition of q for values in (2);
alter table q11 add constraint q11_key unique (a, b);
alter table q2 add constraint q2_key primary key (a, b);
create table of_q (a int, b int);
create table of_q11 (a int, b int, foreign key (a, b) references q11 (a, b));
create table r (a int, b int) partition by list (a);
create table r1 partition of r for values in (1);
alter table r1 add constraint r1_key unique (a, b);
create unique index r_idx on r (a, b);
create table r2 (a int, b int, constraint r2_key unique (a, b));
