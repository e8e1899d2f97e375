-- from 18
-- A child calls by a name of its own what its parent demands too.
-- old
create table public.parent (a int constraint needed not null, b int);
create table public.one (a int constraint own not null) inherits (public.parent);
-- new
create table public.parent (a int constraint needed not null, b int not null);
create table public.two (a int constraint own_two not null, b int constraint own_b not null, c int) inherits (public.parent);
