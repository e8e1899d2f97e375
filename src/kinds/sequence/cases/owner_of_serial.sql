-- old
CREATE TABLE t (a serial);
ALTER TABLE t OWNER TO bob;
-- new
CREATE TABLE t (a serial);
CREATE TABLE u (a serial);
