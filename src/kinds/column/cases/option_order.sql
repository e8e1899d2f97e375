-- old
CREATE TABLE t (a int, b int);
ALTER TABLE t ALTER a SET (n_distinct_inherited = 7, n_distinct = 5);
-- new
CREATE TABLE t (a int, b int, c int);
ALTER TABLE t ALTER a SET (n_distinct = 5, n_distinct_inherited = 7);
ALTER TABLE t ALTER c SET (n_distinct_inherited = 7, n_distinct = 5);
