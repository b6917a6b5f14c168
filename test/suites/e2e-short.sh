# The stories on Kubernetes that every change should be seen to keep: see e2e.sh.
# shellcheck shell=bash
LEAT_E2E_SHORT=yes
. "$LEAT_HOME/test/suites/e2e.sh"
