# Kafka's own command-line tools, unchanged: on one broker, and groups on three of which one dies. --full: the same checks of Apache
# Kafka 4.4.0, too.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/kafka-tools.sh"
. "$LEAT_HOME/test/kafka-oracle.sh"

records=2000

# at CLASS OPTION...: a tool that takes --bootstrap-server.
at() {
  local class=$1
  shift
  tool "$class" --bootstrap-server "$kafka" "$@" 2>>"$work/tools.err"
}

group() { at consumer.group.ConsumerGroupCommand "$@"; }

lag_of() { group --describe --group "$1" | awk -v group="$1" '$1 == group { lag += $6 } END { print lag + 0 }'; }

# make_topic NAME PARTITIONS
make_topic() {
  if [ -n "$oracle" ]; then
    at TopicCommand --create --topic "$1" --partitions "$2" --replication-factor 1
  else
    timeout 60 "$leat" topic create "$1" --partitions "$2"
  fi
}

topics() {
  check_contains "kafka-topics --create" "Created topic orders" \
    "$(at TopicCommand --create --topic orders --partitions 3 --replication-factor 1)"
  check_contains "kafka-topics --describe" "PartitionCount: 3" "$(at TopicCommand --describe --topic orders)"
  check_contains "kafka-topics --create again" "already exists" \
    "$(at TopicCommand --create --topic orders 2>&1)"
  check_contains "kafka-configs --alter" "Completed updating config for topic orders" \
    "$(java_tool kafka.admin.ConfigCommand --bootstrap-server "$kafka" --alter --topic orders \
      --add-config retention.ms=123456789)"
  check_contains "kafka-configs --describe" "retention.ms=123456789" \
    "$(java_tool kafka.admin.ConfigCommand --bootstrap-server "$kafka" --describe --topic orders)"
}

records() {
  seq $records | at ConsoleProducer --topic orders
  check_equal "kafka-console-producer and -consumer" "$(seq $records | cksum)" \
    "$(at consumer.ConsoleConsumer --topic orders --from-beginning --group shop --max-messages $records |
      sort -n | cksum)"
  check_equal "kafka-get-offsets" $records \
    "$(at GetOffsetShell --topic orders | awk -F: '{ sum += $3 } END { print sum }')"
  check_contains "kafka-producer-perf-test" "5000 records sent" \
    "$(tool ProducerPerformance --topic perf --num-records 5000 --record-size 100 --throughput -1 \
      --command-property bootstrap.servers="$kafka" acks=all 2>&1)"
  check_contains "kafka-consumer-perf-test" ", 5000," \
    "$(at ConsumerPerformance --topic perf --num-records 5000 --hide-header --timeout 60000)"
  check_contains "kafka-e2e-latency" "Percentiles" \
    "$(at EndToEndLatency --topic latency --num-records 50 --producer-acks all --record-size 100)"
}

groups() {
  check_contains "kafka-consumer-groups --list" shop "$(group --list)"
  check_contains "kafka-groups --list" shop "$(at GroupsCommand --list)"
  check_equal "kafka-consumer-groups --describe" 0 "$(lag_of shop)"
  group --group shop --topic orders --reset-offsets --to-earliest --execute >/dev/null
  check_equal "kafka-consumer-groups --reset-offsets" $records "$(lag_of shop)"
  check_contains "kafka-consumer-groups --delete" "was successful" "$(group --delete --group shop)"
}

configs() { java_tool kafka.admin.ConfigCommand --bootstrap-server "$kafka" "$@" 2>>"$work/tools.err"; }

# Of groups and clients.
configurations() {
  local throttled
  check_contains "kafka-configs --alter of a group" "Completed updating config for group night" \
    "$(configs --alter --group night --add-config consumer.session.timeout.ms=50000)"
  check_contains "kafka-configs --describe of a group" "consumer.session.timeout.ms=50000" \
    "$(configs --describe --group night)"
  check_contains "kafka-configs --alter of a client's quota" "Completed updating config for client greedy" \
    "$(configs --alter --client greedy --add-config producer_byte_rate=100000)"
  check_contains "kafka-configs --describe of a client's quota" "producer_byte_rate=100000.0" \
    "$(configs --describe --client greedy)"
  throttled=$(tool ProducerPerformance --topic perf --num-records 3000 --record-size 100 --throughput -1 \
    --print-metrics --command-property bootstrap.servers="$kafka" client.id=greedy 2>&1 |
    sed -n 's/.*produce-throttle-time-max.*: *\([0-9]*\)\..*/\1/p' | sort -n | tail -n 1)
  check "a client over its quota is throttled" test "${throttled:-0}" -gt 0
  check_contains "kafka-configs --delete-config of a quota" "Completed updating config for client greedy" \
    "$(configs --alter --client greedy --delete-config producer_byte_rate)"
}

