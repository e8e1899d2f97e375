-- from 18
-- old
create table public.t (a int not null, b int constraint mine not null, c int, d int constraint dropped not null, e int constraint "to ""auto" not null, f int not null no inherit, g int);
alter table public.t add constraint later not null g not valid;
comment on constraint mine on public.t is 'm';
-- new
create table public.t (a int constraint mine_a not null, b int constraint mine2 not null, c int constraint mine_c not null, d int, e int not null, f int not null, g int constraint later not null);
alter table public.t add constraint mine_nv not null d not valid;
create table public.u (a int constraint "x ""y" not null no inherit);
