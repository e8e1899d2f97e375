-- from 18
-- A child's check may be enforced where its parent's is not, whichever is there first.
-- old
create table p (a int, constraint k1 check (a > 0));
create table c (constraint k1 check (a > 0)) inherits (p);
create table n (a int, constraint k5 check (a > 0) not enforced);
-- new
create table p (a int, constraint k1 check (a > 0));
create table c (constraint k1 check (a > 0), constraint k2 check (a < 10)) inherits (p);
alter table p add constraint k2 check (a < 10) not enforced;
alter table c add constraint k3 check (a < 11) not valid;
alter table p add constraint k3 check (a < 11) not enforced;
create table c2 () inherits (p);
alter table c2 add constraint k4 check (a < 12);
create table n (a int, constraint k5 check (a > 0) not enforced, constraint k6 check (a > 1));
create table c3 (constraint k6 check (a > 1)) inherits (n);
