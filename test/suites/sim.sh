# The simulators, by the JUnit tag `sim`: 2,000 seeds under faults, each printed when it fails.
# --full: tens of thousands of seeds, and the mutants of the code. Replay: -Dsim.seed=N of the test class that failed.
# Long runs in pieces: -Dsim.from=N begins there.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"
. "$LEAT_HOME/test/maven.sh"

if [ -n "$LEAT_TEST_FULL" ]; then
  run_maven_tests sim -Dfast -DincludedTags='sim | sim-full' -DexcludedTags=none -Dsim.seeds=20000 \
    -Dsim.cluster.seeds=500 -pl broker -am test
else
  run_maven_tests sim -Dfast -DincludedTags=sim -DexcludedTags=none -Dsim.seeds=2000 \
    -Dsim.cluster.seeds=20 -pl broker -am test
fi
