-- old
create schema s;
create text search configuration s.gone (parser = default);
comment on text search configuration s.gone is 'goes';
create text search configuration s.stays (copy = simple);
alter text search configuration s.stays owner to alice;
create text search parser s.p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search configuration s.other (parser = s.p);
alter text search configuration s.other add mapping for word with simple;
create table s.t (a text);
create index i on s.t using gin (to_tsvector('s.stays', a));
-- new
create schema s;
create text search configuration s.stays (copy = simple);
alter text search configuration s.stays owner to bob;
comment on text search configuration s.stays is 'stays';
alter text search configuration s.stays drop mapping for word;
alter text search configuration s.stays alter mapping for asciiword with english_stem, simple;
create text search dictionary s."D ""x" (template = simple);
alter text search configuration s.stays alter mapping for hword with s."D ""x";
create text search parser s.p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search configuration s.other (parser = default);
alter text search configuration s.other add mapping for word with simple;
create table s.t (a text);
create index i on s.t using gin (to_tsvector('s.stays', a));
create text search configuration s."C ""x" (parser = s.p);
alter text search configuration s."C ""x" add mapping for asciiword, word with s."D ""x", simple;
comment on text search configuration s."C ""x" is 'new';
alter text search configuration s."C ""x" owner to carol;
