-- a state that begins as an empty text begins otherwise than as NULL
-- old
create schema s;
create function s.f(text, text) returns text language sql immutable as 'select $1 || $2';
create aggregate s.a(text) (sfunc = s.f, stype = text, msfunc = s.f, minvfunc = s.f, mstype = text);
-- new
create schema s;
create function s.f(text, text) returns text language sql immutable as 'select $1 || $2';
create aggregate s.a(text) (sfunc = s.f, stype = text, initcond = '', msfunc = s.f, minvfunc = s.f, mstype = text, minitcond = '');
