-- old
create schema s;
create text search parser s.gone (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
comment on text search parser s.gone is 'goes';
create function s.start(internal, int) returns internal language internal strict as 'prsd_start';
create function s.next(internal, internal, internal) returns internal language internal strict as 'prsd_nexttoken';
create function s.end(internal) returns void language internal strict as 'prsd_end';
create function s.headline(internal, internal, tsquery) returns internal language internal strict as 'prsd_headline';
create function s.types(internal) returns internal language internal strict as 'prsd_lextype';
create text search parser s.stays (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search configuration s.c (parser = s.stays);
alter text search configuration s.c add mapping for word with simple;
-- new
create schema s;
create function s.start(internal, int) returns internal language internal strict as 'prsd_start';
create function s.next(internal, internal, internal) returns internal language internal strict as 'prsd_nexttoken';
create function s.end(internal) returns void language internal strict as 'prsd_end';
create function s.headline(internal, internal, tsquery) returns internal language internal strict as 'prsd_headline';
create function s.types(internal) returns internal language internal strict as 'prsd_lextype';
create text search parser s.stays (start = s.start, gettoken = s.next, end = s.end, headline = s.headline, lextypes = s.types);
comment on text search parser s.stays is 'stays';
create text search configuration s.c (parser = s.stays);
alter text search configuration s.c add mapping for word with simple;
create text search parser s."P ""x" (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, headline = prsd_headline, lextypes = prsd_lextype);
comment on text search parser s."P ""x" is 'new';
