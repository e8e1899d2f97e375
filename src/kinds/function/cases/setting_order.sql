-- old
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = '5MB' SET search_path = '' AS 'select 1';
CREATE FUNCTION g() RETURNS int LANGUAGE sql SET work_mem = '5MB' AS 'select 1';
-- new
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' SET work_mem = '5MB' AS 'select 1';
CREATE FUNCTION g() RETURNS int LANGUAGE sql SET work_mem = '6MB' SET search_path = '' AS 'select 1';
CREATE FUNCTION h() RETURNS int LANGUAGE sql SET work_mem = '5MB' SET search_path = '' AS 'select 1';
