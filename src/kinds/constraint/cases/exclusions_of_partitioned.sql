-- from 17
-- The server makes a partition's exclusion constraint, and attaches none.
-- old
create extension btree_gist;
create table public.rooms (site int, during int4range) partition by list (site);
create table public.rooms_1 partition of public.rooms for values in (1);
create table public.desks (site int, during int4range, constraint once exclude using gist (site with =, during with &&)) partition by list (site);
create table public.desks_1 partition of public.desks for values in (1);
-- new
create extension btree_gist;
create table public.rooms (site int, during int4range, constraint apart exclude using gist (site with =, during with &&)) partition by list (site);
create table public.rooms_1 partition of public.rooms for values in (1);
create table public.rooms_2 partition of public.rooms for values in (2);
create table public.desks (site int, during int4range, constraint once exclude using gist (site with =, during with -|-)) partition by list (site);
create table public.desks_1 partition of public.desks for values in (1) partition by range (site);
create table public.desks_1a partition of public.desks_1 default;
