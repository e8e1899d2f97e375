-- settings, comment and rights that change
-- old
do $$ begin
    execute format('alter database %I set search_path = ''''', current_database());
    execute format('alter database %I set work_mem = ''6MB''', current_database());
    execute format('alter role alice in database %I set work_mem = ''5MB''', current_database());
    execute format('alter role bob in database %I set search_path = a, b', current_database());
    execute format('comment on database %I is ''one''', current_database());
    execute format('grant create on database %I to bob', current_database());
    execute format('grant connect on database %I to alice', current_database());
end $$;
-- new
do $$ begin
    execute format('alter database %I set search_path = pg_catalog, public', current_database());
    execute format('alter role alice in database %I set work_mem = ''7MB''', current_database());
    execute format('alter role carol in database %I set work_mem = ''7MB''', current_database());
    execute format('comment on database %I is ''two''', current_database());
    execute format('revoke temporary on database %I from public', current_database());
    execute format('grant create on database %I to bob with grant option', current_database());
end $$;
