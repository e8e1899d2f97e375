-- A child's check may have been looked at where its parent's was not.
-- old
create table p (a int);
create table m () inherits (p);
create table c () inherits (m);
create table q (a int) partition by list (a);
create table q1 partition of q for values in (1) partition by list (a);
create table q11 partition of q1 for values in (1);
create table q2 partition of q for values in (2);
-- new
create table p (a int);
create table m () inherits (p);
create table c () inherits (m);
alter table c add constraint k check (a > 0);
alter table p add constraint k check (a > 0) not valid;
create table q (a int) partition by list (a);
create table q1 partition of q for values in (1) partition by list (a);
create table q11 partition of q1 for values in (1);
create table q2 partition of q for values in (2);
alter table q add constraint k check (a > 0) not valid;
alter table q1 validate constraint k;
