-- every attribute of a server; wrapper and type can't be changed in place
-- old
create foreign data wrapper w;
create foreign data wrapper w2;
create server moved foreign data wrapper w options (host 'h');
create server typed type 'a' foreign data wrapper w;
create server "s ""1" type 't' version '1' foreign data wrapper w options (host 'a', "p q" 'b''c', gone 'x');
create server versionless version '1' foreign data wrapper w;
alter server versionless owner to alice;
comment on server "s ""1" is 'one';
-- new
create foreign data wrapper w;
create foreign data wrapper w2;
create server moved foreign data wrapper w2 options (host 'h');
create server typed type 'b' foreign data wrapper w;
create server "s ""1" type 't' version '2' foreign data wrapper w options (host 'z', "p q" 'b''c', "new" '\');
create server versionless foreign data wrapper w;
alter server versionless owner to bob;
comment on server "s ""1" is 'two';
create server "create" type 'x' version 'y' foreign data wrapper w options (a 'b');
alter server "create" owner to carol;
comment on server "create" is 'c';
