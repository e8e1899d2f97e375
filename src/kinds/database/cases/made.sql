-- settings, comment and rights of a database that had none
-- old
create schema s;
-- new
create schema s;
do $$ begin
    execute format('alter database %I set search_path = "$user", public, "a b"', current_database());
    execute format('alter database %I set app.tenant = ''it''''s''', current_database());
    execute format('alter role alice in database %I set work_mem = ''5MB''', current_database());
    execute format('comment on database %I is ''our \ own''', current_database());
    execute format('revoke connect on database %I from public', current_database());
    execute format('grant create, connect on database %I to alice with grant option', current_database());
end $$;
