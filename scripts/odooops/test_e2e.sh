#!/bin/sh
# The twelve end-to-end tests, done by pgward. DATABASE_URL names the database.
exec "${PGWARD:-pgward}" ops e2e "$@"
