-- What Supabase has and plain PostgreSQL lacks: schema ops, the API roles, and a stand-in for auth.users.
--
-- Each object is made only where it is missing, and is then marked by a comment that begins with "pgward:".
-- The down migration drops what carries the mark and nothing else.
--
-- Roles belong to the whole server, and other databases on it may run this same file, or its down, right now.
-- So every role is made and at once granted usage on schema ops: the grant takes a lock that a concurrent
-- DROP ROLE waits for, and leaves a dependency that it then finds. Roles are taken in one fixed order, here and in
-- the down, so that two migrations can wait for each other but never in a circle.

do $platform$
declare
  v_granted  text[] := '{}';
  v_revoked  jsonb := '[]';
  v_grant    record;
  v_role     text;
  v_options  text;
  v_tries    int;
begin
  if pg_catalog.to_regnamespace('ops') is null then
    create schema ops;
    comment on schema ops is 'pgward: OdooOps control plane';
  end if;

  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    v_options := case v_role when 'service_role' then 'nologin noinherit bypassrls' else 'nologin noinherit' end;
    v_tries := 0;
    loop
      v_tries := v_tries + 1;

      -- What other sessions did to roles reaches this session's cache only when it takes a lock on a relation that it
      -- does not hold yet. Take one, and give it back for the next time.
      begin
        perform from pg_catalog.pg_shseclabel limit 0;
        raise sqlstate 'PGW00';
      exception
        when sqlstate 'PGW00' then
          null;
      end;

      if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
        begin
          execute pg_catalog.format('create role %I %s', v_role, v_options);
          execute pg_catalog.format('comment on role %I is %L', v_role,
            'pgward: API role; dropped with the last database that uses it');
        exception
          when duplicate_object or unique_violation or internal_error then
            -- Another database made it in this moment. Look again.
            if v_tries >= 100 then
              raise;
            end if;
            continue;
          when insufficient_privilege then
            if v_options like '% bypassrls' then
              -- Before PostgreSQL 16 only a superuser may hand out BYPASSRLS. Reported below.
              v_options := 'nologin noinherit';
              continue;
            end if;
            raise exception 'role % is missing and % may not create roles', v_role, current_user
              using errcode = 'insufficient_privilege',
                    hint = pg_catalog.format('grant CREATEROLE to %I, or let a superuser run: create role %I %s',
                                             current_user, v_role, v_options);
        end;
      end if;

      begin
        if not exists (
          select
          from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a, pg_catalog.pg_roles r
          where n.nspname = 'ops' and r.rolname = v_role and a.grantee = r.oid and a.privilege_type = 'USAGE'
        ) then
          execute pg_catalog.format('grant usage on schema ops to %I', v_role);
          v_granted := v_granted || v_role;
        end if;
        exit;
      exception
        when undefined_object or internal_error then
          -- Another database dropped the role between the two statements. Make it again.
          if v_tries >= 100 then
            raise;
          end if;
      end;
    end loop;
  end loop;

  if exists (select from pg_catalog.pg_roles
             where rolname = 'service_role' and not rolbypassrls and not rolsuper) then
    raise warning 'role service_role cannot bypass row level security'
      using detail = 'The worker functions need no bypass and work; what service_role reads directly stays empty.',
            hint = 'let a superuser run: alter role service_role bypassrls';
  end if;

  -- Whoever may create in the schema could put a function of their own where a later migration looks for one. A schema
  -- that was here before may come with that right, since common recipes grant ALL on it; default privileges may give it
  -- too.
  if pg_catalog.to_regprocedure('ops.pgward_platform_record()') is null then
    for v_grant in
      select case when a.grantee = 0 then 'public' else r.rolname end as role, a.is_grantable
      from pg_catalog.pg_namespace n
      cross join pg_catalog.aclexplode(n.nspacl) a
      left join pg_catalog.pg_roles r on r.oid = a.grantee
      where n.nspname = 'ops' and a.privilege_type = 'CREATE' and a.grantor = n.nspowner and a.grantee <> n.nspowner
        and pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        and (a.grantee = 0 or r.rolname in ('anon', 'authenticated', 'service_role'))
      order by 1
    loop
      execute pg_catalog.format('revoke create on schema ops from %I', v_grant.role);
      v_revoked := v_revoked || pg_catalog.to_jsonb(v_grant);
    end loop;
  end if;
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if pg_catalog.has_schema_privilege(v_role, 'ops', 'CREATE') then
      raise warning 'role % may create objects in schema ops', v_role
        using hint = 'revoke that, from whatever role it comes: nobody but the owner should own anything there';
    end if;
  end loop;

  -- A schema that was here before stays when this migration is undone. What was granted and revoked on it must be known
  -- then, and the schema's comment is not ours to write in, so the record is a function.
  if coalesce(pg_catalog.obj_description(pg_catalog.to_regnamespace('ops'), 'pg_namespace') not like 'pgward:%', true)
     and pg_catalog.to_regprocedure('ops.pgward_platform_record()') is null then
    execute pg_catalog.format(
      'create function ops.pgward_platform_record() returns pg_catalog.jsonb language sql immutable parallel safe '
      'set search_path = pg_catalog, pg_temp return %L::pg_catalog.jsonb',
      pg_catalog.jsonb_build_object('granted_usage_to', pg_catalog.to_jsonb(v_granted),
                                    'revoked_create_from', v_revoked));
    revoke all on function ops.pgward_platform_record() from public, anon, authenticated, service_role;
    comment on function ops.pgward_platform_record() is
      'pgward: what the platform migration granted and revoked on a schema that existed before it; read by its down';
  end if;

  if pg_catalog.to_regnamespace('auth') is null then
    create schema auth;
    revoke all on schema auth from public, anon, authenticated, service_role;
    comment on schema auth is 'pgward: stand-in for the schema that Supabase provides';
  end if;

  if pg_catalog.to_regclass('auth.users') is null then
    create table auth.users (
      id uuid not null default pg_catalog.gen_random_uuid(),
      email text,
      created_at timestamptz not null default pg_catalog.now(),
      constraint users_pkey primary key (id)
    );
    revoke all on table auth.users from public, anon, authenticated, service_role;
    comment on table auth.users is 'pgward: stand-in for the user table that Supabase provides';
  end if;
end
$platform$;
