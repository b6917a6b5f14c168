# Kills real broker processes at random moments under load; nothing acknowledged may be missing.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

if [ -n "$LEAT_TEST_FULL" ]; then
  run_maven_tests crash -DincludedTags=crash -DexcludedTags=none -Dcrash.rounds=100 \
    -Dspotless.check.skip=true -pl broker,client,cli -am test
else
  run_maven_tests crash -DincludedTags=crash -DexcludedTags=none -Dcrash.rounds=10 \
    -Dspotless.check.skip=true -Dtest=dev.leat.crash.CrashTest,dev.leat.crash.ExactlyOnceCrashTest \
    -Dsurefire.failIfNoSpecifiedTests=false -pl cli -am test
fi
