-- old
CREATE TABLE t (a int, b int NOT NULL, PRIMARY KEY (a));
CREATE TABLE c (a int REFERENCES t (a));
CREATE TABLE r (a int);
CREATE UNIQUE INDEX ri ON r (a);
CREATE TABLE d (a int REFERENCES r (a));
-- new
CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b), UNIQUE (a));
CREATE TABLE c (a int REFERENCES t (a));
CREATE TABLE r (a int, CONSTRAINT ri UNIQUE (a));
CREATE TABLE d (a int REFERENCES r (a));
