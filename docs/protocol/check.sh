#!/bin/bash
# Runs the models: a correct variant must be free of errors over its whole state space, a mutant must fail.
#   ./check.sh          small bounds and all mutants (two minutes)
#   ./check.sh full     also larger bounds (ten minutes, 4 GB)
#   ./check.sh count [quick|full]         how many runs that are
#   ./check.sh MODEL "-DBUG_OLDEPOCH"     one run; prints the steps of a counterexample
# JOBS=2 runs two at a time. Needs spin and gcc, and installs them where they lack (Debian, as root or with sudo).
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"
readonly depth=400000

# expectation | bounds | model | flags
runs() {
  cat <<'RUNS'
ok   quick group -DN=3 -DE=3 -DCHG=0 -DR=3
ok   quick group -DE=2
ok   quick group -DANY
ok   quick group -DGROW -DINITV=1 -DR=2
ok   quick group -DGROW -DINITV=7 -DR=2
ok   quick group -DN=3 -DCHG=0 -DR=2 -DCRASH
FAIL quick group -DN=3 -DE=3 -DCHG=0 -DR=3 -DBUG_OLDEPOCH
FAIL quick group -DBUG_NOVOTE
FAIL quick group -DBUG_NOCOLLECT
FAIL quick group -DBUG_COLLECTNEW
FAIL quick group -DBUG_ADOPTCONFIG
FAIL quick group -DBUG_COUNTFIRST
FAIL quick group -DBUG_SELF
FAIL quick group -DR=2 -DBUG_LONGEST
FAIL quick group -DN=3 -DCHG=0 -DR=2 -DBUG_RAWACK
FAIL quick group -DBUG_NOJOINT
FAIL quick group -DBUG_EARLYFINAL
FAIL quick group -DBUG_BACKANY
FAIL quick group -DBUG_DISK
FAIL quick group -DR=0 -DBUG_FORGET
FAIL quick group -DN=3 -DCHG=0 -DR=2 -DCRASH -DBUG_LEADERSYNC
FAIL quick group -DN=3 -DCHG=0 -DR=2 -DCRASH -DBUG_NOSYNC
FAIL quick group -DN=3 -DCHG=0 -DR=2 -DCRASH -DBUG_CMPNOSYNC
FAIL quick group -DN=3 -DCHG=0 -DR=2 -DCRASH -DBUG_VOLVOTE
FAIL quick group -DN=3 -DCHG=0 -DR=2 -DCRASH -DBUG_RESUME
ok   quick fence -DVARIANT=1 -DMINISR=1 -DMAXF=2 -DMAXI=2
FAIL quick fence -DVARIANT=0 -DMINISR=2 -DMAXF=1 -DMAXI=1
FAIL quick fence -DVARIANT=1 -DMINISR=1 -DMAXF=1 -DMAXI=2 -DNOMAX
FAIL quick fence -DVARIANT=2 -DMINISR=2 -DMAXF=1 -DMAXI=1 -DNOCUT
ok   full  group -DR=2
ok   full  group -DR=3
ok   full  group -DCHG=2 -DM=4
ok   full  group -DN=3 -DE=3 -DCHG=0 -DR=2 -DCRASH
ok   full  group -DCRASH -DM=2
ok   full  group -DE=3
ok   full  group -DN=5
ok   full  group -DN=5 -DR=2
RUNS
}

install_tools() {
  command -v spin >/dev/null && command -v gcc >/dev/null && return
  local root=
  [ "$(id -u)" = 0 ] || root=sudo
  echo "installing spin and gcc" >&2
  { $root apt-get update -qq && $root apt-get install -y -qq spin gcc libc6-dev; } >/dev/null 2>&1
  command -v spin >/dev/null && command -v gcc >/dev/null ||
    { echo "spin and gcc are missing and could not be installed: apt-get install spin gcc" >&2; exit 1; }
}

build() { # build MODEL FLAGS: pan, in a new directory, which becomes the current one
  dir=$(mktemp -d) && cp "$1.pml" "$dir" && cd "$dir" || return 1
  # shellcheck disable=SC2086
  spin $2 -a "$1.pml" >spin.out 2>&1 && gcc -w -O2 -DSAFETY -DCOLLAPSE -o pan pan.c || { cat spin.out && return 1; }
}

check() { # check EXPECTATION BOUNDS MODEL FLAGS...: one line; succeeds if the model does what is expected
  local expected=$1 model=$3 flags=${*:4} dir errors states verdict=WRONG
  build "$model" "$flags" || return 1
  ./pan -E -m$depth -w22 >pan.out 2>&1
  errors=$(sed -n 's/.*errors: //p' pan.out)
  states=$(awk '/states, stored/ {printf "%d", $1; exit}' pan.out)
  if [ "$expected" = FAIL ]; then
    grep -q 'assertion violated' pan.out && verdict=pass
  elif [ "$errors" = 0 ] && ! grep -q 'max search depth too small\|out of memory\|Search not completed' pan.out; then
    verdict=pass
  fi
  printf '%-5s %-6s %-52s %9s states, errors %s\n' $verdict "$model" "$flags" "${states:-no}" "${errors:-?}"
  rm -rf "$dir"
  [ $verdict = pass ]
}

trace() { # trace MODEL FLAGS
  local dir
  build "$1" "$2" || return 1
  ./pan -E -m$depth -w22 | grep -E 'assertion viol|errors:|states, stored'
  # shellcheck disable=SC2086
  [ ! -f "$1.pml.trail" ] || spin -t $2 "$1.pml" | sed '/^#processes/,$d'
  rm -rf "$dir"
}

selection() { # selection quick|full
  case $1 in
    full) echo 'quick|full' ;;
    *) echo quick ;;
  esac
}

case "${1-quick}" in
  count) runs | grep -cE "^\w+ +($(selection "${2-quick}")) "; exit ;;
esac
install_tools
case "${1-quick}" in
  quick | full) selected=$(selection "${1-quick}") ;;
  *) trace "$1" "${2-}"; exit ;;
esac
export -f check build
export depth
runs | grep -E "^\w+ +($selected) " | xargs -P "${JOBS:-1}" -I LINE bash -c 'check $1' check LINE ||
  { echo "some runs went wrong"; exit 1; }
