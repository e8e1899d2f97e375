-- old
create schema s;
create type s.e as enum ('a');
create function s.f(s.e) returns int language sql immutable as 'select 1';
create cast (s.e as int) with function s.f(s.e);
comment on cast (s.e as int) is 'goes';
create cast (s.e as text) with inout;
create function s.g(s.e) returns bigint language sql immutable as 'select 1::bigint';
create cast (s.e as bigint) with function s.g(s.e) as assignment;
create cast (s.e as xid) with inout as assignment;
-- new
create schema s;
create type s.e as enum ('a');
create type s."E ""x" as enum ('a');
create function s.f(s.e) returns int language sql immutable as 'select 1';
create cast (s.e as text) with inout as implicit;
comment on cast (s.e as text) is 'stays';
create function s.g(s.e, int, bool) returns bigint language sql immutable as 'select 1::bigint';
create cast (s.e as bigint) with function s.g(s.e, int, bool) as implicit;
create function s."f ""g"(s."E ""x") returns s.e language sql immutable as 'select ''a''::s.e';
create cast (s."E ""x" as s.e) with function s."f ""g"(s."E ""x") as assignment;
comment on cast (s."E ""x" as s.e) is 'it''s new';
create cast (bigint as xid8) without function;
create function s.x(s.e) returns xid language sql immutable as 'select ''1''::xid';
create cast (s.e as xid) with function s.x(s.e) as assignment;
