-- old
CREATE TABLE p (a int, b int);
CREATE TABLE t (a int) INHERITS (p);
-- new
CREATE TABLE p (a int, b int);
CREATE TABLE t (b int) INHERITS (p);
