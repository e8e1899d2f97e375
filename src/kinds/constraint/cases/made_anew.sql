-- old
create table public.other (a int primary key, b int unique);
create table public.another (a int primary key);
create table public.t (
  a int not null, b int, c int, during int4range,
  constraint kind unique (a), constraint cols unique (a, b), constraint nulls unique (c), constraint "to ""check" unique (b, c),
  constraint ref foreign key (c) references public.other, constraint ref_col foreign key (c) references public.other (a),
  constraint stat exclude using gist ((int4range(a, a + 1)) with &&, (int4range(b, b + 1)) with &&),
  constraint filled exclude using gist (during with &&) with (fillfactor = 50, buffering = off));
alter index public.stat alter column 1 set statistics 10, alter column 2 set statistics 20;
create table public.keyless (a int, b int);
-- new
create table public.other (a int primary key, b int unique);
create table public.another (a int primary key);
create table public.t (
  a int not null, b int, c int, during int4range,
  constraint kind primary key (a), constraint cols unique (b, a), constraint nulls unique nulls not distinct (c), constraint "to ""check" check (b > c),
  constraint ref foreign key (c) references public.another, constraint ref_col foreign key (b) references public.other (b),
  constraint stat exclude using gist ((int4range(a, a + 1)) with &&, (int4range(b, b + 1)) with &&),
  constraint filled exclude using gist (during with &&) with (buffering = on, fillfactor = 60));
alter index public.stat alter column 1 set statistics 30;
create table public.keyless (a int constraint from_column primary key, b int constraint "nulls two" unique nulls not distinct);
create table public.made (a int constraint made_key unique nulls not distinct);
