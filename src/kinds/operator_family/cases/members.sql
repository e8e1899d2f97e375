-- old
create schema s;
create operator family s.f using btree;
alter operator family s.f using btree add operator 1 < (int, bigint), operator 3 = (int, bigint), function 1 (int, bigint) btint48cmp(int, bigint);
-- new
create schema s;
create operator family s.f using btree;
alter operator family s.f using btree add operator 1 < (int, bigint), operator 5 > (int, bigint), operator 1 < (bigint, int), function 1 (bigint, int) btint84cmp(bigint, int);
