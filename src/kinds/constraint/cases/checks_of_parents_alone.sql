-- A child's check of its own becomes that of its parent alone, which goes on or comes, and goes with it.
-- old
create table p (a int, constraint c1 check (a > 0), constraint c2 check (a < 10) no inherit);
create table k (constraint c1 check (a > 0)) inherits (p);
create table k2 (constraint c2 check (a < 10)) inherits (p);
create table k3 (constraint c1 check (a > 0), b int) inherits (p);
create table q (a int, constraint c3 check (a > 0));
create table qk (constraint c3 check (a > 0)) inherits (q);
-- new
create table p (a int, constraint c1 check (a > 0), constraint c2 check (a < 10));
create table k () inherits (p);
create table k2 () inherits (p);
create table k3 (constraint c1 check (a > 0), b int) inherits (p);
create table q (a int);
create table qk () inherits (q);
