-- A table goes before the function of its trigger, the type of its column and the operator class of its index.
-- old
create schema s;
create type s.mood as enum ('a', 'b');
create function s.touch() returns trigger language plpgsql as 'begin return new; end';
create operator class s.ops for type integer using btree as operator 1 <, operator 2 <=, operator 3 =,
    operator 4 >=, operator 5 >, function 1 btint4cmp(integer, integer);
create table s.t (a integer, m s.mood default 'a');
create index on s.t (a s.ops);
create trigger touch before update on s.t for each row execute function s.touch();
create function s.of_t(s.t) returns integer language sql immutable as 'select 1';
alter table s.t add check (s.of_t(t) > 0);
-- new
