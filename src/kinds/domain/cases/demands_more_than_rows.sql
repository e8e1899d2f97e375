-- a check that rows which were made up do not meet, of a domain that columns of tables have
-- old
create schema s;
create domain s.d as char(3) default 'EUR';
create table s.t (a s.d);
-- new
create schema s;
create domain s.d as varchar(3) default 'USD' not null check (value ~ '^[A-Z]{3}$');
create table s.t (a s.d);
