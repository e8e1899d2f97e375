-- old
create schema s;
create type s.c as (a int, b text, gone int);
create table s.t (id int);
create type s.free as (a int, b text, c text);
-- new
create schema s;
create type s.c as (a int, b text, "new ""one" numeric(3,1));
create table s.t (id int);
create type s.free as (a bigint, b varchar(5) collate "C", c text collate "C");
comment on column s.free.a is 'it''s';
