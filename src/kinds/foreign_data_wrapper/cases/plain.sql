-- a wrapper without functions: options, comments, names
-- old
create foreign data wrapper "select" options (a 'x', "B c" 'y''z', gone '1');
comment on foreign data wrapper "select" is 'one';
create foreign data wrapper abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk;
-- new
create foreign data wrapper "select" options (a 'w\x', "B c" 'y''z', "new %" '');
comment on foreign data wrapper "select" is 'two';
create foreign data wrapper "Ünï ""q""" options (x '1');
