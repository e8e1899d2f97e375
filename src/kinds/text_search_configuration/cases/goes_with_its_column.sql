-- old
CREATE TABLE keep (a int);
-- new
CREATE TABLE keep (a int);
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);
CREATE TABLE t (a text, b tsvector GENERATED ALWAYS AS (to_tsvector('c', a)) STORED);
