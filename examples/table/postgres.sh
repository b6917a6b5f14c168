# A PostgreSQL of the example's own: of Debian's package, or what is on the PATH. Sourced.
# shellcheck shell=bash

# start_postgres: its changes are open to logical replication; psql finds it.
start_postgres() {
  local server=$work/postgres as=() versions=(/usr/lib/postgresql/*/bin) postgres
  [ ! -d "${versions[0]}" ] || PATH=${versions[${#versions[@]} - 1]}:$PATH # not on the PATH of Debian
  command -v initdb >/dev/null || fail "PostgreSQL is missing: install it, for example apt install postgresql"
  say "starts PostgreSQL"
  mkdir "$server"
  if [ "$(id -u)" -eq 0 ]; then # it refuses to run as root
    chmod 711 "$work"
    chown postgres "$server"
    as=(setpriv --reuid=postgres --regid=postgres --init-groups)
  fi
  PGPORT=$(free_port)
  export PGHOST=127.0.0.1 PGPORT PGUSER=postgres
  (cd "$server" && ${as[@]+"${as[@]}"} "$(command -v initdb)" -D data -U postgres -A trust -E UTF8 --no-sync) \
    >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; fail "initdb failed"; }
  cd "$server" || exit
  ${as[@]+"${as[@]}"} "$(command -v postgres)" -D data -p "$PGPORT" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c wal_level=logical >"$work/postgres.log" 2>&1 &
  postgres=$!
  cd "$root" || exit
  started+=($postgres)
  await 60 psql -qd postgres -c "select" >"$work/psql.log" 2>&1 ||
    { cat "$work/postgres.log" >&2; fail "PostgreSQL did not start"; }
}
