-- old
create schema s;
create text search dictionary s.gone (template = simple, accept = false);
comment on text search dictionary s.gone is 'goes';
create text search dictionary s.stays (template = simple, accept = false);
alter text search dictionary s.stays owner to alice;
create text search dictionary s.template (template = simple);
create text search configuration s.c (parser = default);
alter text search configuration s.c add mapping for word with s.template, s.stays;
create table s.t (a text);
create index i on s.t using gin (to_tsvector('s.c', a));
-- new
create schema s;
create text search dictionary s.stays (template = simple, stopwords = english, accept = 'true');
alter text search dictionary s.stays owner to bob;
comment on text search dictionary s.stays is 'stays';
create text search dictionary s.template (template = snowball, language = german);
create text search configuration s.c (parser = default);
alter text search configuration s.c add mapping for word with s.template, s.stays;
create table s.t (a text);
create index i on s.t using gin (to_tsvector('s.c', a));
create text search template s."Te ""m" (init = dsimple_init, lexize = dsimple_lexize);
create text search dictionary s."D ""x" (template = s."Te ""m", stopwords = 'english');
comment on text search dictionary s."D ""x" is 'new';
alter text search dictionary s."D ""x" owner to carol;
