-- every attribute

-- old
create table public.t (id integer, owner text);
alter table public.t enable row level security;
create policy roles on public.t to alice using (id > 0);
create policy conditions on public.t using (id > 0) with check (id > 1);
create policy gone on public.t using (id > 0) with check (id > 1);
create policy command on public.t for select using (id > 0);
create policy sort on public.t using (id > 0);
comment on policy roles on public.t is 'old';
-- new
create table public.t (id integer, owner text);
alter table public.t enable row level security;
create policy roles on public.t to bob, carol using (id > 0);
create policy conditions on public.t using (owner = current_user) with check (id > 2);
create policy gone on public.t using (id > 0);
create policy command on public.t for update using (id > 0);
create policy sort on public.t as restrictive using (id > 0);
comment on policy roles on public.t is 'new';
create policy "made ""x" on public.t as restrictive for all to public using (exists (select from public.t o where o.id = t.id)) with check (true);
create policy inserts on public.t for insert to alice with check (owner = 'x');
comment on policy "made ""x" on public.t is 'made';
