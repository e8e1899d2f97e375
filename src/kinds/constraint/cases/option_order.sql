-- old
CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a) WITH (fillfactor = 70, deduplicate_items = off));
-- new
CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a) WITH (deduplicate_items = off, fillfactor = 70));
CREATE TABLE u (a int, CONSTRAINT l UNIQUE (a) WITH (fillfactor = 70, deduplicate_items = off));
