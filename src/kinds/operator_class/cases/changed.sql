-- old
create schema s;
create type s.t as enum ('a');
create operator family s.f using hash;
create operator family s.g using hash;
create operator class s.c for type s.t using hash family s.f as operator 1 = (anyenum, anyenum), function 1 (s.t, s.t) hashenum(anyenum);
create operator class s.d for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
create operator class s.g for type point using gist as operator 1 << (point, point),
    function 1 gist_point_consistent(internal, point, int2, oid, internal), function 2 gist_box_union(internal, internal),
    function 5 gist_box_penalty(internal, internal, internal), function 6 gist_box_picksplit(internal, internal),
    function 7 gist_box_same(box, box, internal);
create table s.tab (a int);
create index i on s.tab (a s.d);
-- new
create schema s;
create type s.t as enum ('a');
create operator family s.f using hash;
create operator family s.g using hash;
create operator class s.c default for type s.t using hash family s.g as operator 1 = (anyenum, anyenum), function 1 (s.t, s.t) hashenum(anyenum);
create operator class s.d for type int using btree as operator 1 <, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int), function 4 btequalimage(oid);
create operator class s.g for type point using gist as operator 1 << (point, point),
    function 1 gist_point_consistent(internal, point, int2, oid, internal), function 2 gist_box_union(internal, internal),
    function 3 gist_point_compress(internal), function 5 gist_box_penalty(internal, internal, internal),
    function 6 gist_box_picksplit(internal, internal), function 7 gist_box_same(box, box, internal), storage box;
create table s.tab (a int);
create index i on s.tab (a s.d);
