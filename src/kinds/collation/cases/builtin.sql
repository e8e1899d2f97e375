-- from 17
-- old
create schema s;
create collation s.c (provider = builtin, locale = 'C');
-- new
create schema s;
create collation s.c (provider = libc, locale = 'C');
create collation s.d (provider = builtin, locale = 'C');
