-- from 18
-- old
create table t (a int constraint x not null, b int constraint y not null, c int constraint z not null, constraint w check (c > 0));
-- new
create table t (a int constraint y not null, b int constraint x not null, c int constraint w not null, constraint z check (c > 0));
