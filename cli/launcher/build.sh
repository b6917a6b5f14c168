# Builds leat into .leat/build. Sourced by launch.sh; works with bash 3.2.
# shellcheck shell=bash

# shellcheck source=cli/launcher/jdk.sh
. "$LEAT_HOME/cli/launcher/jdk.sh"

# Running brokers read their jars when they like: every build gets a directory of its own, and the
# last ones stay.
kept_builds=3

build() {
  local jdk
  jdk=$(find_jdk)
  if ! command -v mvn >/dev/null; then
    say "needs Maven 3.8.6 or later to build itself, and found no mvn on the PATH"
    say "install it, for example: apt install maven, brew install maven, or from maven.apache.org"
    return 1
  fi
  mkdir -p "$build_root"
  lock_build
  trap unlock_build EXIT
  if ! is_fresh; then
    compile_and_pack "$jdk"
  fi
  unlock_build
  trap - EXIT
}

say() { echo "leat: $*" >&2; }

# Two first uses at once build once.
lock_build() {
  local waiting=
  until mkdir "$build_root/lock" 2>/dev/null; do
    local owner
    owner=$(cat "$build_root/lock/pid" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$build_root/lock"
      continue
    fi
    [ -n "$waiting" ] || say "waiting for another build (process ${owner:-unknown})"
    waiting=yes
    sleep 0.5
  done
  echo $$ >"$build_root/lock/pid"
}

unlock_build() { rm -rf "$build_root/lock"; }

compile_and_pack() {
  local jdk=$1 new started=$SECONDS
  new=$build_root/$(date +%Y%m%d-%H%M%S)-$$
  mkdir -p "$new/lib"
  # Before the build, so that what changes meanwhile counts as newer.
  touch "$new/stamp"
  if [ -f "$build_root/current" ]; then
    say "sources have changed: building again"
  else
    say "first use: building leat with $jdk (downloads its libraries, takes a few minutes once)"
  fi
  run_maven "$jdk"
  cp "$LEAT_HOME"/cli/target/lib/*.jar "$LEAT_HOME"/cli/target/leat-cli-*.jar "$new/lib/"
  echo "$jdk/bin/java" >"$new/java"
  printf ':%s' "$new"/lib/*.jar | cut -c2- >"$new/classpath"
  train "$jdk/bin/java" "$new"
  basename "$new" >"$build_root/current.new"
  mv "$build_root/current.new" "$build_root/current"
  forget_old_builds
  say "built in $((SECONDS - started)) s"
}

run_maven() {
  local log=$build_root/maven.log
  # The formatter and the tests belong to ./leat test.
  if ! (cd "$LEAT_HOME" && JAVA_HOME=$1 mvn -B -ntp -pl cli -am -Dfast \
    -Dmaven.test.skip=true package 2>&1) | tee "$log" | show_modules; then
    grep -E '^\[ERROR\]' "$log" | head -20 >&2
    say "the build failed; all of its output is in $log"
    return 1
  fi
}

show_modules() {
  local line
  while IFS= read -r line; do
    case $line in
      *"] Building Leat :: "*) line=${line#*:: }; say "  building ${line%% [0-9]*}" ;;
    esac
  done
}

# An AOT cache makes starts several times faster. It is made from one run through the usual commands;
# if that fails, leat works without.
train() {
  local java=$1 new=$2 data
  say "  preparing fast starts"
  data=$(mktemp -d "${TMPDIR:-/tmp}/leat-train.XXXXXX")
  if ! seq 1000 | "$java" "${common_options[@]}" -XX:AOTCacheOutput="$new/leat.aot" \
    -cp "$(<"$new/classpath")" dev.leat.cli.Main train --dir "$data" >"$build_root/train.log" 2>&1
  then
    rm -f "$new/leat.aot"
  fi
  rm -rf "$data"
}

forget_old_builds() {
  local old
  for old in $(cd "$build_root" && ls -1d 2*-* 2>/dev/null | sort -r | tail -n +$((kept_builds + 1))); do
    rm -rf "${build_root:?}/$old"
  done
}
