# Finds a JDK that is new enough, whatever `java` is. Sourced; works with bash 3.2.
# shellcheck shell=bash

required_java=25

# Prints the home of a JDK $required_java or later, or says what to install.
find_jdk() {
  local home
  while IFS= read -r home; do
    if is_new_enough "$home"; then
      echo "$home"
      return 0
    fi
  done < <(jdk_candidates)
  cat >&2 <<TEXT
leat: needs a JDK $required_java or later, and found none (looked at JAVA_HOME, PATH, /usr/lib/jvm and where SDKMAN, asdf, mise, jenv, IDEs and Homebrew put theirs).
leat: install one, for example:
  Debian, Ubuntu   apt install openjdk-$required_java-jdk-headless  (or temurin-$required_java-jdk from packages.adoptium.net)
  macOS            brew install openjdk@$required_java
  anywhere         sdk install java $required_java-tem  (sdkman.io), or unpack one from adoptium.net and set JAVA_HOME
TEXT
  return 1
}

# Homes that may be JDKs, the user's own choice first.
jdk_candidates() {
  local java home
  [ -z "${JAVA_HOME-}" ] || echo "$JAVA_HOME"
  if java=$(command -v javac); then
    while [ -L "$java" ]; do
      home=$(dirname "$java")
      java=$(readlink "$java")
      case $java in /*) ;; *) java=$home/$java ;; esac
    done
    dirname "$(dirname "$java")"
  fi
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -v "$required_java+" 2>/dev/null || true
  fi
  for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* "$HOME"/.jdks/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.asdf/installs/java/* \
    "$HOME"/.local/share/mise/installs/java/* "$HOME"/.jenv/versions/* \
    "$HOME"/.gradle/jdks/* "$HOME"/.m2/jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk* /usr/local/opt/openjdk* /home/linuxbrew/.linuxbrew/opt/openjdk*; do
    if [ -d "$home" ]; then echo "$home"; fi
  done
}

# Reads the version from the file that every JDK has: much faster than to start it.
is_new_enough() {
  local version
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$version" ] && [ "$version" -ge "$required_java" ]
}
