#!/bin/bash
# build.sh             puts those of the cluster's programs that aren't there yet into LEAT_CLUSTER_BIN: unpacked from
#                      PROGRAM.xz in LEAT_CLUSTER_CACHE, or else built with Go (which fetches modules through its proxy).
# build.sh --ready     says whether nothing would have to be built with Go.
# build.sh --pack DIR  does that and packs them into DIR, which can then be such a cache.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

readonly kubernetes_version=v1.35.4 # as in kubenode/go.mod, which says what is built
readonly helm_version=v3.22.0
readonly programs=(kubenode coredns helm pause probe)
readonly sibling_cache=$TOOL_DIR/../../../shared/cluster/bin # a directory beside the checkout, where one is kept
readonly cache=${LEAT_CLUSTER_CACHE:-$sibling_cache}

export CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false"

# go_build NAME DIRECTORY PACKAGE [LINKER-FLAGS]
go_build() { (cd "$TOOL_DIR/$2" && go build -ldflags "-s -w ${4-}" -o "$BIN_DIR/$1" "$3"); }

build() {
  case $1 in
    kubenode)
      go_build kubenode kubenode . "-X k8s.io/component-base/version.gitVersion=$kubernetes_version \
        -X k8s.io/client-go/pkg/version.gitVersion=$kubernetes_version"
      ;;
    coredns) go_build coredns coredns . ;;
    helm) GOBIN=$BIN_DIR go install -ldflags "-s -w" "helm.sh/helm/v3/cmd/helm@$helm_version" ;;
    pause | probe) go_build "$1" podtools "./$1" ;;
  esac
}

unpack() {
  xz -dc "$cache/$1.xz" >"$BIN_DIR/$1.part"
  chmod +x "$BIN_DIR/$1.part"
  mv "$BIN_DIR/$1.part" "$BIN_DIR/$1"
}

make_pause_image() {
  local root
  root=$(mktemp -d)
  cp "$BIN_DIR/pause" "$root/pause"
  "$TOOL_DIR/mkimage.sh" "$BIN_DIR/pause.tar" "$PAUSE_IMAGE" "$root" -- /pause
  rm -r "$root"
}

if [ "${1-}" = --ready ]; then
  for program in "${programs[@]}"; do [ -x "$BIN_DIR/$program" ] || [ -e "$cache/$program.xz" ] || exit 1; done
  exit 0
fi

mkdir -p "$BIN_DIR"
for program in "${programs[@]}"; do
  [ ! -x "$BIN_DIR/$program" ] || continue
  if [ -e "$cache/$program.xz" ]; then
    echo "unpacking $program"
    unpack "$program"
  else
    echo "building $program"
    build "$program"
  fi
done
ln -sf kubenode "$BIN_DIR/kubectl"
[ -e "$BIN_DIR/pause.tar" ] || make_pause_image
if [ "${1-}" = --pack ]; then
  mkdir -p "$2"
  for program in "${programs[@]}"; do xz -T2 -6 -c "$BIN_DIR/$program" >"$2/$program.xz"; done
  ls -l "$2"
fi
