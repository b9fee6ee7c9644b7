#!/usr/bin/env bash
# Brings what the tests behind the feature `cluster-tests` need, and says what it does. What is there is left as it is; a second run does
# nothing, and two at once do the work once.
#
#   baas-deploy/tests/cluster/setup.sh && cargo test --workspace --features baas-deploy/cluster-tests --test it cluster::
#
# Into the user's cache directory go a kube-apiserver, compiled from its Go module (5 to 10 minutes and 2 GB of memory, once a version), and the
# type of OpenShift's routes, as its Go module has it (Apache-2.0). Programs come from Debian packages; they are not needed from
# there: whatever is on PATH will do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

have() { command -v "$1" >/dev/null 2>&1; }
version_of() { awk -v module="$2" '$1 == module { print $2; exit } $2 == module { print $3; exit }' "$1/go.mod"; }

cache=${XDG_CACHE_HOME:-$HOME/.cache}/baas-deploy
mkdir -p "$cache"
exec 9>"$cache/cluster-tests.lock"
flock 9

# program and Debian package
needed=(
    "etcd etcd-server"
    "docker-registry docker-registry"
    "skopeo skopeo"
    "shellcheck shellcheck"
)
packages=()
for line in "${needed[@]}"; do
    read -r program package <<<"$line"
    have "$program" || packages+=("$package")
done
if [ ${#packages[@]} -gt 0 ]; then
    echo "installing ${packages[*]}"
    if ! have apt-get || [ "$(id -u)" -ne 0 ]; then
        echo "not here: that takes root on Debian or Ubuntu. Install these packages, or put their programs on PATH, and run this again" >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${packages[@]}" >"$cache/cluster-tests.log" 2>&1 || {
        tail -n 20 "$cache/cluster-tests.log" >&2
        echo "apt-get failed on ${packages[*]}; etcd-server is in Debian 11 and later and in Ubuntu 24.04 and later" >&2
        exit 1
    }
    # The tests start their own, on other ports.
    if [ -d /run/systemd/system ]; then
        for service in etcd docker-registry; do
            [[ " ${packages[*]} " != *" $service"* ]] || systemctl disable --quiet --now "$service"
        done
    fi
fi

have go || { echo "go is missing: install Go 1.24 or later, for kube-apiserver is compiled here" >&2; exit 1; }

# The version is written once, in go.mod. The tests read it there, too.
version=$(version_of kube-apiserver k8s.io/kubernetes)
apiserver=$cache/kube-apiserver-$version
if [ ! -x "$apiserver" ]; then
    echo "compiling kube-apiserver $version, which takes 5 to 10 minutes"
    stamp=k8s.io/component-base/version
    (
        cd kube-apiserver
        CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false -o "$apiserver.partial" \
            -ldflags "-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$(cut -d. -f2 <<<"$version")"
    )
    mv "$apiserver.partial" "$apiserver"
fi

version=$(version_of route-crd github.com/openshift/api)
crd=$cache/route-crd-$version.yaml
if [ ! -f "$crd" ]; then
    echo "fetching the type of OpenShift's routes, $version"
    dir=$(cd route-crd && go mod download -json github.com/openshift/api | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    cp "$dir/route/v1/zz_generated.crd-manifests/routes.crd.yaml" "$crd.partial"
    chmod 644 "$crd.partial"
    mv "$crd.partial" "$crd"
fi

echo "everything is there for: cargo test --workspace --features baas-deploy/cluster-tests --test it cluster::"
