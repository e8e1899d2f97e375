-- old
CREATE TYPE c AS (a int);
CREATE TYPE o AS (i c);
CREATE TABLE t (x c, y c[], k int);
CREATE TABLE u (x o);
CREATE VIEW v AS SELECT (x).a FROM t;
CREATE FUNCTION f(c) RETURNS c LANGUAGE sql AS 'select $1';
-- new
CREATE TYPE c AS (a bigint);
CREATE TYPE o AS (i c);
CREATE TABLE t (x c, y c[], k int);
CREATE TABLE u (x o);
CREATE VIEW v AS SELECT (x).a FROM t;
CREATE FUNCTION f(c) RETURNS c LANGUAGE sql AS 'select $1';
