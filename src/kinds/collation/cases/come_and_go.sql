-- old
create schema s;
create collation s.gone from "C";
comment on collation s.gone is 'goes';
create collation s.stays from "C";
alter collation s.stays owner to alice;
-- new
create schema s;
create collation s.stays from "C";
alter collation s.stays owner to bob;
comment on collation s.stays is 'stays';
create collation s."Co ""l l" (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');
alter collation s."Co ""l l" owner to carol;
comment on collation s."Co ""l l" is 'new';
create collation s.icu (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
create table s.t (a text collate s.icu);
