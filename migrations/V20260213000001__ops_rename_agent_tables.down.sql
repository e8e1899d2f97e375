-- Gives the agent tables and everything renamed with them their former names and comments, as recorded by the up.

do $rename$
declare
  v_old     text;
  v_new     text;
  v_comment text;
  v_undo    jsonb;
  v_part    jsonb;
begin
  foreach v_old in array array['run_logs', 'runs'] loop
    v_new := 'agent_' || v_old;

    if pg_catalog.obj_description(pg_catalog.to_regclass('ops.' || v_new || '_v'), 'pg_class') like 'pgward:%' then
      execute pg_catalog.format('drop view ops.%I', v_new || '_v');
    end if;

    v_comment := pg_catalog.obj_description(pg_catalog.to_regclass('ops.' || v_new), 'pg_class');
    continue when v_comment is null or pg_catalog.strpos(v_comment, 'pgward-undo: ') = 0;
    v_undo := pg_catalog.substr(
      v_comment, pg_catalog.strpos(v_comment, 'pgward-undo: ') + pg_catalog.length('pgward-undo: '))::jsonb;

    -- Last renamed, first undone.
    for v_part in
      select e.part
      from pg_catalog.jsonb_array_elements(v_undo -> 'renamed') with ordinality e (part, n)
      order by e.n desc
    loop
      if v_part ->> 'kind' = 'constraint' then
        execute pg_catalog.format('alter table ops.%I rename constraint %I to %I',
                                  v_new, v_part ->> 'to', v_part ->> 'from');
      else
        execute pg_catalog.format('alter %s ops.%I rename to %I',
                                  v_part ->> 'kind', v_part ->> 'to', v_part ->> 'from');
      end if;
    end loop;

    execute pg_catalog.format('alter table ops.%I rename to %I', v_new, v_undo ->> 'table');
    execute pg_catalog.format('comment on table ops.%I is %L', v_undo ->> 'table', v_undo ->> 'comment');
  end loop;
end
$rename$;
