-- old
create schema s;
create operator class s.c for type int using hash as operator 1 =, function 1 hashint4(int);
-- new
create schema s;
create operator class s.c for type bigint using hash as operator 1 =, function 1 hashint8(bigint);
