# What the suites share: reporting, and a broker of their own. Sourced.
# shellcheck shell=bash

leat=$LEAT_HOME/leat
work=$(mktemp -d "${TMPDIR:-/tmp}/leat-test.XXXXXX")
broker_pid=
label= # what the checks are of, if not of Leat; appended to their names
trap clean_up EXIT

clean_up() {
  stop_broker KILL
  rm -rf "$work"
}

ok() {
  echo "ok $*$label"
  echo "ok $*$label" >>"$LEAT_TEST_RESULTS"
}

# Fails itself: what checks returns whether they have passed.
not_ok() {
  echo "NOT OK $*$label"
  echo "not ok: $*$label" >>"$LEAT_TEST_RESULTS"
  return 1
}

# left_out REASON: this suite cannot run here.
left_out() {
  echo "left out: $*"
  echo "left out: $*" >>"$LEAT_TEST_RESULTS"
}

# note TEXT: something to be read beside the counts.
note() {
  echo "note: $*"
  echo "note: $*" >>"$LEAT_TEST_RESULTS"
}

counted() { echo "counted $1 $2" >>"$LEAT_TEST_RESULTS"; }

# check NAME COMMAND...: the command succeeds. Returns its status; the other checks return 1 if they have failed.
check() {
  local name=$1 status=0
  shift
  echo "--- $name: $*"
  "$@" || status=$?
  if [ $status -eq 0 ]; then ok "$name"; else not_ok "$name: '$*' ended with status $status"; fi
  return $status
}

# check_equal NAME WANTED GOT
check_equal() {
  if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: wanted '$2', got '$3'"; fi
}

# check_contains NAME PART TEXT
check_contains() {
  case $3 in
    *"$2"*) ok "$1" ;;
    *) not_ok "$1: wanted '$2' in '$3'" ;;
  esac
}

# check_fails NAME STATUS PART COMMAND...: ends with this status and one line with PART on stderr.
check_fails() {
  local name=$1 wanted=$2 part=$3 status=0
  shift 3
  "$@" >"$work/out" 2>"$work/err" || status=$?
  cat "$work/err"
  if [ $status -ne "$wanted" ]; then
    not_ok "$name: '$*' ended with status $status, not $wanted"
  elif ! grep -qF -- "$part" "$work/err"; then
    not_ok "$name: no '$part' in: $(cat "$work/err")"
  else
    ok "$name"
  fi
}

# await SECONDS COMMAND...: tries until the command succeeds.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

# apt_install PACKAGE...: from Debian, as root.
apt_install() {
  local sudo=
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq && $sudo apt-get install -y -qq "$@"
}

install_postgres() { [ -d /usr/lib/postgresql ] || apt_install postgresql; }

# start_broker DIR [OPTION...]: any free port, exported as LEAT_BOOTSTRAP.
start_broker() {
  local dir=$1
  shift
  : >"$work/up.out"
  "$leat" up --dir "$dir" --grpc-port "${broker_port:-0}" --http-port 0 "$@" \
    >"$work/up.out" 2>>"$work/up.err" &
  broker_pid=$!
  if ! await 300 broker_is_up || ! grep -q '^ready' "$work/up.out"; then
    echo "the broker did not start:"
    cat "$work/up.err"
    return 1
  fi
  LEAT_BOOTSTRAP=$(sed -n 's/^ready grpc=\([^ ]*\).*/\1/p' "$work/up.out")
  broker_http=$(sed -n 's/.* http=\([^ ]*\).*/\1/p' "$work/up.out")
  broker_port=${LEAT_BOOTSTRAP##*:}
  export LEAT_BOOTSTRAP broker_http
}

broker_is_up() { grep -q '^ready' "$work/up.out" || ! kill -0 "$broker_pid" 2>/dev/null; }

# stop_broker [SIGNAL]: returns the exit status of the broker.
stop_broker() {
  [ -n "$broker_pid" ] || return 0
  local status=0
  kill -s "${1:-TERM}" "$broker_pid" 2>/dev/null
  wait "$broker_pid" 2>/dev/null || status=$?
  broker_pid=
  return $status
}
