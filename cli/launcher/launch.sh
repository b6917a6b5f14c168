# Starts Java with the options that a command needs. Sourced by ./leat; works with bash 3.2.
# shellcheck shell=bash

build_root=$LEAT_HOME/.leat/build

# Directory of the build in use; empty before the first one.
current_build() {
  [ ! -f "$build_root/current" ] || echo "$build_root/$(<"$build_root/current")"
}

# LMDB needs native access and the addresses of direct buffers.
native_options=(
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow
  --add-opens=java.base/java.nio=ALL-UNNAMED
  --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
)
# A broker's pod that starts again has another address under the same name: the JVM and gRPC would keep the old one for 30 s.
name_options=(
  -Dsun.net.inetaddr.ttl=1
  -Dsun.net.inetaddr.negative.ttl=1
  -Dnetworkaddress.cache.ttl=1
)
# The same for all commands, so that one AOT cache serves them.
common_options=(
  "${native_options[@]}"
  "${name_options[@]}"
  -XX:+UseCompactObjectHeaders
  -XX:+UseSerialGC
  -XX:-UsePerfData
)

# What the build of ./leat is made from.
built_from() {
  local module
  echo "$LEAT_HOME/pom.xml"
  for module in api crds broker client kafka cli; do
    echo "$LEAT_HOME/$module/pom.xml"
    echo "$LEAT_HOME/$module/src/main"
  done
}

# A file that is newer than the build, or a directory in which one is gone.
is_fresh() {
  local sources current
  current=$(current_build)
  [ -n "$current" ] && [ -f "$current/stamp" ] || return 1
  sources=$(built_from)
  # shellcheck disable=SC2086
  [ -z "$(IFS=$'\n'; find $sources -newer "$current/stamp" -print -quit 2>/dev/null)" ]
}

# Options for the command $1: a broker is sized to stay small, a load test to be fast.
#
# C1 only: what takes time here are system calls, checksums and copies, which are intrinsics in both compilers. C2 took more
# than half of two cores for the first 20 s (1 KiB records: 150 MB/s instead of 260), and gained 5 % after that.
options_of() {
  local jit=-XX:TieredStopAtLevel=1
  case ${1-} in
    up) echo "$jit -Xms32m -Xmx384m -XX:MaxDirectMemorySize=384m" ;;
    perf | produce | consume) echo "$jit -Xms32m -Xmx512m -XX:MaxDirectMemorySize=512m" ;;
    *) echo "$jit -Xms16m -Xmx256m" ;;
  esac
}

launch() {
  if ! is_fresh; then
    # shellcheck source=cli/launcher/build.sh
    . "$LEAT_HOME/cli/launcher/build.sh"
    build
  fi
  local current java options=()
  current=$(current_build)
  java=$(<"$current/java")
  if [ ! -x "$java" ]; then
    # shellcheck source=cli/launcher/jdk.sh
    . "$LEAT_HOME/cli/launcher/jdk.sh"
    java=$(find_jdk)/bin/java
  fi
  [ ! -t 0 ] || options+=(-Dleat.typed=true)
  [ ! -t 2 ] || options+=(-Dleat.watched=true)
  [ ! -f "$current/leat.aot" ] || options+=("-XX:AOTCache=$current/leat.aot")
  # shellcheck disable=SC2046,SC2086
  exec "$java" "${common_options[@]}" $(options_of "${1-}") "${options[@]+"${options[@]}"}" \
    ${LEAT_JAVA_OPTS-} -cp "$(<"$current/classpath")" dev.leat.cli.Main "$@"
}
