-- old
create schema s;
create operator family s.gone using btree;
comment on operator family s.gone using btree is 'goes';
create operator family s.stays using hash;
alter operator family s.stays using hash owner to alice;
-- new
create schema s;
create operator family s.stays using hash;
alter operator family s.stays using hash owner to bob;
comment on operator family s.stays using hash is 'stays';
create operator family s."F ""x" using btree;
alter operator family s."F ""x" using btree add operator 1 < (int, bigint), operator 3 = (int, bigint), function 1 (int, bigint) btint48cmp(int, bigint);
comment on operator family s."F ""x" using btree is 'new';
alter operator family s."F ""x" using btree owner to carol;
