-- mappings come and go, options change, a secret is set and taken away; everyone's, and a server made anew with its own
-- old
create foreign data wrapper w;
create server s foreign data wrapper w;
create server t type 'a' foreign data wrapper w;
create user mapping for alice server s options ("user" 'a', password '(hidden)', gone 'x');
create user mapping for public server s;
create user mapping for bob server s options ("user" 'b');
create user mapping for carol server t options ("user" 'c');
-- new
create foreign data wrapper w;
create server s foreign data wrapper w;
create server t type 'b' foreign data wrapper w;
create user mapping for alice server s options ("user" 'o''ther', "A b" 'x');
create user mapping for bob server s options ("user" 'b', password '(hidden)');
create user mapping for current_user server s options (x '1', api_token '(hidden)');
create user mapping for carol server t options ("user" 'c');
