-- old
create schema s;
create operator s.@#@ (leftarg = int, rightarg = int, function = int4pl);
comment on operator s.@#@ (int, int) is 'goes';
create operator s.<~ (leftarg = int, rightarg = int, function = int4lt);
alter operator s.<~ (int, int) owner to alice;
-- new
create schema s;
create operator s.<~ (leftarg = int, rightarg = int, function = int4lt);
alter operator s.<~ (int, int) owner to bob;
comment on operator s.<~ (int, int) is 'less';
create schema "S ""x";
create type "S ""x"."T, y" as enum ('a');
create function "S ""x"."f ""x"("S ""x"."T, y", "S ""x"."T, y") returns bool language sql immutable as 'select true';
create function "S ""x".not_("S ""x"."T, y") returns bool language sql immutable as 'select true';
create operator "S ""x".=== (leftarg = "S ""x"."T, y", rightarg = "S ""x"."T, y", function = "S ""x"."f ""x",
    commutator = operator("S ""x".===), negator = operator("S ""x".<<>>), restrict = eqsel, join = eqjoinsel, hashes, merges);
comment on operator "S ""x".=== ("S ""x"."T, y", "S ""x"."T, y") is 'it''s';
alter operator "S ""x".=== ("S ""x"."T, y", "S ""x"."T, y") owner to carol;
create operator "S ""x".!! (rightarg = "S ""x"."T, y", function = "S ""x".not_);
