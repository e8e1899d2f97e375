-- A foreign key goes while both sides change their type, and comes back once the key it refers to is there again.
-- old
create table p (id integer primary key, r text not null);
create table c (p integer references p, q integer);
-- new
create table p (id uuid, r text not null, primary key (id), unique (r));
create table c (p uuid references p, q integer, s text references p (r));
