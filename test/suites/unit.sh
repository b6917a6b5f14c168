# All Maven modules: formatter, static analysis, walls (ArchUnit), tidy rules, unit tests.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

run_maven_tests unit "${LEAT_TEST_FULL:+-DexcludedTags=e2e,sim,sim-full}" verify
