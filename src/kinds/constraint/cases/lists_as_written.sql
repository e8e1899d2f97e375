-- What the server would read differently from how it writes it: IN over character varying, BETWEEN first.
-- old
create table t (s varchar(10), a integer, b integer);
-- new
create table t (s varchar(10) check (s in ('x', 'y')), a integer, b integer,
    check (a between 1 and 5 and b > 0), check (a in (b, b + 1, b + 2)), check (s not in ('p', 'q') or a not between 1 and 2 or b > 1));
create index on t (a) where s in ('x', 'y');
create view v as select * from t where a between 1 and 2 and s in ('a', 'b') and b in (a, 2 * a);
create policy p on t using (s in ('a', 'b'));
