-- old
CREATE PROCEDURE f() LANGUAGE sql SET work_mem = '5MB' SET search_path = '' AS 'select 1';
CREATE PROCEDURE g() LANGUAGE sql SET work_mem = '5MB' AS 'select 1';
-- new
CREATE PROCEDURE f() LANGUAGE sql SET search_path = '' SET work_mem = '5MB' AS 'select 1';
CREATE PROCEDURE g() LANGUAGE sql SET work_mem = '6MB' SET search_path = '' AS 'select 1';
CREATE PROCEDURE h() LANGUAGE sql SET work_mem = '5MB' SET search_path = '' AS 'select 1';
