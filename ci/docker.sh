# Shared by the scripts beside it: a server in Docker for a test run. Sourced after lib.sh.

docker_answers() { command -v docker >/dev/null && timeout 20 docker info >/dev/null 2>&1; }

# Installs Docker and starts its daemon where none answers, until stop_docker; says why it can't.
start_docker() {
  docker_answers && return
  (need dockerd --no-install-recommends docker.io && need iptables iptables && need docker docker-cli) || return
  say "starting Docker"
  DOCKER_LOG=$(mktemp)
  setsid dockerd >"$DOCKER_LOG" 2>&1 &
  DOCKER_PID=$!
  for _ in $(seq 60); do
    docker_answers && return
    kill -0 "$DOCKER_PID" 2>/dev/null || break
    sleep 0.5
  done
  echo "Docker's daemon does not start here:" >&2
  tail -3 "$DOCKER_LOG" >&2
  stop_docker
  return 1
}

stop_docker() {
  [ -n "${DOCKER_PID:-}" ] || return 0
  kill "$DOCKER_PID" 2>/dev/null && wait "$DOCKER_PID" || true
  rm -f "$DOCKER_LOG"
  DOCKER_PID=
}

# Prints the image of the tests: the one that PGWARD_TEST_DOCKER_IMAGE names, or one that is made once from Debian's packages, of
# this machine's release where that is Debian.
docker_image() {
  local release base root
  [ -n "${PGWARD_TEST_DOCKER_IMAGE:-}" ] && echo "$PGWARD_TEST_DOCKER_IMAGE" && return
  release=$(. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME:-stable}" || echo stable)
  base=pgward-debian:$release
  if ! docker image inspect "$base" >/dev/null 2>&1; then
    [ "$(id -u)" -eq 0 ] || { echo "only root can make an image; name one in PGWARD_TEST_DOCKER_IMAGE" >&2; return 1; }
    (need debootstrap debootstrap) || return
    say "making the image $base"
    root=$(mktemp -d)
    debootstrap --variant=minbase --include=postgresql "$release" "$root" >"$root.log" 2>&1 &&
      rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/lib/postgresql/* &&
      tar -C "$root" -c . | docker import - "$base" >/dev/null ||
      { echo "no image could be made:" >&2; tail -3 "$root.log" >&2; rm -rf "$root" "$root.log"; return 1; }
    rm -rf "$root" "$root.log"
  fi
  # Docker keeps this unless the files have changed.
  docker build --quiet --build-arg "BASE=$base" --tag "pgward-test:$release" ci/image >/dev/null 2>&1 ||
    { echo "no image could be made from $base" >&2; return 1; }
  echo "pgward-test:$release"
}

# Starts a server in Docker, through the testcontainers crate. Sets PGWARD_TEST_URL; stop_server removes it.
start_docker_server() { # IMAGE
  SERVER_DIR=$(mktemp -d /tmp/pgward-test-XXXXXX)
  end_with_server
  # It ends with its standard input, so that a script that is killed leaves nothing behind.
  mkfifo "$SERVER_DIR/hold"
  # systemd has groups by names of its own.
  [ "$(docker info --format '{{.CgroupDriver}}')" != cgroupfs ] || export PGWARD_TEST_CGROUP_PARENT=/
  ! in_memory || export PGWARD_TEST_IN_MEMORY=1
  # shellcheck disable=SC2046
  "${CARGO_TARGET_DIR:-target}/debug/xtask" test-server "$1" $(server_settings) \
    <"$SERVER_DIR/hold" >"$SERVER_DIR/url" 2>"$SERVER_DIR/log" &
  SERVER_PID=$!
  exec {SERVER_HOLD}>"$SERVER_DIR/hold"
  while kill -0 "$SERVER_PID" 2>/dev/null && [ ! -s "$SERVER_DIR/url" ]; do sleep 0.1; done
  PGWARD_TEST_URL=$(cat "$SERVER_DIR/url")
  [ -n "$PGWARD_TEST_URL" ] || { cat "$SERVER_DIR/log" >&2; stop_server; return 1; }
  export PGWARD_TEST_URL
}

# Starts the server that PGWARD_TEST_SERVER asks for: `docker`, `local`, or by default Docker's where a daemon answers. Tests
# that need a server of their own start it from local programs either way.
start_chosen_server() { # BINDIR
  local image why
  case ${PGWARD_TEST_SERVER:-} in
    local) why="PGWARD_TEST_SERVER is local" ;;
    docker | "")
      why="no Docker daemon answers"
      if docker_answers; then
        why="no server could be started in Docker"
        if image=$(docker_image) && start_docker_server "$image"; then
          export PGWARD_TEST_DOCKER_IMAGE=$image PGWARD_TEST_BINDIR=$1
          say "tests run on a server in Docker: $image"
          return
        fi
      fi
      [ -z "${PGWARD_TEST_SERVER:-}" ] || { echo "PGWARD_TEST_SERVER is docker, but $why" >&2; exit 2; }
      ;;
    *) echo "PGWARD_TEST_SERVER is docker or local, not $PGWARD_TEST_SERVER" >&2; exit 2 ;;
  esac
  start_server "$1"
  say "tests run on a local server ($why): $("$SERVER_BIN/postgres" --version)"
  skip "the suites on a server in Docker ($why)"
}
