# The command line as users meet it: the tour of the README, a real feed across a kill, bad input.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"

dir=$work/data
feed=$LEAT_HOME/examples/data/flights.jsonl

# run SECONDS ARGUMENT...: a leat command that must not hang.
run() {
  local limit=$1
  shift
  timeout "$limit" "$leat" "$@"
}

tour() {
  check_contains "help lists the commands" "consume" "$(run 60 --help)"
  check_fails "no broker is said at once" 1 "is it running" run 60 topic list --bootstrap 127.0.0.1:1
  start_broker "$dir" || { not_ok "up starts"; exit 1; }
  ok "up starts"
  check_equal "ready is the whole output of up" 1 "$(wc -l <"$work/up.out" | tr -d ' ')"

  check "topic create" run 60 topic create click
  run 60 consume click --max 3 >"$work/live.out" 2>&1 &
  local live=$!
  feed_while_alive $live | run 60 produce click
  wait $live
  check_equal "a second terminal consumes live" 0 $?
  check_equal "it prints what it was told to" 3 "$(grep -c '^/page/' "$work/live.out")"

  printf '/index.html\n\n  /spaces kept \n' | run 60 produce click
  check_equal "consume gives the bytes back" $'/index.html\n\n  /spaces kept ' \
    "$(run 60 consume click --from-beginning --exit-at-end | tail -n 3)"
  check_equal "topic list prints names" click "$(run 60 topic list)"
  check_contains "topic describe prints partitions" "PARTITION" "$(run 60 topic describe click)"
  check_contains "cluster status as JSON" '"state":"UP"' "$(run 60 cluster status --json)"
  check_contains "nothing is lost" "no group has lost a quorum" "$(run 60 cluster recover 2>&1)"
  check "topic alter" run 60 topic alter click --partitions 4 --retention 1d
  check_contains "altered" '"partitions":4' "$(run 60 topic list --json)"
  check_equal "json has everything" '"k"|"v"|[]' "$(
    echo k=v | run 60 produce click --key-separator = --partition 2
    run 60 consume click --partition 2 --offset earliest --max 1 --format json |
      sed 's/.*"key":\([^,]*\),"value":\([^,]*\),"headers":\(\[.*\]\)}/\1|\2|\3/'
  )"
}

# A consumer starts at the end: it may miss what comes before it is there.
feed_while_alive() {
  local i=0
  while kill -0 "$1" 2>/dev/null; do
    i=$((i + 1))
    echo "/page/$i"
    sleep 0.2
  done
}

manifests() {
  cat >"$work/topics.yaml" <<YAML
apiVersion: leat.dev/v1alpha1
kind: Topic
metadata: {name: flights}
spec: {partitions: 8, retention: {time: 30d}}
YAML
  printf 'apiVersion: leat.dev/v1alpha1\nkind: Topic\nmetadata: {name: bad}\nspec: {partitons: 8}\n' \
    >"$work/bad.yaml"
  check_fails "bad YAML names file, line and field" 1 "bad.yaml:4: spec.partitons" \
    run 60 up --dir "$work/other" -f "$work/bad.yaml"
  check_fails "a used directory is refused" 1 "in use" run 60 up --dir "$dir" --grpc-port 0
  check_fails "a used port is refused" 1 "$broker_port" \
    run 60 up --dir "$work/other" --grpc-port "$broker_port"
  check_fails "verify refuses a running broker" 1 "in use" run 60 verify "$dir"
  stop_broker TERM
  check_equal "SIGTERM is a clean stop" 0 $?
  check_contains "verify finds it sound" "sound" "$(run 60 verify "$dir")"
  check_contains "restore marks a directory" "start the broker" \
    "$(run 60 restore --accept-loss "$dir/broker-0")"
  check_fails "restore wants a journal" 1 "holds no journal" run 60 restore "$work"
  start_broker "$dir" -f "$work/topics.yaml" || { not_ok "up -f"; exit 1; }
  check_contains "up -f makes topics" flights "$(run 60 topic list)"
}

