-- old
CREATE MATERIALIZED VIEW m WITH (fillfactor = 70, autovacuum_enabled = false) AS SELECT 1 AS a;
-- new
CREATE MATERIALIZED VIEW m WITH (autovacuum_enabled = false, fillfactor = 70) AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW n WITH (fillfactor = 70, autovacuum_enabled = false) AS SELECT 1 AS a;
