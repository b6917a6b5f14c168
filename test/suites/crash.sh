# Kills real broker processes at random moments under load; nothing acknowledged may be missing.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

tests=dev.leat.crash.CrashTest,dev.leat.crash.ExactlyOnceCrashTest,dev.leat.crash.TransactionFailoverTest

if [ -n "$LEAT_TEST_FULL" ]; then
  # Those of several brokers are in the suite `replication`.
  run_maven_tests crash -Dfast -DincludedTags=crash -DexcludedTags=none -Dcrash.rounds=100 \
    -Dtest='!ClusterCrashTest,!RollingRestartTest' \
    -Dsurefire.failIfNoSpecifiedTests=false -pl broker,client,cli -am test
else
  run_maven_tests crash -Dfast -DincludedTags=crash -DexcludedTags=none -Dcrash.rounds=10 \
    -Dtest="$tests" \
    -Dsurefire.failIfNoSpecifiedTests=false -pl cli -am test
fi
