-- old
CREATE FUNCTION f(a int) RETURNS void LANGUAGE sql AS 'select 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'select 1';
-- new
CREATE PROCEDURE f(a int) LANGUAGE sql AS 'select 1';
CREATE AGGREGATE p(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
