-- A table and a function may have one name, and neither is in the other.
-- old
create function t () returns trigger language plpgsql as 'begin return new; end';
create table t (i int);
create trigger x before insert on t for each row execute function t();
-- new
create type e as enum ('a');
create function e (e) returns e language sql as 'select $1';
create table u (a e default e('a'));
create domain d as int constraint d check (value > 0);
create function d (d) returns d language sql as 'select $1';
create table w (a d default d(1));
create policy p on w using (d(a) > 0);
