-- policies over columns, functions and tables that change; roles come and go; other commands

-- old
create table public.other (id integer, a integer);
create table public.t (id integer, a integer, gone text);
alter table public.t enable row level security;
create function public.me(x integer) returns integer language sql stable as 'select x';
create policy type on public.t for select to alice using (a > 1);
create policy fn on public.t for select to alice, bob using (id = public.me(id));
create policy sub on public.t using (exists (select from public.other o where o.id = t.id and o.a > 1));
create policy gone on public.t for update using (gone is null) with check (gone is not null);
create policy more on public.t for insert to bob with check (a > 1);
create policy del on public.t for delete using (a > 1);
create policy everyone on public.t for select to public using (true);
create policy check_only on public.t for update to alice with check (a > 1);
comment on policy del on public.t is 'kept';
-- new
create table public.other (id bigint, a bigint);
create table public.t (id integer, a bigint);
alter table public.t enable row level security;
create function public.me(y integer) returns bigint language sql stable as 'select y::bigint';
create policy type on public.t for select to alice, public using (a > 1);
create policy fn on public.t for select to bob, current_user using (id = public.me(id));
create policy sub on public.t using (exists (select from public.other o where o.id = t.id and o.a > 1));
create policy gone on public.t for delete using (true);
create policy more on public.t for all to bob using (a > 2) with check (a > 1);
create policy del on public.t as restrictive for delete using (a > 1);
create policy everyone on public.t for select to carol using (true);
create policy check_only on public.t for update to alice using (a > 0);
comment on policy del on public.t is 'kept';
