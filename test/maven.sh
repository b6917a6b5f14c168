# Runs Maven and counts what its tests say. Sourced.
# shellcheck shell=bash

# run_maven_tests NAME ARGUMENT...: a failed build counts as one failure, as do skipped tests.
run_maven_tests() {
  local name=$1 reports status=0 arguments=() argument
  shift
  for argument in "$@"; do
    [ -z "$argument" ] || arguments+=("$argument")
  done
  rm -rf "$LEAT_HOME"/*/target/surefire-reports
  (cd "$LEAT_HOME" && mvn -B -ntp -Dmaven.test.failure.ignore=true "${arguments[@]}") || status=$?
  reports=("$LEAT_HOME"/*/target/surefire-reports/TEST-*.xml)
  if [ -e "${reports[0]}" ]; then
    # shellcheck disable=SC2046
    counted $(count_reports "${reports[@]}")
    grep -lE '<(failure|error|skipped)[ />]' "${reports[@]}" | while read -r report; do
      echo "not counted here: $(basename "$report" .xml)" | sed 's/not counted here/failing class/' \
        >>"$LEAT_TEST_RESULTS"
    done
  fi
  [ $status -eq 0 ] || not_ok "$name: Maven ended with status $status"
}

count_reports() {
  grep -hE -A8 '<testsuite ' "$@" | tr ' ' '\n' | awk -F'"' '
    $1 == "tests=" { tests += $2 }
    $1 == "errors=" || $1 == "failures=" || $1 == "skipped=" { bad += $2 }
    END { print tests - bad, bad + 0 }'
}
