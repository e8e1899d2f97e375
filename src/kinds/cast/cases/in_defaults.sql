-- a default is written with the cast, and kept with its function
-- old
create schema s;
create type s.c as (d numeric);
create function s.to_c(numeric) returns s.c language sql immutable as $$select row($1)::s.c$$;
create cast (numeric as s.c) with function s.to_c(numeric) as assignment;
create table s.t (a s.c default 5.0::numeric::s.c);
-- new
create schema s;
create type s.c as (d numeric);
create type s.k as (d numeric);
create function s.to_c(numeric) returns s.c language sql immutable as $$select row($1 + 0)::s.c$$;
create function s.to_k(s.c) returns s.k language sql immutable as $$select row(($1).d)::s.k$$;
create cast (numeric as s.c) with function s.to_c(numeric) as implicit;
create cast (s.c as s.k) with function s.to_k(s.c);
create table s.t (a s.c default 6.0::numeric::s.c, k s.k default 5.0::numeric::s.c::s.k);
