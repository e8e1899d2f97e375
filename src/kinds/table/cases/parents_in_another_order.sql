-- old
CREATE TABLE p (a int);
CREATE TABLE q (a int);
CREATE TABLE r (a int);
CREATE TABLE t (b int) INHERITS (p, q, r);
-- new
CREATE TABLE p (a int);
CREATE TABLE q (a int);
CREATE TABLE r (a int);
CREATE TABLE t (b int) INHERITS (q, r, p);
