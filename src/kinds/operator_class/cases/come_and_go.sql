-- old
create schema s;
create operator class s.gone for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
comment on operator class s.gone using btree is 'goes';
create operator class s.stays for type int using hash as operator 1 =, function 1 hashint4(int);
alter operator class s.stays using hash owner to alice;
create table s.t (a int);
create index i on s.t using btree (a s.gone);
-- new
create schema s;
create operator class s.stays for type int using hash as operator 1 =, function 1 hashint4(int);
alter operator class s.stays using hash owner to bob;
comment on operator class s.stays using hash is 'stays';
create table s.t (a int);
create type s."T x" as enum ('a');
create operator family s."F ""x" using btree;
create function s.lt(s."T x", s."T x") returns bool language sql immutable as 'select $1::text < $2::text';
create function s.cmp(s."T x", s."T x") returns int language sql immutable as 'select 1';
create operator s.<~ (leftarg = s."T x", rightarg = s."T x", function = s.lt);
create operator class s."C ""x" default for type s."T x" using btree family s."F ""x" as operator 1 s.<~, function 1 s.cmp(s."T x", s."T x");
comment on operator class s."C ""x" using btree is 'new';
alter operator class s."C ""x" using btree owner to carol;
create operator class s.stored for type point using gist as operator 15 <-> (point, point) for order by float_ops,
    function 1 gist_point_consistent(internal, point, int2, oid, internal), function 2 gist_box_union(internal, internal),
    function 3 gist_point_compress(internal), function 5 gist_box_penalty(internal, internal, internal),
    function 6 gist_box_picksplit(internal, internal), function 7 gist_box_same(box, box, internal), storage box;
