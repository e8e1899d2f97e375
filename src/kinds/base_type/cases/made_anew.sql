-- old
create schema s;
create type s.b;
create function s.b_in(cstring) returns s.b language internal strict immutable as 'int4in';
create function s.b_out(s.b) returns cstring language internal strict immutable as 'int4out';
create type s.b (input = s.b_in, output = s.b_out, internallength = 4, passedbyvalue, alignment = int4, category = 'X',
    default = '1', delimiter = ';', preferred = true, collatable = true);
create function s.eq(s.b, s.b) returns bool language internal strict immutable as 'int4eq';
create view s.v as select '1'::s.b as b;
create cast (s.b as int) without function;
create type s.e;
create function s.e_in(cstring) returns s.e language internal strict immutable as 'point_in';
create function s.e_out(s.e) returns cstring language internal strict immutable as 'point_out';
create type s.e (input = s.e_in, output = s.e_out, internallength = 16, alignment = double);
create type s.v8;
create function s.v8_in(cstring) returns s.v8 language internal strict immutable as 'int8in';
create function s.v8_out(s.v8) returns cstring language internal strict immutable as 'int8out';
create type s.v8 (input = s.v8_in, output = s.v8_out, internallength = 8, passedbyvalue, alignment = double);
-- new
create schema s;
create type s.b;
create function s.b_in2(cstring) returns s.b language internal strict immutable as 'int2in';
create function s.b_out2(s.b) returns cstring language internal strict immutable as 'int2out';
create type s.b (input = s.b_in2, output = s.b_out2, internallength = 2, passedbyvalue, alignment = int2);
create function s.eq(s.b, s.b) returns bool language internal strict immutable as 'int4eq';
create view s.v as select '1'::s.b as b;
create type s.e;
create function s.e_in(cstring) returns s.e language internal strict immutable as 'textin';
create function s.e_out(s.e) returns cstring language internal strict immutable as 'textout';
create type s.e (input = s.e_in, output = s.e_out, element = int4, subscript = jsonb_subscript_handler);
create type s.v8;
create function s.v8_in(cstring) returns s.v8 language internal strict immutable as 'uuid_in';
create function s.v8_out(s.v8) returns cstring language internal strict immutable as 'uuid_out';
create type s.v8 (input = s.v8_in, output = s.v8_out, internallength = 16, alignment = char);
