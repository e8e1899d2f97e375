-- Tries statements as a role and somebody, each rolled back at once. Gives for each the SQLSTATE and the message, or PGW00 and
-- how many rows it touched.
create function pg_temp.pgward_try(p_role text, p_settings jsonb, p_statements text[], p_checks text[])
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_results jsonb[] := '{}';
  v_rows    bigint;
  v_reached boolean;
  v_name    text;
  v_value   text;
  v_state   text;
  v_message text;
begin
  for n in 1 .. coalesce(array_length(p_statements, 1), 0) loop
    begin
      for v_name, v_value in select key, value from jsonb_each_text(p_settings) loop
        perform set_config(v_name, v_value, true);
      end loop;
      if p_role is not null then
        execute format('set local role %I', p_role);
      end if;
      execute p_statements[n];
      get diagnostics v_rows = row_count;
      -- What would be refused at commit.
      set constraints all immediate;
      if p_checks[n] is not null then
        reset role;
        execute p_checks[n] into v_reached;
        v_rows := v_reached::integer;
      end if;
      raise exception using errcode = 'PGW00', message = v_rows::text;
    exception when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
    end;
    v_results := v_results || jsonb_build_array(v_state, v_message);
  end loop;
  return to_jsonb(v_results);
end
$$
