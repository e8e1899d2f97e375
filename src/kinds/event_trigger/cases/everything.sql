-- events, tags, functions, when they fire; all of them harmless

-- old
create function public.e() returns event_trigger language plpgsql as 'begin end';
create function public.e2() returns event_trigger language plpgsql as 'begin end';
create event trigger plain on ddl_command_end execute function public.e();
create event trigger tagged on ddl_command_start when tag in ('CREATE TABLE', 'DROP TABLE') execute function public.e();
create event trigger dropped on sql_drop execute function public.e();
create event trigger replica on ddl_command_end execute function public.e();
alter event trigger replica disable;
comment on event trigger plain is 'old';
-- new
create function public.e() returns event_trigger language plpgsql as 'begin end';
create function public.e2() returns event_trigger language plpgsql as 'begin end';
create event trigger plain on ddl_command_start execute function public.e2();
comment on event trigger plain is 'new';
alter event trigger plain owner to root;
create event trigger tagged on ddl_command_start when tag in ('CREATE VIEW') execute function public.e();
alter event trigger tagged disable;
create event trigger replica on ddl_command_end execute function public.e();
alter event trigger replica enable replica;
create event trigger "made ""x" on table_rewrite when tag in ('ALTER TABLE') execute function public.e();
alter event trigger "made ""x" enable always;
alter event trigger "made ""x" owner to root;
comment on event trigger "made ""x" is 'it''s made';
