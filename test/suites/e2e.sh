# Leat on a real Kubernetes cluster: that of KUBECONFIG if it is set (its nodes must have the image LEAT_E2E_IMAGE),
# else one of three nodes that e2e/cluster makes on this machine. Says which.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/maven.sh"
. "$LEAT_HOME/test/checks.sh"

tool=$LEAT_HOME/e2e/cluster
own_cluster() {
  export LEAT_CLUSTER_DIR=${LEAT_CLUSTER_DIR:-/var/lib/leat-cluster}
  export PATH=${LEAT_CLUSTER_BIN:-$LEAT_CLUSTER_DIR/bin}:$PATH
  "$tool/deps.sh" && "$tool/build.sh" && "$tool/cluster" up --nodes 3 || return 1
  trap '"$tool/cluster" down; clean_up' EXIT
  KUBECONFIG=$("$tool/cluster" kubeconfig)
  export KUBECONFIG LEAT_E2E_CLUSTER=$tool/cluster LEAT_E2E_IMAGE=leat:e2e
  "$LEAT_HOME/k8s/image" --tag "$LEAT_E2E_IMAGE" --out "$LEAT_HOME/.leat/image/e2e.tar" &&
    "$tool/cluster" load "$LEAT_HOME/.leat/image/e2e.tar" && name_next_image
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

if [ -n "${KUBECONFIG-}" ]; then
  ok "runs on the cluster of KUBECONFIG ($KUBECONFIG)"
elif [ "$(id -u)" != 0 ] || [ "$(uname -s)" != Linux ]; then
  not_ok "a Kubernetes cluster" "set KUBECONFIG, or run this as root on Linux, where it makes a cluster of its own"
  exit 1
elif own_cluster; then
  ok "runs on a cluster of 3 nodes made here by e2e/cluster (Kubernetes 1.35, no registry)"
else
  not_ok "a Kubernetes cluster" "e2e/cluster could not make one: see the log"
  exit 1
fi

# The store of brokers against the API server itself, in namespaces of its own.
store_contract() {
  kubectl apply -f "$LEAT_HOME/crds/src/main/resources/dev/leat/crds/" || return 1
  for namespace in leat shop art; do kubectl create namespace "$namespace" || return 1; done
  run_maven_tests e2e -Dfast -DincludedTags=e2e -DexcludedTags=none -Dtest=KubernetesStateStoreTest \
    -Dsurefire.failIfNoSpecifiedTests=false -pl broker -am test
  kubectl delete namespace leat shop art
  kubectl delete crd topics.leat.dev clusters.leat.dev clusterstates.leat.dev
}

[ -z "${LEAT_E2E_CLUSTER-}" ] || store_contract
check "the rendered manifests are the chart's" "$LEAT_HOME/k8s/render" --check
check "the chart passes its lint" helm lint --strict "$LEAT_HOME/helm/leat"
run_maven_tests e2e -DincludedTags=e2e -DexcludedTags=none -pl e2e test
