# What people put around Kafka, as it comes from its makers: Kafka Streams and Kafka Connect on three brokers, while clients and
# brokers are killed; and the examples that use it. --full: also Debezium with a real PostgreSQL, MirrorMaker, Flink, Spark, Storm,
# clients in Go and Node, and all of it but these against the real Kafka, to see what that does.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

project=$LEAT_HOME/ecosystem
kafka_classes=$LEAT_HOME/.leat/test/kafka-server.classpath
engines=(flink spark storm)
plugins=$LEAT_HOME/.leat/test/connect-plugins
dependency_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.9.0

install_kafka() {
  mvn -q -B -ntp -f "$LEAT_HOME/bench/peers/kafka-server.xml" \
    "$dependency_plugin:build-classpath" -Dmdep.outputFile="$kafka_classes"
}

# As in Debezium's own archives: without what Kafka Connect brings.
install_debezium() {
  local provided=com.fasterxml.jackson.core,com.fasterxml.jackson.datatype,org.apache.kafka,org.slf4j,jakarta.ws.rs name
  for name in debezium-postgres debezium-jdbc; do
    mvn -q -B -ntp -f "$project/plugins/$name.xml" "$dependency_plugin:copy-dependencies" \
      -DincludeScope=runtime -DexcludeGroupIds="$provided" -DoutputDirectory="$plugins/$name" || return 1
  done
}

# An engine of this name, with a job: what its class path is goes to a file.
install_engine() {
  local classes=$LEAT_HOME/.leat/test/$1.classpath
  mvn -q -B -ntp -f "$project/$1/pom.xml" compile "$dependency_plugin:build-classpath" \
    -Dmdep.outputFile="$classes.libraries" &&
    echo "$project/$1/target/classes:$(cat "$classes.libraries")" >"$classes"
}

install_engines() {
  local engine
  for engine in "${engines[@]}"; do
    install_engine "$engine" || return 1
  done
}

# Clients in Go and Node: each produces, consumes in a group and works exactly once.
clients() {
  local kafka node=$LEAT_HOME/.leat/test/node
  start_broker "$work/data" --brokers 3 --processes --kafka-port 0 || { not_ok "up --brokers 3"; return 1; }
  kafka=$(sed -n 's/.* kafka=\([^ ,]*\).*/\1/p' "$work/up.out")
  if command -v go >/dev/null; then
    for client in franz sarama; do
      check "Go: $client" timeout 300 go -C "$project/clients/go" run "./$client" "$kafka"
    done
  fi
  if command -v npm >/dev/null; then
    mkdir -p "$node" && cp "$project/clients/node/"* "$node/"
    check "kafkajs is installed" npm --prefix "$node" install --silent --no-audit --no-fund
    check "Node: kafkajs" timeout 180 node "$node/kafkajs.js" "$kafka"
  fi
  stop_broker
}

if [ -z "$LEAT_TEST_FULL" ]; then
  run_maven_tests ecosystem -f "$project/pom.xml" test
elif check "Kafka is there" install_kafka && check "Debezium is there" install_debezium &&
  check "PostgreSQL is there" install_postgres && check "the engines are there" install_engines; then
  all=(-f "$project/pom.xml" -DexcludedTags=none -Decosystem.kafka.classpath="$kafka_classes"
    -Decosystem.plugins="$plugins")
  for engine in "${engines[@]}"; do
    all+=("-Decosystem.$engine.classpath=$LEAT_HOME/.leat/test/$engine.classpath")
  done
  run_maven_tests ecosystem "${all[@]}" test
  run_maven_tests "ecosystem on Kafka" "${all[@]}" -Decosystem.broker=kafka test
  clients
fi
