-- old
CREATE SCHEMA s;
CREATE TABLE s.t (a serial);
CREATE FUNCTION s.f(s.t) RETURNS int LANGUAGE sql AS 'select 1';
-- new
CREATE SCHEMA s2;
CREATE TABLE s2.t (a serial);
CREATE FUNCTION s2.f(s2.t) RETURNS int LANGUAGE sql AS 'select 1';
