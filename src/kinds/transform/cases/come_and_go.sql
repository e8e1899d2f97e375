-- old
create schema s;
create language lang handler plpgsql_call_handler;
create function s.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
create function s.to_sql(internal) returns int language internal strict immutable as 'int4recv';
create transform for int language lang (from sql with function s.from_sql(internal));
create transform for text language lang (from sql with function s.from_sql(internal));
comment on transform for text language lang is 'goes';
-- new
create schema s;
create language lang handler plpgsql_call_handler;
create language "L ""x" handler plpgsql_call_handler;
create type s."T ""x" as enum ('a');
create function s.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
create function s.to_sql(internal) returns int language internal strict immutable as 'int4recv';
create function s."to ""x"(internal) returns s."T ""x" language internal strict immutable as 'enum_recv';
create transform for int language lang (to sql with function s.to_sql(internal));
comment on transform for int language lang is 'stays';
create transform for s."T ""x" language "L ""x" (from sql with function s.from_sql(internal), to sql with function s."to ""x"(internal));
comment on transform for s."T ""x" language "L ""x" is 'new';
