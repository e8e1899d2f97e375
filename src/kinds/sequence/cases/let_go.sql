-- a sequence is let go before the column that it goes with is removed, while its schema is given to another owner
-- old
create schema s;
create table s.t (a bigint, b int);
create sequence s.q owned by s.t.a;
-- new
create schema s;
alter schema s owner to alice;
create table s.t (b int);
create sequence s.q;
