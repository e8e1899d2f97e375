-- old
create schema s;
create conversion s.gone for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
comment on conversion s.gone is 'goes';
create conversion s.stays for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
alter conversion s.stays owner to alice;
create conversion s.changes for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- new
create schema s;
create conversion s.stays for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
alter conversion s.stays owner to bob;
comment on conversion s.stays is 'stays';
create default conversion s."Con ""v" for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
comment on conversion s."Con ""v" is 'new';
alter conversion s."Con ""v" owner to alice;
create default conversion s.changes for 'WIN1252' to 'UTF8' from win_to_utf8;
