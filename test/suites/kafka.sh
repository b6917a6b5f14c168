# Kafka clients of several makes and ages against a real broker. --full: the same checks of Apache Kafka 4.4.0, too.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/kafka-tools.sh"
. "$LEAT_HOME/test/kafka-oracle.sh"

programs=$LEAT_HOME/test/kafka
venvs=$LEAT_HOME/.leat/test

# From Debian: the oldest clients in wide use.
install_debian_packages() {
  local missing=()
  # -I: not what is in this directory, of which kafka is one.
  command -v kcat >/dev/null || missing+=(kcat)
  /usr/bin/python3 -I -c 'import kafka' 2>/dev/null || missing+=(python3-kafka)
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# venv NAME REQUIREMENT...: from PyPI.
venv() {
  local venv=$venvs/$1
  shift
  [ -f "$venv/ready" ] ||
    { rm -rf "$venv" && python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "$@" && touch "$venv/ready"; }
}

# Python must not take a directory of the project for its kafka module.
python() { (cd "$work" && timeout 120 "$@" --bootstrap "$kafka"); }

round_trip() {
  local topic=$1
  shift
  seq 1 2000 | timeout 60 kcat -b "$kafka" -P -t "$topic" "$@" &&
    timeout 60 kcat -b "$kafka" -C -t "$topic" -o beginning -e -q >"$work/read" &&
    [ "$(sort -n "$work/read" | md5sum)" = "$(seq 1 2000 | md5sum)" ]
}

# make_topic NAME PARTITIONS
make_topic() {
  if [ -n "$oracle" ]; then
    tool TopicCommand --bootstrap-server "$kafka" --create --topic "$1" --partitions "$2" --replication-factor 1
  else
    timeout 60 "$leat" topic create "$1" --partitions "$2"
  fi
}

old_messages() { python "$venvs/kafka-python-1.4.7/bin/python" "$programs/simple_producer.py"; }

# What holds of Leat and of Kafka alike.
clients() {
  check "kcat lists" timeout 60 kcat -b "$kafka" -L
  for codec in none gzip snappy lz4 zstd; do
    check "topic create" make_topic "kcat-$codec" 3
    check "kcat, $codec: what it produces it consumes" round_trip "kcat-$codec" -z "$codec"
  done
  check_fails "kcat hears of unknown topics" 1 "Unknown topic" \
    timeout 60 kcat -b "$kafka" -C -t missing -p 0 -o beginning -e -q
  check "kafka-python 2.0.2: feed, seek by time, administration" \
    python /usr/bin/python3 "$programs/feed.py"
  check "librdkafka: idempotent, compressed, administration" \
    python "$venvs/confluent-kafka-avro/bin/python" "$programs/librdkafka.py"
  check "confluent-kafka: Avro and JSON without a registry, in a group, in transactions" \
    python "$venvs/confluent-kafka-avro/bin/python" "$programs/serializers.py"
}

check "Debian's clients are installed" install_debian_packages || exit 1
check "kafka-python 1.4.7 is installed" venv kafka-python-1.4.7 kafka-python==1.4.7 six
check "confluent-kafka is installed" venv confluent-kafka-avro confluent-kafka fastavro

start_broker "$work/data" --kafka-port 0 || { not_ok "up starts"; exit 1; }
kafka=$(sed -n 's/.* kafka=\([^ ]*\).*/\1/p' "$work/up.out")
check_contains "cluster status names the Kafka address" "\"kafka\":\"$kafka\"" \
  "$(timeout 60 "$leat" cluster status --json | tr -d ' ')"

clients
check "kafka-python 1.4.7: messages of magic 0" old_messages
check_equal "leat reads what kcat produced" 2000 \
  "$(timeout 60 "$leat" consume kcat-zstd --from-beginning --exit-at-end | wc -l | tr -d ' ')"
check "topic create" make_topic words 1
printf 'hello\nworld\n' | timeout 60 "$leat" produce words
check_equal "kcat reads what leat produced" "hello world " \
  "$(timeout 60 kcat -b "$kafka" -C -t words -o beginning -e -q | tr '\n' ' ')"

check "a topic made by a Kafka client is a resource" test -n "$(find "$work/data" -name 'feed*.yaml')"
printf 'nonsense\n' | timeout 5 bash -c "cat >/dev/tcp/${kafka%:*}/${kafka##*:}" || true
check "the broker serves on after nonsense" timeout 60 kcat -b "$kafka" -L

check_fails "a port that is taken is an error" 1 "cannot listen" \
  timeout 60 "$leat" up --dir "$work/other" --grpc-port 0 --http-port 0 --kafka-port "${kafka##*:}"
check "stop" stop_broker
if [ -n "$LEAT_TEST_FULL" ]; then
  check "Kafka and its tools are there" eval 'install_kafka_tools && install_oracle'
  if start_oracle "$work/kafka"; then
    clients
    # Kafka 4 takes them no more.
    if old_messages; then not_ok "messages of magic 0 are refused"; else ok "messages of magic 0 are refused"; fi
  else
    not_ok "Kafka starts"
  fi
  stop_oracle
fi
