-- old
create schema s;
create domain s.d as int constraint a check (value > 0) constraint b check (value < 100);
comment on constraint a on domain s.d is 'first';
create table s.t (d s.d);
insert into s.t values (5);
-- new
create schema s;
create domain s.d as int constraint b check (value < 50) constraint "c ""d" check (value <> 7);
alter domain s.d add constraint later check (value <> 8) not valid;
comment on constraint b on domain s.d is 'second';
create table s.t (d s.d);
