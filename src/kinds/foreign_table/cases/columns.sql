-- columns and constraints of a foreign table that stands
-- old
create foreign data wrapper w;
create server s foreign data wrapper w;
create schema x;
create foreign table x.t (a int options (n 'x', gone '1'), b text, c int default 1, constraint k check (a > 0)) server s;
-- new
create foreign data wrapper w;
create server s foreign data wrapper w;
create schema x;
create foreign table x.t (a int options (n 'y', "new %" 'z') not null, c int default 2, d text options (q '1'), constraint k check (a > 1)) server s;
