-- old
CREATE TABLE t (id int NOT NULL, a int NOT NULL, b int NOT NULL);
CREATE UNIQUE INDEX z ON t (a);
CREATE UNIQUE INDEX y ON t (a);
ALTER TABLE t ADD CONSTRAINT x UNIQUE (a);
CREATE UNIQUE INDEX ab ON t (b, a);
CREATE UNIQUE INDEX other_way ON t (a, b);
CREATE TABLE of_index (a int REFERENCES t (a));
CREATE TABLE of_both (a int, b int, FOREIGN KEY (a, b) REFERENCES t (a, b));
-- new
CREATE TABLE t (id int NOT NULL, a int NOT NULL, b int NOT NULL);
CREATE UNIQUE INDEX y ON t (a);
ALTER TABLE t ADD CONSTRAINT x UNIQUE (a);
CREATE UNIQUE INDEX other_way ON t (a, b);
CREATE TABLE of_index (a int REFERENCES t (a));
CREATE TABLE of_both (a int, b int, FOREIGN KEY (a, b) REFERENCES t (a, b));
