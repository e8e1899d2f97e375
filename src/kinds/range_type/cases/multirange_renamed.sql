-- the multirange has another name while columns have it
-- old
create schema s;
create type s.r as range (subtype = numeric, multirange_type_name = s.r_multirange);
create table s.t (a s.r, b s.r_multirange default '{}', c s.r_multirange[]);
-- new
create schema s;
create type s.r as range (subtype = numeric, multirange_type_name = s.rs);
create table s.t (a s.r, b s.rs default '{}', c s.rs[]);
