-- old
create schema s;
create type s.b;
create function s.b_in(cstring) returns s.b language internal strict immutable as 'int4in';
create function s.b_out(s.b) returns cstring language internal strict immutable as 'int4out';
create function s.b_recv(internal) returns s.b language internal strict immutable as 'int4recv';
create function s.b_send(s.b) returns bytea language internal strict immutable as 'int4send';
create type s.b (input = s.b_in, output = s.b_out, receive = s.b_recv, send = s.b_send, typmod_in = varchartypmodin,
    typmod_out = varchartypmodout, internallength = 4, passedbyvalue, alignment = int4);
alter type s.b owner to alice;
create type s.v;
create function s.v_in(cstring) returns s.v language internal strict immutable as 'textin';
create function s.v_out(s.v) returns cstring language internal strict immutable as 'textout';
create type s.v (input = s.v_in, output = s.v_out, storage = extended);
create table s.t (b s.b, v s.v);
-- new
create schema s;
create type s.b;
create function s.b_in(cstring) returns s.b language internal strict immutable as 'int4in';
create function s.b_out(s.b) returns cstring language internal strict immutable as 'int4out';
create type s.b (input = s.b_in, output = s.b_out, internallength = 4, passedbyvalue, alignment = int4,
    analyze = array_typanalyze, subscript = jsonb_subscript_handler);
comment on type s.b is 'other';
alter type s.b owner to bob;
create type s.v;
create function s.v_in(cstring) returns s.v language internal strict immutable as 'textin';
create function s.v_out(s.v) returns cstring language internal strict immutable as 'textout';
create type s.v (input = s.v_in, output = s.v_out, storage = main);
create table s.t (b s.b, v s.v);
