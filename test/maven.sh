# Runs Maven and counts what its tests say. Sourced.
# shellcheck shell=bash

# run_maven_tests NAME ARGUMENT...: a failed build counts as one failure, as do skipped tests; says what has failed, and why.
run_maven_tests() {
  local name=$1 reports status=0 arguments=() argument
  shift
  for argument in "$@"; do
    [ -z "$argument" ] || arguments+=("$argument")
  done
  rm -rf "$LEAT_HOME"/*/target/surefire-reports
  (cd "$LEAT_HOME" && mvn -B -ntp -Dmaven.test.failure.ignore=true "${arguments[@]}") 2>&1 | tee "$work/maven.log"
  status=${PIPESTATUS[0]}
  reports=("$LEAT_HOME"/*/target/surefire-reports/TEST-*.xml)
  if [ -e "${reports[0]}" ]; then
    # shellcheck disable=SC2046
    counted $(count_reports "${reports[@]}")
    awk -f "$LEAT_HOME/test/failures.awk" "${reports[@]}" | tee -a "$LEAT_TEST_RESULTS"
  fi
  [ "$status" -eq 0 ] || maven_failed "$name" "$status"
}

# maven_failed NAME STATUS: with what it says of compilers, formatters and lost test processes.
maven_failed() {
  not_ok "$1: Maven ended with status $2"
  grep '^\[ERROR\]' "$work/maven.log" | grep -v '^\[ERROR\] *$' | awk '!seen[$0]++' | head -n 20 | cut -c 1-500 |
    sed 's/^/| /' | tee -a "$LEAT_TEST_RESULTS"
  return 1
}

count_reports() {
  grep -hE -A8 '<testsuite ' "$@" | tr ' ' '\n' | awk -F'"' '
    $1 == "tests=" { tests += $2 }
    $1 == "errors=" || $1 == "failures=" || $1 == "skipped=" { bad += $2 }
    END { print tests - bad, bad + 0 }'
}
