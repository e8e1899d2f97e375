-- old
create schema s;
create type s.gone as enum ('a');
comment on type s.gone is 'goes';
alter type s.gone owner to alice;
create type s.other as enum ();
alter type s.other owner to alice;
-- new
create schema s;
create type s.other as enum ();
alter type s.other owner to bob;
comment on type s.other is 'it''s';
create type s."Sélect ""x"" 'y'" as enum ('it''s', 'back\slash', 'ünï', 'A', 'a', '');
comment on type s."Sélect ""x"" 'y'" is 'new';
alter type s."Sélect ""x"" 'y'" owner to carol;
