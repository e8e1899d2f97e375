-- old
CREATE TABLE keep (a int);
-- new
CREATE TABLE keep (a int);
CREATE OPERATOR CLASS oc FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=,
    OPERATOR 5 >, FUNCTION 1 btint4cmp (int, int);
CREATE TABLE t (a int);
CREATE INDEX i ON t (a oc);
