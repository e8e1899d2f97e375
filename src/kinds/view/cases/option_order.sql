-- old
CREATE VIEW v WITH (security_invoker = true, security_barrier = true) AS SELECT 1 AS a;
-- new
CREATE VIEW v WITH (security_barrier = true, security_invoker = true) AS SELECT 1 AS a;
CREATE VIEW w WITH (security_invoker = true, security_barrier = true) AS SELECT 1 AS a;
