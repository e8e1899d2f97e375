-- old
create schema s;
create type s.gone as range (subtype = float8, subtype_diff = float8mi);
comment on type s.gone is 'goes';
create type s.stays as range (subtype = int);
alter type s.stays owner to alice;
-- new
create schema s;
create type s.stays as range (subtype = int);
alter type s.stays owner to bob;
comment on type s.stays is 'stays';
create type s."R ""a"" nge" as range (subtype = text, subtype_opclass = text_pattern_ops, collation = "C", multirange_type_name = s."M r");
alter type s."R ""a"" nge" owner to alice;
comment on type s."R ""a"" nge" is 'new';
create function s.diff(text, text) returns float8 language sql immutable as 'select 1.0::float8';
create type s.with_diff as range (subtype = text, subtype_diff = s.diff);
create table s.t (r s.stays, m s."M r");
