-- old
CREATE TABLE users_v2 (id int PRIMARY KEY, name text);
CREATE VIEW users AS SELECT 1 AS id;
CREATE INDEX people ON users_v2 (name);
CREATE TABLE users_of (id int);
-- new
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE INDEX people ON users (name);
CREATE VIEW users_of AS SELECT 2 AS k;
CREATE VIEW z AS SELECT * FROM users;
