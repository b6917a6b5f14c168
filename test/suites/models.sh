# The Spin models of the replication protocol: correct variants are free of errors over their whole state space,
# each mutant fails. --full: larger bounds, too. Installs spin and gcc where they lack.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"

runs=quick
[ -z "$LEAT_TEST_FULL" ] || runs=full
JOBS=${JOBS:-2} "$LEAT_HOME/docs/protocol/check.sh" $runs >"$work/models.out" 2>&1
status=$?
cat "$work/models.out"
passed=$(grep -c '^pass ' "$work/models.out")
wrong=$(grep -c '^WRONG ' "$work/models.out")
wanted=$("$LEAT_HOME/docs/protocol/check.sh" count $runs)
counted "$passed" "$wrong"
check_equal "all models ran" "$wanted" $((passed + wrong))
check_equal "all models did what is expected" 0 $status
