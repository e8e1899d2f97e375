-- from 16
-- old
create schema s;
create collation s.c (provider = icu, locale = 'und', rules = '&V << w <<< W');
create collation s.gone (provider = icu, locale = 'und', rules = '&a < b');
-- new
create schema s;
create collation s.c (provider = icu, locale = 'und', rules = '&a < g');
create collation s.new (provider = icu, locale = 'und', rules = '&b < g');
