-- old
create schema s;
create unlogged table s.a (a int);
create table s.b (a int);
create table s.c (a int) with (fillfactor = 50, toast.autovacuum_enabled = false);
alter table s.a enable row level security;
alter table s.b force row level security;
comment on table s.a is 'a';
create unlogged table s.gone (a int) with (fillfactor = 30, autovacuum_enabled = off);
alter table s.gone enable row level security, force row level security;
-- new
create schema s;
create table s.a (a int);
create unlogged table s.b (a int);
create table s.c (a int, t text) with (fillfactor = 60, autovacuum_enabled = false);
alter table s.a force row level security;
alter table s.b enable row level security;
comment on table s.b is 'b';
alter table s.c owner to bob;
