-- old
CREATE TABLE t (a text, b text, c text);
CREATE INDEX i ON t (a text_pattern_ops);
CREATE INDEX j ON t USING gin (to_tsvector('simple', b));
CREATE INDEX k ON t (lower(c));
-- new
CREATE TABLE t (a tsvector, b tsvector, c int);
CREATE INDEX i ON t (a);
CREATE INDEX j ON t USING gin (b);
CREATE INDEX k ON t (abs(c));
