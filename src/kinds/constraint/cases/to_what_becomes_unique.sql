-- the index is made anew outside of transactions, and the column beside it is altered in one
-- old
create table u (a int not null, p varchar(10));
create index u_i on u (a);
create table r (a int);
-- new
create table u (a int not null, p varchar(20));
create unique index u_i on u (a);
create table r (a int, constraint fk foreign key (a) references u (a));
