-- old
create schema s;
create operator s.<< (leftarg = int, rightarg = int, function = int4lt);
create operator s.=~= (leftarg = int, rightarg = int, function = int4eq);
create view s.v as select 1 operator(s.=~=) 2 as a;
-- new
create schema s;
create operator s.<< (leftarg = int, rightarg = int, function = int4lt, commutator = operator(s.>>), negator = operator(s.>=>));
create operator s.>> (leftarg = int, rightarg = int, function = int4gt, commutator = operator(s.<<));
create operator s.>=> (leftarg = int, rightarg = int, function = int4ge, negator = operator(s.<<));
create operator s.=~= (leftarg = int, rightarg = int, function = int4eq, restrict = eqsel, join = eqjoinsel);
create view s.v as select 1 operator(s.=~=) 2 as a;
