-- Names and types that documents have a hard time with: quotes of every kind, markup, words of the other languages, letters
-- of other scripts, 63 bytes, rings, keys in another order, tables that nothing identifies a row of.
create schema "select"; create schema "a.b ""c"" `d`"; create schema "ünï ☃ 日本語"; create schema other;
comment on schema "select" is E'a | pipe, a `tick`, a */ star, "quotes", it''s, back\\slash\nand a line {brace} <b>bold</b> #35; %% direction LR end';
create type "a.b ""c"" `d`"."my ""enum""" as enum ('a', 'it''s', 'with "quotes"', 'back\slash', '日本', '1st', 'a b', 'a-b', 'a_b', '', 'tick`');
create type "select".empty_enum as enum ();
create domain "select".email as text check (value ~ '^[^@|`]+@') not null default 'x@y';
create domain "select".emails as "select".email[];
create domain "select".pos as integer check (value > 0);
create type "select".addr as (street text, "Zip ""code" varchar(10), st "a.b ""c"" `d`"."my ""enum""", "from" "select".email[]);
create table "select"."table" (
  "id" bigint generated always as identity primary key,
  "select" "select".email, "from" "a.b ""c"" `d`"."my ""enum""" default 'it''s', "to" "a.b ""c"" `d`"."my ""enum"""[] default '{a,"it''s"}',
  "quoted ""name""" text default 'it''s `ticked` \ "x"', "back`tick" text default E'line\nbreak', "new
line" text, "tab	x" integer, "ünïcode" text, "日本語" integer, "☃" text, "1st" integer, "_x" integer, "x-y" integer, "x y" integer, "x_y" integer,
  "pk" integer, "FK" integer, "uk-x" text, "%percent%" numeric(10,2) default 1.50, "a;b" numeric(3,-2), "{brace}" text[], "*/" text, "<script>" text, "#quot;" text, "back\slash" varchar(3) default 'a\b',
  "sixty-three bytes are a long name for a column xxxxxxxxxxxxxxxx" timestamptz(3) default now(),
  ts timestamp default CURRENT_TIMESTAMP, t time(2) with time zone, d date default current_date, i interval day to second(3), b bit(3), vb bit varying(5), ch char(4), "char" "char", u uuid default gen_random_uuid(), x xml, j json default '{}', jb jsonb default '{"a": 1}'::jsonb, by bytea default '\x00', tsv tsvector, r int4range, pt point, ip inet, mac macaddr, m money, o oid, f4 real default 1.5, f8 float8 default 'NaN', bo boolean default true, neg integer default -1, big bigint default 9223372036854775807, addr "select".addr, addrs "select".addr[], p "select".pos default 3, es "select".emails, empt "select".empty_enum, arr int[] default array[]::int[], arr2 int[] not null default '{}',
  gen text generated always as (upper('x`' || "ünïcode")) stored, ct text collate "C", dd integer default nextval('pg_catalog.pg_class'::regclass::text::regclass),
  "direction LR" integer, "end" integer, "__proto__" integer, "constructor" integer
);
alter table "select"."table" alter column dd drop default;
comment on table "select"."table" is E'a | pipe, a `tick`, a */ star, "quotes", it''s ''''''triple'''''', back\\slash\nand a line {brace} <b>bold</b> #35; %% direction LR end\r\n\ttab';
comment on column "select"."table"."select" is E'a | pipe, a `tick`, a */ star, "quotes", it''s, back\\slash\nand a line {brace} <b>bold</b> #35; %% direction LR ~x~ PK end';
create index on "select"."table" (lower("quoted ""name""") desc nulls last, "x y" desc) include ("x_y") where "x-y" > 0;
create index "idx `tick`" on "select"."table" (("back`tick" || '`'));
create index "ginidx" on "select"."table" using gin (jb jsonb_path_ops, tsv); create index gi2 on "select"."table" using gin ("{brace}");
create index gi on "select"."table" using gist (r, pt); create index br on "select"."table" using brin (ts, "x y"); create index ha on "select"."table" using hash (u); create index sp on "select"."table" using spgist (ip inet_ops);
create unique index uq on "select"."table" ("x y"); create unique index uq2 on "select"."table" ("1st") where "1st" > 0; create unique index uq3 on "select"."table" ("_x" desc, "x-y");
alter table "select"."table" add constraint "check `tick`" check ("back`tick" <> '`'), add constraint "check 'x'" check ("x y" > 0) not valid;
create table "select"."Table" (id integer primary key references "select"."table"("x y") on delete cascade, parent integer references "select"."Table", other integer unique references "select"."Table");
create table "ünï ☃ 日本語"."table" ("日本" integer, "本日" integer, a text, primary key ("日本", "本日"), unique (a, "日本"));
create table "a.b ""c"" `d`"."child ""of"" x" ("日本" integer not null, "本日" integer not null, z integer, bigref integer references "select"."table"(id), primary key ("日本", z),
  constraint "fk 'x' ""y"" `z`" foreign key ("日本", "本日") references "ünï ☃ 日本語"."table" on update cascade on delete set default deferrable initially deferred,
  constraint fk2 foreign key ("本日", "日本") references "ünï ☃ 日本語"."table" match full, constraint fkrev foreign key (z, "日本") references "ünï ☃ 日本語"."table" ("本日", "日本"));
create table other.nokey (a integer, b integer references "select"."Table" on delete set null); create table other.refs_nokey (a integer primary key);
create table other.nullable_unique (a integer unique, b text); create table other.ref_nullable (id integer primary key, a integer references other.nullable_unique (a));
create table other.nothing (); create table other.class (class integer primary key, "Class" integer); create table other."String" (id integer primary key); create table other.one (one integer primary key); create table other."to" (id integer primary key references other.one);
create table other."end" (id integer primary key); create table other."table" (id integer primary key);
create table other.deferred (id integer primary key, a integer not null unique deferrable references other."end" on delete set null);
create table other.setdef (id integer, tenant integer, x integer, primary key (tenant, id)); create table other.setdef_child (id integer primary key, tenant integer not null, s integer, foreign key (tenant, s) references other.setdef (tenant, id) on delete set null (s));
create table other.self1 (a integer primary key, b integer, foreign key (a) references other.self1 (a)); 
create table other.cyc_a (id integer primary key, b integer); create table other.cyc_b (id integer primary key, a integer references other.cyc_a); alter table other.cyc_a add foreign key (b) references other.cyc_b;
create table other.p (id integer, at date, primary key (id, at)) partition by range (at); create table other.p1 partition of other.p for values from ('2020-01-01') to ('2021-01-01'); create table other.p2 partition of other.p default; create table other.ref_p1 (id integer primary key, at date, foreign key (id, at) references other.p1);
create table other.xid_ref (id uuid primary key, iv inet unique); create table other.inetref (id integer primary key, iv inet references other.xid_ref (iv));
create table other.tsk (k point, id macaddr primary key); create table other.tsk_ref (id integer primary key, k macaddr references other.tsk);
create table other.two (id integer primary key, a_id integer references other.one, b_id integer references other.one, one integer);
create table other.doms (id "select".pos primary key, e "select".email unique); create table other.doms_ref (id integer primary key references other.doms, e "select".email references other.doms (e));
create view "select"."view ""x""" as select 1 as "a b", 'x'::text as "a_b", null::"a.b ""c"" `d`"."my ""enum""" as e, t."select" from "select"."table" t; create materialized view other.mv as select * from other.one with no data; create view other.nocols as select;
create function "select"."f ""x"""(a integer, "B c" text default 'a, b) DEFAULT (', out x "select".addr, inout y numeric default 1, variadic z text[] default '{}') language sql as 'select null::"select".addr, $3';
create function other.f() returns void language sql as ''; create function other.f(integer) returns setof other.one language sql as 'select * from other.one'; create function other.f(double precision, timestamp with time zone, character varying) returns table ("a b" integer, ts timestamp with time zone) language sql as 'select 1, now()'; create function other.trg() returns trigger language plpgsql as 'begin return new; end'; create procedure other.proc(a integer) language sql as ''; create function other.poly(anyelement) returns anyarray language sql as 'select array[$1]';
create function other.args(class integer, "default" text, "a: b" int) returns "select".email[] language sql as 'select null::"select".email[]';
create trigger tr before insert or update of "x y" on "select"."table" for each row when (new."x y" > 0) execute function other.trg('a`b');
alter table "select"."table" enable row level security; create policy "pol | `x`" on "select"."table" for update to public using ("x y" > 0) with check (true);
create sequence other.seq; 
create table other.ser (id serial primary key, small smallserial, big bigserial, seq integer default nextval('other.seq'));
create table other.ex (id integer primary key, r tstzrange, exclude using gist (r with &&));
