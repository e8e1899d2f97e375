-- from 18
-- A child's NOT NULL that is its own beside its parents' stays when theirs goes.
-- old
create table parent (a int not null, b int);
create table becomes_own () inherits (parent);
create table becomes_another () inherits (parent);
create table other (a int not null);
create table stays (not null a) inherits (other);
create table stays_named (constraint other_a_not_null not null a) inherits (other);
create table stays_another (constraint mine not null a) inherits (other);
create table renamed (a int not null);
create table renamed_with (constraint renamed_a_not_null not null a) inherits (renamed);
create table leaves (a int not null, b int) inherits (parent);
create table noted () inherits (parent);
create table noted_no_more () inherits (parent);
comment on constraint parent_a_not_null on noted_no_more is 'of the parent';
-- new
create table parent (a int not null, b int);
create table becomes_own (constraint parent_a_not_null not null a) inherits (parent);
create table becomes_another (not null a) inherits (parent);
create table other (a int);
create table stays (not null a) inherits (other);
create table stays_named (constraint other_a_not_null not null a) inherits (other);
create table stays_another () inherits (other);
create table renamed (a int constraint given not null);
create table renamed_with (constraint given not null a) inherits (renamed);
create table leaves (a int not null, b int);
create table noted () inherits (parent);
comment on constraint parent_a_not_null on noted is 'of the parent';
create table noted_no_more () inherits (parent);
create table made (constraint mine not null a) inherits (parent);
create table made_with_key (primary key (a)) inherits (parent);
create table made_and_noted () inherits (parent);
comment on constraint parent_a_not_null on made_and_noted is 'of the parent';
