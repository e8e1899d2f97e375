-- from 18
-- old
create schema app;
create table app.readings (at timestamptz constraint at_known not null, id bigint not null) partition by range (at);
create table app.readings_2024 partition of app.readings for values from ('2024-01-01') to ('2025-01-01');
create table app.readings_2025 partition of app.readings for values from ('2025-01-01') to ('2026-01-01');
-- new
create schema app;
create table app.readings (at timestamptz constraint at_known not null, id bigint not null) partition by range (at);
create table app.readings_2024 (at timestamptz constraint at_known not null, id bigint constraint readings_id_not_null not null);
create table app.readings_2025 partition of app.readings for values from ('2025-01-01') to ('2026-01-01');
