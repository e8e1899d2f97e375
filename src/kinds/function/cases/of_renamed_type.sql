-- old
CREATE TYPE mood AS ENUM ('calm', 'angry');
CREATE FUNCTION shout(m mood, times int) RETURNS text LANGUAGE sql AS 'SELECT m::text';
CREATE FUNCTION whisper(m mood[]) RETURNS text LANGUAGE sql AS 'SELECT m::text';
-- new
CREATE TYPE temper AS ENUM ('calm', 'angry');
CREATE FUNCTION whisper(m temper[]) RETURNS text LANGUAGE sql AS 'SELECT m::text';
