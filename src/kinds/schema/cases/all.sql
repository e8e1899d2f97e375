-- owners, comments, names; public goes and comes
-- old
create schema "a ""b" authorization alice;
create schema "select";
comment on schema "select" is 'one';
create schema gone;
-- new
create schema "a ""b" authorization bob;
create schema "select";
comment on schema "select" is 'it''s \ two';
create schema "Ünïcödé with spaces" authorization carol;
comment on schema "Ünïcödé with spaces" is 'c';
drop schema public;
