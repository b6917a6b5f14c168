# Apache Kafka 4.4.0 as it comes, so that suites can make the same checks of it as of Leat: the oracle. Sourced after checks.sh.
# shellcheck shell=bash

oracle_classes=$LEAT_HOME/.leat/test/kafka-server.classpath
oracle= # "yes" while the checks are made of Kafka

install_oracle() {
  mvn -q -B -ntp -f "$LEAT_HOME/bench/peers/kafka-server.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath -Dmdep.outputFile="$oracle_classes"
}

# In place of this shell: what is started in the background is the process itself.
oracle_java() {
  exec "$JAVA_HOME/bin/java" -Xmx512m -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$(cat "$oracle_classes")" "$@"
}

free_ports() {
  python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))'
}

# start_oracle DIR: one node, which is broker and controller; $kafka is where it is.
start_oracle() {
  local dir=$1 port controller
  read -r port controller < <(free_ports)
  mkdir -p "$dir"
  cat >"$dir/server.properties" <<EOF
process.roles=broker,controller
node.id=0
controller.quorum.voters=0@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$dir/log
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
auto.create.topics.enable=false
EOF
  (oracle_java kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$dir/server.properties") \
    >"$dir/format.log" 2>&1 || { cat "$dir/format.log"; return 1; }
  oracle_java kafka.Kafka "$dir/server.properties" >"$dir/kafka.log" 2>&1 &
  broker_pid=$!
  kafka=127.0.0.1:$port
  oracle=yes
  label=" (Kafka 4.4.0)"
  await 60 oracle_answers || { tail -n 20 "$dir/kafka.log"; return 1; }
}

# A request for ApiVersions, version 0, and its answer.
oracle_answers() {
  python3 - "$kafka" <<'EOF' 2>/dev/null
import socket
import sys

host, port = sys.argv[1].split(":")
with socket.create_connection((host, int(port)), 2) as s:
    s.settimeout(2)
    s.sendall(b"\0\0\0\x0a\0\x12\0\0\0\0\0\1\xff\xff")
    sys.exit(0 if len(s.recv(8)) == 8 else 1)
EOF
}

stop_oracle() {
  stop_broker
  oracle=
  label=
}
