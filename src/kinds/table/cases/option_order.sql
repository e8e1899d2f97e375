-- old
CREATE TABLE t (a int) WITH (fillfactor = 70, autovacuum_enabled = false, toast.vacuum_truncate = false);
CREATE TABLE u (a int) WITH (parallel_workers = 2, fillfactor = 70);
-- new
CREATE TABLE t (a int) WITH (parallel_workers = 3, autovacuum_enabled = false, fillfactor = 70);
CREATE TABLE u (a int) WITH (fillfactor = 70, parallel_workers = 2);
CREATE TABLE w (a text) WITH (user_catalog_table = true, fillfactor = 90, toast.vacuum_truncate = false);
