# Kafka's own tools, unchanged: a transactional copy across a killed broker, and what tools show of it.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/kafka-tools.sh"

records=5000
copiers=()

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# copy ID OPTION...: copies all of `input` to `output` in transactions, in the background.
copy() {
  local id=$1
  shift
  tool TransactionalMessageCopier --broker-list "$kafka" --input-topic input --input-partition 0 \
    --output-topic output --transactional-id "$id" --consumer-group "$id" --transaction-size 100 \
    --use-group-metadata "$@" >"$work/$id.out" 2>"$work/$id.err" &
  copiers+=($!)
}

# committed TOPIC: its records as a reader of what is committed sees them.
committed() {
  tool consumer.ConsoleConsumer --bootstrap-server "$kafka" --topic "$1" --from-beginning \
    --isolation-level read_committed --timeout-ms 5000 2>>"$work/consumer.err"
}

check "kafka-tools are there" install_kafka_tools || exit 1
kafka_port=$(free_port)
kafka=127.0.0.1:$kafka_port
start_broker "$work/data" --kafka-port "$kafka_port" || { not_ok "up starts"; exit 1; }
for topic in input output; do
  check "topic $topic" timeout 60 "$leat" topic create "$topic"
done
seq $records | timeout 120 "$leat" produce input

copy copier --enable-random-aborts
sleep 4
stop_broker KILL
start_broker "$work/data" --kafka-port "$kafka_port" || { not_ok "up starts again"; exit 1; }
check "the copier goes on across kill -9" wait "${copiers[0]}"
committed output >"$work/copied"
check_equal "every record is copied once" "$(seq $records | cksum)" "$(sort -n "$work/copied" | cksum)"

check_equal "leat consume sees the same" "$(seq $records | cksum)" \
  "$(timeout 60 "$leat" consume output --from-beginning --exit-at-end | sort -n | cksum)"
aborted=$(timeout 60 "$leat" consume output --from-beginning --exit-at-end --isolation read_uncommitted | wc -l)
check "leat consume shows what was aborted if it is asked to" test "$aborted" -gt $records
timeout 60 "$leat" consume output --group readers --from-beginning --exit-at-end >"$work/read"
check_equal "a group reads it up to its end" "$(seq $records | cksum)" "$(sort -n "$work/read" | cksum)"
check_contains "and lags by nothing, markers included" "lag 0" "$(timeout 60 "$leat" group describe readers)"

listed=$(tool TransactionsCommand --bootstrap-server "$kafka" list)
check_contains "kafka-transactions list" copier "$listed"
described=$(tool TransactionsCommand --bootstrap-server "$kafka" describe --transactional-id copier)
check_contains "kafka-transactions describe" Complete "$described"
producers=$(tool TransactionsCommand --bootstrap-server "$kafka" describe-producers --topic output --partition 0)
check_contains "kafka-transactions describe-producers" None "$producers"
check "up stops" stop_broker
check "verify" timeout 120 "$leat" verify "$work/data"
