-- old
create domain public.d as int constraint ck check (value > 0) constraint gone check (value < 9);
comment on constraint ck on domain public.d is 'c';
-- new
create domain public.d as int constraint ck check (value > 1);
alter domain public.d add constraint "n ""v" check (value < 8) not valid;
