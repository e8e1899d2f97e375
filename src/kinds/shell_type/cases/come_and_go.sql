-- old
create schema s;
create type s.gone;
create type s.becomes;
create type s.stays;
alter type s.stays owner to alice;
-- new
create schema s;
create type s.stays;
alter type s.stays owner to bob;
comment on type s.stays is 'a shell';
create type s."Sh ""ell";
comment on type s."Sh ""ell" is 'new';
create type s.becomes as enum ('a');
