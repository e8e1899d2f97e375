-- old
create schema s;
create type s.r as range (subtype = text, subtype_opclass = text_pattern_ops);
create type s.c as range (subtype = text, collation = "C");
create type s.d as range (subtype = float8);
-- new
create schema s;
create type s.r as range (subtype = text);
create type s.c as range (subtype = text, collation = "POSIX");
create type s.d as range (subtype = float8, subtype_diff = float8mi);
