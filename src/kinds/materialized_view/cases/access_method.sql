-- another access method

-- old
create access method heap2 type table handler heap_tableam_handler;
create materialized view public.m as select 1 as a;
create materialized view public.gone using heap2 as select 1 as a;
-- new
create access method heap2 type table handler heap_tableam_handler;
create materialized view public.m using heap2 as select 1 as a;
