# Kafka's own command-line tools, from Maven Central. Sourced after checks.sh.
# shellcheck shell=bash

tools_classes=$LEAT_HOME/.leat/test/kafka-tools.classpath

install_kafka_tools() {
  mvn -q -B -ntp -f "$LEAT_HOME/test/kafka-tools/pom.xml" dependency:build-classpath \
    -Dmdep.outputFile="$tools_classes"
}

# java_tool CLASS ARGUMENT...: a class of Kafka's, limited in time.
java_tool() {
  timeout 180 "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$(cat "$tools_classes")" "$@"
}

# tool CLASS ARGUMENT...: without the package that the tools are in.
tool() {
  local class=$1
  shift
  java_tool "org.apache.kafka.tools.$class" "$@"
}
