-- old
create schema s;
create type s.r;
create function s."Canon"(s.r) returns s.r language internal immutable strict as 'int4range_canonical';
create type s.r as range (subtype = int, canonical = s."Canon");
create type s.plain as range (subtype = int);
-- new
create schema s;
create type s.r as range (subtype = int);
create type s.plain;
create function s."Canon"(s.plain) returns s.plain language internal immutable strict as 'int4range_canonical';
create type s.plain as range (subtype = int, canonical = s."Canon");
comment on function s."Canon"(s.plain) is 'canonical';
create type s.made;
create function s.canon(s.made) returns s.made language internal immutable strict as 'int4range_canonical';
create type s.made as range (subtype = int, canonical = s.canon);
