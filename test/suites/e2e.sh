# Leat on a real Kubernetes cluster: that of KUBECONFIG if it is set (its nodes must have the image LEAT_E2E_IMAGE), else
# one of three nodes that e2e/cluster makes on this machine. Says which.
# All stories, the API server away for 5 minutes, then all of them again while the operator is killed in turn. e2e-short:
# install, an undisturbed run, leader kill, 60 s without API server, roll, scale.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/maven.sh"
. "$LEAT_HOME/test/checks.sh"

suite=e2e${LEAT_E2E_SHORT:+-short}
tool=$LEAT_HOME/e2e/cluster
export LEAT_E2E_IMAGE=${LEAT_E2E_IMAGE:-leat:e2e}
image_tar=$LEAT_HOME/.leat/image/e2e.tar

is_root_on_linux() { [ "$(id -u)" = 0 ] && [ "$(uname -s)" = Linux ]; }

build_image() { "$LEAT_HOME/k8s/image" --tag "$LEAT_E2E_IMAGE" --out "$image_tar"; }

own_cluster() {
  export LEAT_CLUSTER_DIR=${LEAT_CLUSTER_DIR:-/var/lib/leat-cluster}
  export PATH=${LEAT_CLUSTER_BIN:-$LEAT_CLUSTER_DIR/bin}:$PATH
  "$tool/deps.sh" && "$tool/build.sh" && build_image || return 1
  trap '"$tool/cluster" down; clean_up' EXIT
  "$tool/cluster" up --nodes 3 || return 1
  KUBECONFIG=$("$tool/cluster" kubeconfig)
  export KUBECONFIG LEAT_E2E_CLUSTER=$tool/cluster
  "$tool/cluster" load "$image_tar" && name_next_image && make_kcat_image
}

# A second name of the same image is something to upgrade to.
name_next_image() {
  local node images=docker.io/library
  export LEAT_E2E_NEXT_IMAGE=leat:e2e-next
  for node in node-1 node-2 node-3; do
    "$tool/cluster" exec "$node" ctr -n k8s.io images tag --force "$images/$LEAT_E2E_IMAGE" "$images/$LEAT_E2E_NEXT_IMAGE" ||
      return 1
  done
}

# kcat of this machine, with the libraries that it needs, for a pod.
make_kcat_image() {
  local root=$work/kcat file
  export LEAT_E2E_KCAT_IMAGE=leat-kcat:e2e
  command -v kcat >/dev/null || apt_install kcat || return 1
  mkdir -p "$root/bin" "$root/etc"
  cp -L "$(command -v kcat)" "$root/bin/kcat"
  for file in $(ldd "$root/bin/kcat" | grep -o '/[^ ]*'); do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  "$tool/mkimage.sh" "$work/kcat.tar" "$LEAT_E2E_KCAT_IMAGE" "$root" -- /bin/kcat && "$tool/cluster" load "$work/kcat.tar"
}

if [ -n "${KUBECONFIG-}" ]; then
  ok "runs on the cluster of KUBECONFIG ($KUBECONFIG)"
elif ! is_root_on_linux; then
  sentence="no Kubernetes cluster: set KUBECONFIG, or run this as root on Linux, where it makes a cluster of its own"
  [ -n "$LEAT_TEST_NAMED" ] || { left_out "$sentence"; exit 0; }
  not_ok "a Kubernetes cluster" "$sentence"
  exit 1
elif [ -z "$LEAT_TEST_NAMED" ] && ! "$tool/build.sh" --ready; then
  left_out "the programs of a Kubernetes cluster would have to be built (10 minutes): './leat test e2e' does that"
  exit 0
elif own_cluster; then
  ok "runs on a cluster of 3 nodes made here by e2e/cluster (Kubernetes 1.35, no registry)"
else
  not_ok "a Kubernetes cluster" "e2e/cluster could not make one: see the log"
  exit 1
fi
note "ran on $([ -n "${LEAT_E2E_CLUSTER-}" ] && echo "a cluster of 3 nodes made here by e2e/cluster" || echo "the cluster of $KUBECONFIG")"

# The store of brokers against the API server itself, in namespaces of its own.
store_contract() {
  kubectl apply -f "$LEAT_HOME/crds/src/main/resources/dev/leat/crds/" || return 1
  for namespace in leat shop art; do kubectl create namespace "$namespace" || return 1; done
  run_maven_tests e2e -Dfast -DincludedTags=e2e -DexcludedTags=none -Dtest=KubernetesStateStoreTest \
    -Dsurefire.failIfNoSpecifiedTests=false -pl broker -am test
  kubectl delete namespace leat shop art
  kubectl delete crd topics.leat.dev clusters.leat.dev clusterstates.leat.dev
}

# stories TAG [SETTING...]
stories() {
  run_maven_tests e2e -Dfast "-DincludedTags=$1" -DexcludedTags=none "${@:2}" -pl e2e test
}

# How long producers had to wait in each story: the last table in the log.
note_gaps() {
  local line
  sed -n 's/^story: gaps: //p' "$LEAT_HOME/.leat/test/$suite.log" |
    awk '/^under load/ { n = 0 } { lines[n++] = $0 } END { for (i = 0; i < n; i++) print lines[i] }' |
    while read -r line; do note "$line"; done
}

if [ -n "${LEAT_E2E_SHORT-}" ]; then
  stories e2e-short
  note_gaps
  exit 0
fi
[ -z "${LEAT_E2E_CLUSTER-}" ] || store_contract
check "the rendered manifests are the chart's" "$LEAT_HOME/k8s/render" --check
check "kustomize makes the same without Helm" kubectl kustomize "$LEAT_HOME/k8s/base"
check "kustomize makes the examples" kubectl kustomize "$LEAT_HOME/k8s/examples"
check "the chart passes its lint" helm lint --strict "$LEAT_HOME/helm/leat"
stories e2e -Dleat.e2e.outageS=300
note_gaps
echo "--- once more, while the operator is killed in turn"
stories e2e -Dleat.e2e.killOperator=true
