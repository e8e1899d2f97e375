-- old
create schema s;
create table s.old (a int);
create table s.stays ();
-- new
create schema s;
create table s.stays ();
create table s."sélect ""x"" table" ("from" int, "ünï ""c""" text default 'x', constraint "check" check ("from" > 0), unique ("ünï ""c"""));
comment on table s."sélect ""x"" table" is 'it''s';
alter table s."sélect ""x"" table" owner to alice;
create index "i ""n"" d" on s."sélect ""x"" table" ("from" desc);
create table s.tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt (cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc int primary key, i int generated always as identity);
