-- from 18
-- What the server makes by itself, for an identity or a parent, has its own name already when a statement could give another.
-- old
create table p (a int, b int) partition by list (a);
create table p1 (a int constraint mine not null, b int);
alter table p attach partition p1 for values in (1);
create table parent (a int constraint of_parent not null);
-- new
create table p (a int not null, b int) partition by list (a);
create table p1 (a int constraint mine not null, b int);
alter table p attach partition p1 for values in (1);
create table parent (a int constraint of_parent not null);
create table i (a int generated always as identity, constraint given not null a, b int constraint lone not null no inherit);
create table child (a int constraint own not null) inherits (parent);