# A group reads on where it stopped, shares partitions, and can be looked at, reset and deleted.
groups() {
  run 60 topic create queue --partitions 2
  # One key, one partition: the lag of a partition without a commit is not known.
  seq 1 100 | sed 's/^/a|/' | run 60 produce queue --key-separator '|'
  check_equal "a group reads from the beginning" 40 \
    "$(run 60 consume queue --group readers --from-beginning --max 40 | wc -l)"
  check_equal "it reads on where it stopped" 60 \
    "$(run 60 consume queue --group readers --exit-at-end | wc -l)"
  check_equal "group list prints names" readers "$(run 60 group list)"
  check_contains "group describe tells the lag" "lag 0" "$(run 60 group describe readers)"
  seq 101 110 | sed 's/^/a|/' | run 60 produce queue --key-separator '|'
  check_contains "the lag grows" '"lag":10' "$(run 60 group describe readers --json)"
  timeout 60 "$leat" consume queue --group readers --format json >"$work/one" 2>&1 &
  local one=$!
  timeout 60 "$leat" consume queue --group readers --format json >"$work/two" 2>&1 &
  local two=$!
  await 30 two_members || not_ok "two members share a group"
  check_fails "a group with members is not reset" 1 "members" \
    run 60 group reset readers queue --to earliest
  kill $one $two
  wait $one $two
  await 30 no_members || not_ok "members that are gone leave at once"
  check "group reset" run 60 group reset readers queue --to earliest
  check "lag is a metric" await 30 lags_by 110
  check_equal "it reads everything again" 110 \
    "$(run 60 consume queue --group readers --exit-at-end | wc -l)"
  check "group delete" run 60 group delete readers
  check_equal "no group is left" "" "$(run 60 group list)"
  check_equal "a queue is handed out" 110 \
    "$(run 60 consume queue --queue gates --from-beginning --max 110 | sort -u | wc -l | tr -d ' ')"
  run 60 produce queue <<<more
  check_equal "and no record twice" more "$(run 60 consume queue --queue gates --max 1)"
  check_contains "its group is shown" "group gates, share" "$(run 60 group describe gates)"
  run 60 topic create busy
  check "a group ends where the topic ended, while more comes" ends_while_more_comes
  check_contains "internal topics are topics" __consumer_offsets "$(run 60 topic list)"
}

lags_by() { [[ $(fetch metrics) == *"leat_consumer_lag_max_records $1.0"* ]]; }

ends_while_more_comes() {
  local sender status=0
  awk 'BEGIN { while (1) { print "more"; fflush(); if (system("sleep 0.05") != 0) exit } }' |
    timeout 60 "$leat" produce busy &
  sender=$!
  await 30 has_some busy
  run 20 consume busy --group busy --from-beginning --exit-at-end >"$work/busy" || status=$?
  kill $sender && wait $sender
  return $status
}

has_some() { [ -n "$(run 60 consume "$1" --from-beginning --exit-at-end)" ]; }

two_members() { [ "$(members)" = 2 ]; }

no_members() { [ "$(members)" = 0 ]; }

members() { run 60 group describe readers --json | grep -o '"memberId"' | wc -l | tr -d ' '; }

# Flights keyed by origin; the broker is killed and started again while they stream in.
flights() {
  local sender
  sed 's/.*"origin":"\([A-Z]*\)".*/\1|&/' "$feed" >"$work/keyed"
  slowly "$work/keyed" | run 200 produce flights --key-separator '|' &
  sender=$!
  await 60 has_records 1000 || not_ok "flights arrive"
  stop_broker KILL
  start_broker "$dir" || { not_ok "up after kill -9"; exit 1; }
  wait $sender
  check_equal "produce goes on across kill -9" 0 $?
  run 120 consume flights --from-beginning --exit-at-end --format kv >"$work/got"
  check_equal "every flight is there once" "$(wc -l <"$work/keyed")" "$(wc -l <"$work/got")"
  sed 's/|/\t/' "$work/keyed" | LC_ALL=C sort -s -t $'\t' -k 1,1 >"$work/wanted.sorted"
  LC_ALL=C sort -s -t $'\t' -k 1,1 "$work/got" >"$work/got.sorted"
  check "order is kept for each origin" cmp "$work/wanted.sorted" "$work/got.sorted"
}

slowly() { awk '{ print } NR % 250 == 0 { fflush(); system("sleep 0.1") }' "$1"; }

has_records() {
  [ "$(run 60 consume flights --from-beginning --exit-at-end 2>/dev/null | wc -l)" -ge "$1" ]
}

