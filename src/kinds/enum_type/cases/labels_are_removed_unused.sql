-- old
create schema s;
create type s.e as enum ('a', 'b');
comment on type s.e is 'kept';
-- new
create schema s;
create type s.e as enum ('c', 'b');
comment on type s.e is 'kept';
