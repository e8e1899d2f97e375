-- old
create schema s;
create access method gone type index handler bthandler;
comment on access method gone is 'goes';
create access method stays type table handler heap_tableam_handler;
create table s.t (a int) using stays;
create access method changes type index handler bthandler;
create access method kind type index handler bthandler;
-- new
create schema s;
create access method stays type table handler heap_tableam_handler;
comment on access method stays is 'stays';
create table s.t (a int) using stays;
create access method changes type index handler hashhandler;
create access method kind type table handler heap_tableam_handler;
create access method "A ""x" type index handler bthandler;
comment on access method "A ""x" is 'new';
create operator class s.c for type int using "A ""x" as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
