-- old
create schema s;
create type s.gone;
create function s.gone_in(cstring) returns s.gone language internal strict immutable as 'int4in';
create function s.gone_out(s.gone) returns cstring language internal strict immutable as 'int4out';
create type s.gone (input = s.gone_in, output = s.gone_out, internallength = 4, passedbyvalue, alignment = int4);
comment on type s.gone is 'goes';
create function s.uses(s.gone) returns int language sql as 'select 1';
-- new
create schema s;
create type s.b;
create function s.b_in(cstring) returns s.b language internal strict immutable as 'int4in';
create function s.b_out(s.b) returns cstring language internal strict immutable as 'int4out';
create function s.b_recv(internal) returns s.b language internal strict immutable as 'int4recv';
create function s.b_send(s.b) returns bytea language internal strict immutable as 'int4send';
create type s.b (input = s.b_in, output = s.b_out, receive = s.b_recv, send = s.b_send, internallength = 4,
    passedbyvalue, alignment = int4, category = 'N', preferred = true, default = '7', delimiter = ';');
comment on type s.b is 'it''s new';
alter type s.b owner to alice;
alter function s.b_in(cstring) owner to bob;
comment on function s.b_out(s.b) is 'writes';
create type s."B ""x""";
create function s."in ""x"(cstring) returns s."B ""x""" language internal strict immutable as 'textin';
create function s."out ""x"(s."B ""x""") returns cstring language internal strict immutable as 'textout';
create type s."B ""x""" (input = s."in ""x", output = s."out ""x", typmod_in = varchartypmodin, typmod_out = varchartypmodout,
    storage = extended, alignment = double, collatable = true, analyze = array_typanalyze);
create type s.fixed;
create function s.fixed_in(cstring) returns s.fixed language internal strict immutable as 'point_in';
create function s.fixed_out(s.fixed) returns cstring language internal strict immutable as 'point_out';
create type s.fixed (input = s.fixed_in, output = s.fixed_out, internallength = 16, alignment = double, element = float8);
create function s.eq(s.b, s.b) returns bool language internal strict immutable as 'int4eq';
