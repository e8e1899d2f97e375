-- old
create schema s;
create domain s.gone as text collate "C" default 'x' not null check (value <> '');
comment on domain s.gone is 'goes';
create domain s.stays as int;
alter domain s.stays owner to alice;
-- new
create schema s;
create domain s.stays as int;
alter domain s.stays owner to bob;
comment on domain s.stays is 'stays';
create domain s."Do ""m"" ain" as numeric(10,2) default 1.5 not null constraint "ch 'k" check (value > 0);
comment on domain s."Do ""m"" ain" is 'new';
create collation s."C o" from "C";
create domain s.over as s."Do ""m"" ain"[];
create domain s.coll as varchar(10) collate s."C o";
alter domain s.coll owner to carol;
