-- old
CREATE TABLE t (a int);
CREATE INDEX i ON t (a) WITH (fillfactor = 70, deduplicate_items = off);
-- new
CREATE TABLE t (a int);
CREATE INDEX i ON t (a) WITH (deduplicate_items = off, fillfactor = 70);
CREATE INDEX j ON t (a) WITH (fillfactor = 60, deduplicate_items = off);
