-- old
create schema s;
create type s.e as enum ('a', 'b');
-- new
create schema s;
create type s.e as enum ('a', 'b');
create function s.e(text) returns s.e language sql immutable as $$ select 'a'::s.e $$;
create cast (text as s.e) with function s.e(text);
create cast (varchar as s.e) with function s.e(text) as assignment;
