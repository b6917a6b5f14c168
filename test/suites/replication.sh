# Three brokers, each a process: what dies, comes back or loses its disk must not cost a record.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

dir=$work/data

run() {
  local limit=$1
  shift
  timeout "$limit" "$leat" "$@"
}

status() { run 60 cluster status --json; }

# Field of a broker: pid_of ID
pid_of() { status | sed "s/.*\"id\":$1,\"state\":\"[A-Z]*\",\"pid\":\([0-9]*\).*/\1/"; }

brokers_up() { [ "$(status | grep -o '"state":"UP"' | wc -l)" -eq "$1" ]; }

is_whole() { status | grep -q '"leaderless":0,"lagging":0' && brokers_up 3; }

start_three() { start_broker "$dir" --brokers 3 --processes; }

tour() {
  check "all brokers are up" brokers_up 3
  check_contains "replicas are 3 by default" "replicas 3" "$(run 60 topic create click --partitions 6 2>&1)"
  check_contains "status says who controls" "controller" "$(run 60 cluster status)"
  seq 500 | run 60 produce click
  check_equal "what is produced is read" 500 "$(consumed click)"
}

consumed() { run 120 consume "$1" --from-beginning --exit-at-end 2>/dev/null | sort -n | uniq | wc -l | tr -d ' '; }

all_records() { run 120 consume "$1" --from-beginning --exit-at-end | sort -n; }

slowly() { awk '{ print } NR % 100 == 0 { fflush(); system("sleep 0.1") }'; }

# Kills a leader and then the controller while records stream in.
kills() {
  local sender controller
  run 60 topic create stream --partitions 6
  seq 6000 | slowly | run 150 produce stream &
  sender=$!
  sleep 1
  kill -KILL "$(pid_of 1)"
  check "the broker is started again" await 60 brokers_up 3
  controller=$(status | sed 's/.*"controller":\([0-9]*\).*/\1/')
  kill -KILL "$(pid_of "$controller")"
  wait $sender
  check_equal "produce does not notice" 0 $?
  check_equal "every record is there once" "$(seq 6000 | cksum)" "$(all_records stream | cksum)"
  check "all replicas are there again" await 90 is_whole
}

# A queue is received at three leaders, of which one dies; what it has handed out may come again.
queue() {
  run 60 topic create work --partitions 6
  seq 3000 | run 60 produce work
  run 120 consume work --queue workers --from-beginning >"$work/handed" &
  local receiver=$!
  await 60 test -s "$work/handed"
  kill -KILL "$(pid_of 2)"
  seq 3001 6000 | run 60 produce work
  check "every record of a queue is handed out" await 90 all_handed
  kill $receiver
  wait $receiver
  check "all replicas are there after that" await 90 is_whole
}

all_handed() { [ "$(sort -u "$work/handed" | wc -l | tr -d ' ')" -eq 6000 ]; }

# Everything was killed, and one disk is empty.
lost_disk() {
  check_equal "an empty disk loses nothing" "$(seq 6000 | cksum)" "$(all_records stream | cksum)"
  check "its replicas are copied" await 120 is_whole
  stop_broker TERM
  check_equal "SIGTERM is a clean stop" 0 $?
  check_contains "verify finds all sound" "sound" "$(run 120 verify "$dir")"
}

has_three_voters() { is_whole && ! run 60 topic describe stream --json | grep -q '"voters":\[[0-9]\]'; }

# Two of three disks are gone for good, and a person goes on with the third.
lost_quorum() {
  check_contains "status says what is lost" "lost a quorum of their replicas" "$(run 60 cluster status)"
  check_contains "what is left is shown" "goes on with what broker 0 has" "$(run 60 cluster recover)"
  check_contains "nothing is given up unasked" "lost a quorum of their replicas" "$(run 60 cluster status)"
  check "a person goes on with what is left" run 60 cluster recover --accept-data-loss
  check_equal "the surviving disk had everything" "$(seq 6000 | cksum)" "$(all_records stream | cksum)"
  check "the others get replicas again" await 120 has_three_voters
  check_contains "what happened is remembered" "possible data loss" "$(run 60 cluster status)"
  check_equal "nothing more can be recovered" 0 "$(run 60 cluster recover --accept-data-loss 2>/dev/null | wc -l | tr -d ' ')"
  stop_broker TERM
}

# A check that fails stops nothing; brokers that do not start stop all that needs them.
three_brokers() {
  check "up --brokers 3" start_three || return 1
  tour
  kills
  queue
  stop_broker KILL
  rm -rf "$dir/broker-2"
  check "up with an empty disk" start_three || return 1
  lost_disk
  rm -rf "$dir/broker-1" "$dir/broker-2"
  check "up with two empty disks" start_three || return 1
  lost_quorum
}

three_brokers

length=-Dcrash.rounds=1
[ -z "$LEAT_TEST_FULL" ] || length="-Dcrash.minutes=30 -Dcrash.maxSilenceMs=30000 -Dcrash.rounds=5"
# shellcheck disable=SC2086
run_maven_tests replication -Dfast -DincludedTags=crash -DexcludedTags=none $length \
  -Dtest=dev.leat.crash.ClusterCrashTest,dev.leat.crash.RollingRestartTest \
  -Dsurefire.failIfNoSpecifiedTests=false -pl cli -am test
if [ -n "$LEAT_TEST_FULL" ]; then
  run_maven_tests scaling -Dfast -DincludedTags=slow -DexcludedTags=none \
    -Dtest=dev.leat.broker.server.ScalingTest,dev.leat.broker.server.UncleanTest \
    -Dsurefire.failIfNoSpecifiedTests=false -pl broker -am test
fi
