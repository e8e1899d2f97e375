-- from 18
-- A partition's NOT NULL has its parent's name, or the one that it had when it was attached.
-- old
create table parent (a int constraint of_parent not null, b int) partition by list (b);
create table attached (a int not null, b int);
create table "attached 100%" (a int not null, b int);
create table named (a int constraint mine not null, b int);
create table alike (a int constraint of_parent not null, b int);
create table made_named partition of parent (constraint own not null a) for values in (4);
create table demands (a int not null, b int) partition by list (b);
create table demands_1 (a int not null, b int);
alter table demands attach partition demands_1 for values in (1);
create table demands_2 partition of demands for values in (2);
-- new
create table parent (a int constraint of_parent not null, b int) partition by list (b);
create table attached (a int not null, b int);
create table "attached 100%" (a int not null, b int);
create table named (a int constraint mine not null, b int);
create table alike (a int constraint of_parent not null, b int);
alter table parent attach partition attached for values in (1);
alter table parent attach partition "attached 100%" for values in (6);
alter table parent attach partition named for values in (2);
alter table parent attach partition alike for values in (3);
create table made_named (a int constraint own not null, b int);
alter table parent attach partition made_named for values in (4);
create table made partition of parent for values in (5);
create table demands (a int, b int) partition by list (b);
create table demands_1 (a int not null, b int);
alter table demands attach partition demands_1 for values in (1);
create table demands_2 partition of demands for values in (2);
