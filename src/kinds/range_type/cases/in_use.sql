-- old
create schema s;
create type s.r as range (subtype = int, multirange_type_name = s.mr);
create table s.t (id int primary key, r s.r default '[1,5)', rs s.r[]);
insert into s.t values (1, '[2,3)', '{"[1,2)"}');
create view s.v as select r from s.t;
create type s.m as range (subtype = int, multirange_type_name = s.m_one);
create function s.f(s.m_one) returns int language sql as 'select 1';
-- new
create schema s;
create type s.r as range (subtype = bigint, multirange_type_name = s.mr);
create table s.t (id int primary key, r s.r default '[1,5)', rs s.r[]);
create view s.v as select r from s.t;
create type s.m as range (subtype = int, multirange_type_name = s."m Two");
create function s.f(s."m Two") returns int language sql as 'select 1';
