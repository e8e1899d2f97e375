-- old
create schema a;
create schema "b ""c";
comment on schema a is 'first';
alter schema a owner to alice;
-- new
create schema a;
create schema "ünï code";
comment on schema a is 'it''s the second';
comment on schema "ünï code" is 'new';
alter schema a owner to bob;
