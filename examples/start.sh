# What the examples share: a broker of their own, that ends with them. Sourced.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
leat=$root/leat
work=$(mktemp -d "${TMPDIR:-/tmp}/leat-example.XXXXXX")
started=()
trap clean_up EXIT
trap 'exit 130' INT TERM

clean_up() {
  [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null
  wait
  rm -rf "$work"
}

say() { printf '\n== %s\n' "$*"; }

fail() { echo "$*" >&2; exit 1; }

# start_leat: any free ports; sets LEAT_BOOTSTRAP, for gRPC, and kafka, for Kafka's clients.
start_leat() {
  say "starts a broker"
  "$leat" up --dir "$work/data" --grpc-port 0 --http-port 0 --kafka-port 0 >"$work/up" &
  local up=$!
  started+=($up)
  until grep '^ready' "$work/up"; do
    kill -0 $up 2>/dev/null || fail "the broker did not start"
    sleep 0.1
  done
  LEAT_BOOTSTRAP=$(sed -n 's/^ready grpc=\([^ ]*\).*/\1/p' "$work/up")
  kafka=$(sed -n 's/.* kafka=\([^ ]*\).*/\1/p' "$work/up")
  export LEAT_BOOTSTRAP kafka
}

# python_with PACKAGE...: sets python, to one that has these packages from PyPI.
python_with() {
  local venv=$root/.leat/examples/$1
  if [ ! -f "$venv/ready" ]; then
    say "installs $* with pip, once"
    rm -rf "$venv"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "$@" && touch "$venv/ready" ||
      fail "pip could not install $*"
  fi
  python=$venv/bin/python
}
