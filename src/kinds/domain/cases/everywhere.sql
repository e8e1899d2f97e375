-- old
create schema "Sch ema";
create domain "Sch ema"."do m" as varchar(5) default 'a' check (value <> 'zz');
create domain "Sch ema".over as "Sch ema"."do m" not null;
create table "Sch ema".t (a "Sch ema"."do m", d "Sch ema"."do m" default 'own', primary key (a));
create view "Sch ema".v as select a, d from "Sch ema".t where a = 'x';
create function "Sch ema".f("Sch ema"."do m") returns "Sch ema"."do m" language sql as 'select $1';
create index on "Sch ema".t (upper(d));
create table "Sch ema".p (a "Sch ema"."do m") partition by list (a);
create table "Sch ema".p1 partition of "Sch ema".p for values in ('x');
-- new
create schema "Sch ema";
create domain "Sch ema"."do m" as varchar(5) default 'b' not null check (value <> 'yy') constraint more check (length(value) < 5);
create domain "Sch ema".over as "Sch ema"."do m";
create table "Sch ema".t (a "Sch ema"."do m", d "Sch ema"."do m" default 'own', primary key (a));
create view "Sch ema".v as select a, d from "Sch ema".t where a = 'x';
create function "Sch ema".f("Sch ema"."do m") returns "Sch ema"."do m" language sql as 'select $1';
create index on "Sch ema".t (upper(d));
create table "Sch ema".p (a "Sch ema"."do m") partition by list (a);
create table "Sch ema".p1 partition of "Sch ema".p for values in ('x');
