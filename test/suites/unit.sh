# All Maven modules: formatter, static analysis, walls (ArchUnit), tidy rules, unit tests.
# Two test classes at a time, each in a JVM of its own: most of them wait, for disks, timers and other brokers.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

run_maven_tests unit -Dleat.test.forks=2 "${LEAT_TEST_FULL:+-DexcludedTags=e2e,sim,sim-full}" verify
