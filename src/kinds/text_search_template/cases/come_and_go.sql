-- old
create schema s;
create text search template s.gone (lexize = dsimple_lexize);
comment on text search template s.gone is 'goes';
create text search template s.stays (init = dsimple_init, lexize = dsimple_lexize);
create text search dictionary s.d (template = s.stays);
-- new
create schema s;
create function s.lexize(internal, internal, internal, internal) returns internal language internal strict as 'dsimple_lexize';
create function s.init(internal) returns internal language internal strict as 'dsimple_init';
create text search template s.stays (init = s.init, lexize = s.lexize);
create text search dictionary s.d (template = s.stays);
create text search template s."T ""x" (init = dsimple_init, lexize = dsimple_lexize);
comment on text search template s."T ""x" is 'new';
comment on text search template s.stays is 'stays';
