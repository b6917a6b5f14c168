# What the examples share: a broker of their own, that ends with them. Sourced.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
leat=$root/leat
work=$(mktemp -d "${TMPDIR:-/tmp}/leat-example.XXXXXX")
fetched=$root/.leat/examples
started=()
trap clean_up EXIT
trap 'exit 130' INT TERM

# What was started last ends first, so that nothing has to do without what it uses.
clean_up() {
  local i
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill "${started[i]}" 2>/dev/null && wait "${started[i]}" 2>/dev/null
  done
  # The programs at the beginning of pipelines: those behind them end when nothing comes any more.
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null
  wait
  rm -rf "$work"
}

say() { printf '\n== %s\n' "$*"; }

fail() { echo "$*" >&2; exit 1; }

# await SECONDS COMMAND...: tries until the command succeeds.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.2
  done
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_leat: any free ports; sets LEAT_BOOTSTRAP, for gRPC, kafka, for Kafka's clients, and java.
start_leat() {
  "$leat" --help >/dev/null || fail "leat could not be built" # which it is when it is used first
  say "starts a broker"
  "$leat" up --dir "$work/data" --grpc-port 0 --http-port 0 --kafka-port 0 >"$work/up" 2>"$work/up.log" &
  local up=$!
  started+=($up)
  until grep '^ready' "$work/up"; do
    kill -0 $up 2>/dev/null || fail "the broker did not start: $(cat "$work/up.log")"
    sleep 0.1
  done
  LEAT_BOOTSTRAP=$(sed -n 's/^ready grpc=\([^ ]*\).*/\1/p' "$work/up")
  kafka=$(sed -n 's/.* kafka=\([^ ]*\).*/\1/p' "$work/up")
  build=$root/.leat/build/$(<"$root/.leat/build/current")
  java=$(<"$build/java")
  export LEAT_BOOTSTRAP kafka
}

# python_with PACKAGE...: sets python, to one that has these packages from PyPI.
python_with() {
  local venv=$fetched/$1
  if [ ! -f "$venv/ready" ]; then
    say "installs $* with pip, once"
    rm -rf "$venv"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "$@" && touch "$venv/ready" ||
      fail "pip could not install $*"
  fi
  python=$venv/bin/python
}

# kafka_programs: sets kafka_classes, the class path of Kafka Streams and Kafka Connect as they come from Maven Central.
kafka_programs() {
  local file=$fetched/kafka.classpath
  if [ ! "$file" -nt "$root/ecosystem/pom.xml" ]; then
    say "fetches Kafka Streams and Kafka Connect with Maven, once"
    mkdir -p "$fetched"
    from_maven ecosystem/pom.xml build-classpath -Dmdep.outputFile="$file"
  fi
  kafka_classes=$(<"$file")
}

# from_maven POM GOAL OPTION...: of what a program needs when it runs.
from_maven() {
  local pom=$1 goal=$2
  shift 2
  mvn -B -ntp -f "$root/$pom" "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:$goal" \
    -DincludeScope=runtime "$@" >"$work/maven.log" 2>&1 ||
    fail "Maven could not fetch what $pom names: $(grep ERROR "$work/maven.log" | head -n 5)"
}
