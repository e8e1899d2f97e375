-- rights on foreign data wrappers, servers, foreign tables and their columns
-- old
create schema s;
create foreign data wrapper w;
create server v foreign data wrapper w;
grant usage on foreign data wrapper w to alice;
grant usage on foreign server v to alice with grant option;
create foreign table s.t (a int, b int) server v;
grant select on s.t to alice, bob;
grant update (a), insert (b) on s.t to alice;
-- new
create schema s;
create foreign data wrapper w;
create server v foreign data wrapper w;
grant usage on foreign data wrapper w to bob with grant option;
grant usage on foreign server v to alice;
create foreign table s.t (a int, b int) server v;
grant insert on s.t to alice;
grant update (a), select (b) on s.t to alice;
revoke truncate on s.t from postgres;
grant select (a, b) on s.t to public;
create foreign table s.made (a int) server v;
grant select (a) on s.made to bob;
grant select on s.made to alice;
create server made foreign data wrapper w;
grant usage on foreign server made to carol;
create foreign data wrapper made;
grant usage on foreign data wrapper made to carol;
