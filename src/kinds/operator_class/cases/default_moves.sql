-- A type has one default, and a family one class that has its operators.
-- old
create schema b;
create type ct as (i int);
create function same (ct, ct) returns boolean language sql as 'select true';
create operator = (procedure = same, leftarg = ct, rightarg = ct);
create operator class oc default for type ct using hash as operator 1 = (ct, ct);
-- new
create schema b;
create type ct as (i int);
create function same (ct, ct) returns boolean language sql as 'select true';
create operator = (procedure = same, leftarg = ct, rightarg = ct);
create operator class b.oc2 default for type ct using hash as operator 1 = (ct, ct);
create operator class oc3 for type ct using hash as operator 1 = (ct, ct);