deletion() {
  cat >"$work/delete.json" <<JSON
{"partitions": [{"topic": "perf", "partition": 0, "offset": 1000}], "version": 1}
JSON
  check_contains "kafka-delete-records" "low_watermark: 1000" \
    "$(at DeleteRecordsCommand --offset-json-file "$work/delete.json")"
  check_contains "kafka-get-offsets of the earliest" "perf:0:1000" \
    "$(at GetOffsetShell --topic perf --time earliest)"
  at TopicCommand --delete --topic perf
  check_equal "kafka-topics --delete" "" "$(at TopicCommand --list | grep -x perf)"
}

verifiable() {
  check_contains "kafka-verifiable-producer" '"sent":1000,"acked":1000' \
    "$(at VerifiableProducer --topic verified --max-messages 1000)"
  check_contains "kafka-verifiable-consumer" '"count":' \
    "$(at VerifiableConsumer --topic verified --group-id verifier --max-messages 1000)"
}

# Share groups begin at the end: records are sent until the member has got its part.
queue() {
  local member
  check "topic of a queue" make_topic queue 3
  at consumer.ConsoleShareConsumer --topic queue --group workers --max-messages 50 >"$work/queue" &
  member=$!
  for _ in $(seq 60); do
    kill -0 $member 2>/dev/null || break
    seq 20 | at ConsoleProducer --topic queue
    sleep 1
  done
  check "kafka-console-share-consumer$1" wait $member
  check_equal "it is given what it asked for$1" 50 "$(wc -l <"$work/queue" | tr -d ' ')"
  check_contains "kafka-share-groups --describe$1" workers \
    "$(at consumer.group.ShareGroupCommand --describe --group workers)"
}

pid_of() {
  timeout 60 "$leat" cluster status --json | sed "s/.*\"id\":$1,\"state\":\"[A-Z]*\",\"pid\":\([0-9]*\).*/\1/"
}

# A consumer of a group whose coordinator is killed goes on: it reads all, and its commits hold.
failover() {
  local consumer coordinator
  start_broker "$work/three" --brokers 3 --processes --kafka-port 0 ||
    { not_ok "up --brokers 3"; return 1; }
  kafka=$(sed -n 's/.* kafka=\([^ ]*\).*/\1/p' "$work/up.out")
  check "topic on three brokers" timeout 60 "$leat" topic create stream --partitions 6
  seq 1000 | at ConsoleProducer --topic stream
  at consumer.ConsoleConsumer --topic stream --from-beginning --group survivors \
    --max-messages 3000 >"$work/survived" &
  consumer=$!
  await 60 test -s "$work/survived"
  # Its column is "host:port  (id)".
  coordinator=$(group --describe --group survivors --state | sed -n 's/^survivors .*(\([0-9]*\)).*/\1/p')
  echo "the coordinator is broker $coordinator"
  seq 1001 2000 | at ConsoleProducer --topic stream
  kill -KILL "$(pid_of "$coordinator")"
  seq 2001 3000 | at ConsoleProducer --topic stream
  check "the consumer goes on when its coordinator is killed" wait $consumer
  check_equal "it has read every record" "$(seq 3000 | cksum)" "$(sort -n "$work/survived" | uniq | cksum)"
  check_equal "what it has committed holds" 0 "$(lag_of survivors)"
  queue " on three brokers"
  check "stop of three" stop_broker
}

check "kafka-tools are there" install_kafka_tools || exit 1
start_broker "$work/data" --kafka-port 0 || { not_ok "up starts"; exit 1; }
kafka=$(sed -n 's/.* kafka=\([^ ]*\).*/\1/p' "$work/up.out")
all() {
  for topic in perf latency verified; do
    check "topic $topic" make_topic "$topic" 1
  done
  topics
  records
  groups
  configurations
  deletion
  verifiable
  queue ""
}

all
check "stop" stop_broker
failover
if [ -n "$LEAT_TEST_FULL" ]; then
  check "Kafka is there" install_oracle
  if start_oracle "$work/kafka"; then all; else not_ok "Kafka starts"; fi
  stop_oracle
fi
cat "$work/tools.err"
