-- old
create schema s;
create operator s.<< (leftarg = int, rightarg = int, function = int4lt, commutator = operator(s.>>), negator = operator(s.>=>));
create operator s.>> (leftarg = int, rightarg = int, function = int4gt, commutator = operator(s.<<));
create operator s.>=> (leftarg = int, rightarg = int, function = int4ge, negator = operator(s.<<));
create operator s.=~= (leftarg = int, rightarg = int, function = int4eq, hashes, merges, commutator = operator(s.=~=));
create operator s.%% (leftarg = int, rightarg = bigint, function = int48lt, commutator = operator(s.%%%));
-- new
create schema s;
create operator s.<< (leftarg = int, rightarg = int, function = int4lt, commutator = operator(s.>>));
create operator s.>> (leftarg = int, rightarg = int, function = int4gt, commutator = operator(s.<<), restrict = scalargtsel, join = scalargtjoinsel);
create operator s.>=> (leftarg = int, rightarg = int, function = int4ge);
create operator s.=~= (leftarg = int, rightarg = int, function = int4ne, restrict = neqsel);
create view s.v as select 1 operator(s.=~=) 2 as a;