bad_input() {
  check_fails "unknown command" 2 "no such command" run 60 nonsense
  check_fails "unknown option" 2 "Unknown option" run 60 topic list --nonsense
  check_fails "an isolation that a queue does not take" 2 "share.isolation.level" \
    run 60 consume flights --queue gates --isolation read_committed
  check_fails "unknown topic" 1 "does not exist" run 60 consume nosuch --from-beginning
  check_fails "illegal topic name" 1 "no legal topic name" run 60 topic create 'a/b'
  check_fails "duplicate topic" 1 "exists already" run 60 topic create flights
  check_fails "even replicas" 2 "is even" run 60 topic create even --replicas 2
  check_fails "a broker that answers is not waived" 1 "nothing to waive" \
    run 60 cluster recover --waive 0 --accept-data-loss
  check_fails "waiving has to be meant" 1 "add --accept-data-loss" \
    run 60 cluster recover --waive 0
  check_fails "fewer partitions" 1 "only go up" run 60 topic alter flights --partitions 1
  check_fails "unknown isolation" 2 "read_committed or read_uncommitted" \
    run 60 consume flights --isolation serializable
  check_fails "no such partition" 1 "no partition 99" run 60 consume flights --partition 99
  check_fails "offset out of range" 1 "is not stored" \
    run 60 consume flights --partition 0 --offset 999999999 --max 1
  echo x >"$work/one"
  check_fails "produce to a partition that is not there" 1 "0 of the 1 lines" \
    run 60 produce flights --partition 99 <"$work/one"
  printf 'a|1\nno separator\n' >"$work/lines"
  check_fails "a line without separator is named" 1 "line 2" \
    run 60 produce flights --key-separator '|' <"$work/lines"
  check_fails "unknown group" 1 "nosuch" run 60 group describe nosuch
  run 60 consume flights --from-beginning | head -n 5 >"$work/head"
  check_equal "a closed pipe is no error" "0 0" "${PIPESTATUS[*]}"
}

perf() {
  run 60 topic create perf --partitions 4
  check_contains "perf produce as JSON" '"errors":0,"recordsPerSecond"' \
    "$(run 60 perf produce perf --records 5000 --size 100 --json)"
  check_contains "perf consume as JSON" '"records":5000' "$(run 60 perf consume perf --json)"
  check_contains "delete-records" "begins at offset 7 now" \
    "$(run 60 topic delete-records perf --partition 0 --before-offset 7 2>&1)"
  check_fails "deleted offsets are not there" 1 "is not stored" \
    run 60 consume perf --partition 0 --offset 6 --max 1
  check "delete-records of all partitions" run 60 topic delete-records perf
  check_equal "nothing is left" "" "$(run 60 consume perf --from-beginning --exit-at-end)"
  check "topic delete" run 60 topic delete perf
  check_contains "metrics are served" leat_produce_records_total "$(fetch metrics)"
  check_equal "livez" ok "$(fetch livez)"
  check_equal "readyz" ok "$(fetch readyz)"
}

fetch() { curl -sf --max-time 10 "http://$broker_http/$1"; }

# A file system that really is full, where one may mount one's own: records are refused, all else goes on.
full_disk() {
  local small=$work/small real=$leat sender
  mkdir "$small"
  if ! unshare --mount --map-root-user mount -t tmpfs -o size=4m none "$small" 2>/dev/null; then
    echo "nobody may mount anything here: FullDiskTest has to do"
    return 0
  fi
  stop_broker TERM
  cat >"$work/leat-on-small-disk" <<SCRIPT
#!/usr/bin/env bash
exec unshare --mount --map-root-user \\
  bash -c 'mount -t tmpfs -o size=256m none "\$0" && exec "\$@"' "$small" "$real" "\$@"
SCRIPT
  chmod +x "$work/leat-on-small-disk"
  leat=$work/leat-on-small-disk
  start_broker "$small/data"
  leat=$real
  broker_is_ready || { not_ok "up on a small disk"; return 1; }
  run 60 topic create kept
  run 60 topic create heavy
  echo first | run 60 produce kept
  head -c 400000000 /dev/zero | tr '\0' x | fold -w 1000 | timeout 200 "$leat" produce heavy &
  sender=$!
  check "records are refused before the disk is full" await 90 is_disk_full
  check_equal "reads go on" first "$(run 60 consume kept --from-beginning --exit-at-end)"
  kill $sender
  wait $sender
  check "a topic can be deleted" run 60 topic delete heavy
  echo second | run 100 produce kept
  check_equal "records are taken again" $'first\nsecond' \
    "$(run 60 consume kept --from-beginning --exit-at-end)"
  check "the broker stops" stop_broker TERM
}

broker_is_ready() { grep -q '^ready' "$work/up.out"; }

is_disk_full() { [[ $(fetch metrics) == *'leat_produce_refused_total{error="DISK_FULL"}'* ]]; }

# A check that fails stops nothing; a broker that does not start stops all.
tour
groups
manifests
flights
bad_input
perf
full_disk
