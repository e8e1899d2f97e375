-- foreign tables with columns, options, owners, comments; the server can't be changed in place
-- old
create foreign data wrapper w;
create server s1 foreign data wrapper w;
create server s2 foreign data wrapper w;
create schema "a b";
create foreign table "a b"."t ""1" (a int options (n 'x') not null, "B c" text collate "C" default 'q') server s1 options (o '1', gone 'y');
create foreign table "a b".moved (a int) server s1;
create foreign table "a b".gone () server s1;
comment on foreign table "a b".moved is 'one';
alter foreign table "a b".moved owner to alice;
-- new
create foreign data wrapper w;
create server s1 foreign data wrapper w;
create server s2 foreign data wrapper w;
create schema "a b";
create foreign table "a b"."t ""1" (a int options (n 'x') not null, "B c" text collate "C" default 'q') server s1 options (o '2', "new %" 'z''');
create foreign table "a b".moved (a int) server s2;
comment on foreign table "a b".moved is 'two';
alter foreign table "a b".moved owner to bob;
create foreign table "a b"."select" (a int not null, b int generated always as (a * 2) stored, c numeric(5, 2) options ("x y" 'z')) server s1 options (o 'v');
alter foreign table "a b"."select" owner to carol;
comment on foreign table "a b"."select" is 'made';
comment on column "a b"."select".a is 'first';
