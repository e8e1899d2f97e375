#!/bin/sh
# As before, and done by pgward: arguments, output and exit status are the same. DATABASE_URL names the database.
exec "${PGWARD:-pgward}" env wait "$@"
