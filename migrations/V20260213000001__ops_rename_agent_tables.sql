-- Older databases keep agent tracking in ops.runs and ops.run_logs, the names that the control plane needs.
--
-- Renames those tables to ops.agent_runs and ops.agent_run_logs, and with them the indexes, constraints, sequences and
-- statistics that carry the table's name, so that an upgraded database later has the same nine tables, name for name,
-- as a fresh one. Their columns are not known here and do not matter. Where there is no such table, nothing is made.
--
-- Everything renamed, and the table's former comment, is recorded after "pgward-undo:" in the table's new comment.
-- The down migration reads it.

do $rename$
declare
  v_max      constant int := pg_catalog.current_setting('max_identifier_length')::int;
  v_old      text;
  v_new      text;
  v_rel      oid;
  v_renamed  jsonb;
  v_part     record;
  v_whole    text;
  v_head     text;
  v_tail     text;
  v_suffix   text;
  v_name     text;
  v_number   int;
  v_grantee  text;
begin
  -- The control plane's own ops.runs: this file has run here before.
  if (select pg_catalog.count(*)
      from pg_catalog.pg_attribute a
      where a.attrelid = pg_catalog.to_regclass('ops.runs') and not a.attisdropped
        and a.attname in ('project_id', 'workflow_id', 'run_number', 'idempotency_key')) = 4 then
    return;
  end if;

  foreach v_old in array array['runs', 'run_logs'] loop
    v_new := 'agent_' || v_old;

    select c.oid into v_rel
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'ops' and c.relname = v_old and c.relkind in ('r', 'p');

    if found then
      if pg_catalog.to_regclass('ops.' || v_new) is not null then
        raise exception 'cannot rename ops.% to ops.%: the name is taken', v_old, v_new
          using errcode = 'duplicate_table',
                hint = 'move one of the two out of schema ops, then migrate again';
      end if;

      execute pg_catalog.format('alter table ops.%I rename to %I', v_old, v_new);

      v_renamed := '[]';
      for v_part in
        select p.kind, p.name
        from (
          select 1 as rank, 'constraint' as kind, k.conname::text as name
          from pg_catalog.pg_constraint k
          where k.conrelid = v_rel and k.contype <> 't' and k.coninhcount = 0
          union all
          -- Renaming a constraint renames its index: only the others are left to do.
          select 2, 'index', c.relname::text
          from pg_catalog.pg_index i
          join pg_catalog.pg_class c on c.oid = i.indexrelid
          where i.indrelid = v_rel
            and not exists (select
                            from pg_catalog.pg_constraint k
                            where k.conrelid = v_rel and k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
          union all
          select 3, 'sequence', c.relname::text
          from pg_catalog.pg_depend d
          join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S'
          where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and d.refobjid = v_rel and d.refobjsubid > 0 and d.deptype in ('a', 'i')
          union all
          select 4, 'statistics', s.stxname::text
          from pg_catalog.pg_statistic_ext s
          join pg_catalog.pg_namespace n on n.oid = s.stxnamespace and n.nspname = 'ops'
          where s.stxrelid = v_rel
        ) p
        -- The table's name as whole words of the other name.
        where p.name ~ ('(^|[^[:alnum:]])' || v_old || '($|[^[:alnum:]])')
          and pg_catalog.strpos(p.name, v_new) = 0
        order by p.rank, p.name
      loop
        v_whole := pg_catalog.regexp_replace(
          v_part.name, '(^|[^[:alnum:]])' || v_old || '($|[^[:alnum:]])', E'\\1' || v_new || E'\\2');

        -- Where that is too long, cut before the suffix that tells what it is, as PostgreSQL does; number it if taken.
        v_tail := coalesce(
          pg_catalog.substring(v_whole, '_(?:pkey|key|fkey|excl|check|idx|seq|not_null|stat)[0-9]*$'), '');
        v_head := pg_catalog.left(v_whole, pg_catalog.length(v_whole) - pg_catalog.length(v_tail));
        v_number := 0;
        loop
          v_suffix := case when v_number = 0 then '' else v_number::text end || v_tail;
          v_name := v_head;
          while pg_catalog.octet_length(v_name) + pg_catalog.octet_length(v_suffix) > v_max loop
            v_name := pg_catalog.left(v_name, -1);
          end loop;
          v_name := v_name || v_suffix;
          exit when not exists (select
                                from pg_catalog.pg_class c
                                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                                where n.nspname = 'ops' and c.relname = v_name)
                and not exists (select
                                from pg_catalog.pg_constraint k
                                where k.conrelid = v_rel and k.conname = v_name)
                and not exists (select
                                from pg_catalog.pg_statistic_ext s
                                join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
                                where n.nspname = 'ops' and s.stxname = v_name);
          v_number := v_number + 1;
        end loop;

        if v_part.kind = 'constraint' then
          execute pg_catalog.format('alter table ops.%I rename constraint %I to %I', v_new, v_part.name, v_name);
        else
          execute pg_catalog.format('alter %s ops.%I rename to %I', v_part.kind, v_part.name, v_name);
        end if;
        v_renamed := v_renamed || pg_catalog.jsonb_build_object('kind', v_part.kind, 'from', v_part.name, 'to', v_name);
      end loop;

      execute pg_catalog.format('comment on table ops.%I is %L', v_new, pg_catalog.format(
        E'pgward: agent tracking, renamed from ops.%s to make room for the control plane\npgward-undo: %s', v_old,
        pg_catalog.jsonb_build_object('table', v_old, 'renamed', v_renamed,
                                      'comment', pg_catalog.obj_description(v_rel, 'pg_class'))));
    end if;

    -- A view for callers that follow later. It reads with the caller's rights, and so needs the caller's grants.
    v_rel := pg_catalog.to_regclass('ops.' || v_new);
    if v_rel is not null and pg_catalog.to_regclass('ops.' || v_new || '_v') is null then
      execute pg_catalog.format('create view ops.%I with (security_invoker = true) as select * from ops.%I',
                                v_new || '_v', v_new);
      execute pg_catalog.format('comment on view ops.%I is %L', v_new || '_v',
        pg_catalog.format('pgward: compatibility view of ops.%s; reads with the rights of whoever asks', v_new));
      execute pg_catalog.format('revoke all on table ops.%I from public, anon, authenticated, service_role',
                                v_new || '_v');
      for v_grantee in
        select distinct case when a.grantee = 0 then 'public' else pg_catalog.quote_ident(r.rolname) end
        from pg_catalog.pg_class c
        cross join pg_catalog.aclexplode(c.relacl) a
        left join pg_catalog.pg_roles r on r.oid = a.grantee
        where c.oid = v_rel and a.privilege_type = 'SELECT' and a.grantee <> c.relowner
      loop
        execute pg_catalog.format('grant select on table ops.%I to %s', v_new || '_v', v_grantee);
      end loop;
    elsif v_rel is not null and not exists (
      select
      from pg_catalog.pg_class c, pg_catalog.pg_options_to_table(c.reloptions) o
      where c.oid = pg_catalog.to_regclass('ops.' || v_new || '_v')
        and o.option_name = 'security_invoker' and o.option_value in ('true', 'on', 'yes', '1')
    ) then
      raise warning 'view ops.%_v was here before and reads with its owner''s rights', v_new
        using hint = pg_catalog.format('alter view ops.%s_v set (security_invoker = true)', v_new);
    end if;

    -- Its grants are not ours to change, but anon is meant to see nothing in this schema.
    if v_rel is not null
       and pg_catalog.has_table_privilege('anon', v_rel, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
       and not (select c.relrowsecurity from pg_catalog.pg_class c where c.oid = v_rel) then
      raise warning 'role anon has rights on ops.%, which has no row level security', v_new
        using hint = pg_catalog.format('revoke all on table ops.%s, ops.%s_v from anon, public', v_new, v_new);
    end if;
  end loop;
end
$rename$;
