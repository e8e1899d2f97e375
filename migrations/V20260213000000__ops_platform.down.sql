-- Drops what the up made, known by its mark; never with CASCADE. Whatever was here before stays as it was.

do $platform$
declare
  v_role  text;
  v_oid   oid;
  v_grant jsonb;
begin
  if pg_catalog.obj_description(pg_catalog.to_regclass('auth.users'), 'pg_class') like 'pgward:%' then
    drop table auth.users;
  end if;

  if pg_catalog.obj_description(pg_catalog.to_regnamespace('auth'), 'pg_namespace') like 'pgward:%' then
    drop schema auth;
  end if;

  if pg_catalog.obj_description(pg_catalog.to_regnamespace('ops'), 'pg_namespace') like 'pgward:%' then
    drop schema ops;
  elsif pg_catalog.to_regprocedure('ops.pgward_platform_record()') is not null then
    for v_role in
      select pg_catalog.jsonb_array_elements_text(ops.pgward_platform_record() -> 'granted_usage_to')
    loop
      execute pg_catalog.format('revoke usage on schema ops from %I', v_role);
    end loop;
    for v_grant in
      select pg_catalog.jsonb_array_elements(ops.pgward_platform_record() -> 'revoked_create_from')
    loop
      execute pg_catalog.format('grant create on schema ops to %I%s', v_grant ->> 'role',
                                case when v_grant -> 'is_grantable' = 'true' then ' with grant option' end);
    end loop;
    drop function ops.pgward_platform_record();
  end if;

  -- The same order as in the up. Other databases may need the role, or be dropping it too: neither is an error.
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    select r.oid into v_oid
    from pg_catalog.pg_roles r
    where r.rolname = v_role
      and pg_catalog.shobj_description(r.oid, 'pg_authid') like 'pgward:%';
    continue when not found;

    -- DROP ROLE would take memberships and settings along without a word.
    if exists (
      select
      from pg_catalog.pg_auth_members m
      join pg_catalog.pg_roles c on c.rolname = current_user
      where (m.roleid = v_oid and m.member <> c.oid) or m.member = v_oid
    ) or exists (
      select from pg_catalog.pg_db_role_setting s where s.setrole = v_oid
    ) then
      raise notice 'role % stays: it has members, memberships or settings', v_role;
      continue;
    end if;

    begin
      execute pg_catalog.format('drop role %I', v_role);
    exception
      when dependent_objects_still_exist then
        raise notice 'role % stays: other objects depend on it', v_role;
      when insufficient_privilege then
        raise notice 'role % stays: % may not drop it', v_role, current_user;
      when undefined_object or internal_error then
        raise notice 'role % was dropped or changed by another session', v_role;
      when lock_not_available or deadlock_detected then
        raise notice 'role % stays: another session is using it', v_role;
    end;
  end loop;
end
$platform$;
