-- old
CREATE DOMAIN d AS text;
CREATE TABLE t (a d, b d[]);
-- new
CREATE DOMAIN d AS text NOT NULL;
CREATE TABLE t (a d, b d[]);
