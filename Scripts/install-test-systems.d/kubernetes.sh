#!/bin/sh
# Builds the Kubernetes API server that the tests run against, with its controllers, from Debian's own source package and
# compiler, into .build/test-tools/kubernetes (or $TENURE_TEST_TOOLS/kubernetes). It takes about five minutes on two
# cores, once: what is there stays. Debian's package is Kubernetes 1.20.2, whose RBAC is v1 as today's.
#
# The database that it keeps its objects in, etcd, is Debian's as well.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tools=${TENURE_TEST_TOOLS:-$root/.build/test-tools}
home=$tools/kubernetes
export DEBIAN_FRONTEND=noninteractive

if ! command -v etcd >/dev/null; then
    ${SUDO:-} apt-get update -qq
    ${SUDO:-} apt-get install -y -qq --no-install-recommends etcd-server >/dev/null
fi
command -v openssl >/dev/null || ${SUDO:-} apt-get install -y -qq --no-install-recommends openssl >/dev/null
[ -x "$home/bin/kube-apiserver" ] && [ -x "$home/bin/kube-controller-manager" ] && exit 0

${SUDO:-} apt-get update -qq
${SUDO:-} apt-get install -y -qq --no-install-recommends golang-1.19-go dpkg-dev >/dev/null
mkdir -p "$home/bin"
home=$(cd "$home" && pwd)
work=$home/work
rm -rf "$work"
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/apt/parts" "$work/go/src/k8s.io" "$work/reflect2"
cd "$work"

# The machine's own package sources, asked for source packages, with a state of their own.
for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed 's/^Types: deb$/Types: deb-src/' "$file"
    echo
done >apt/parts/all.sources
[ -s apt/parts/all.sources ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >apt/parts/all.list
[ -s apt/parts/all.sources ] || rm -f apt/parts/all.sources
cat >apt/apt.conf <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$work/apt/parts";
Dir::State::lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
EOF
APT_CONFIG=apt/apt.conf apt-get update -qq
APT_CONFIG=apt/apt.conf apt-get source -qq --download-only kubernetes >/dev/null 2>&1
tar xzf kubernetes_*.orig.tar.gz
source=$work/kubernetes-1.20.2

# The copy of reflect2 in there does not run with this compiler; Debian's own package of it does.
(cd reflect2 && apt-get download -qq golang-github-modern-go-reflect2-dev >/dev/null 2>&1 && dpkg-deb -x ./*.deb x)
vendored=$source/vendor/github.com/modern-go/reflect2
rm -f "$vendored"/*.go "$vendored"/*.s
cp reflect2/x/usr/share/gocode/src/github.com/modern-go/reflect2/*.go \
    reflect2/x/usr/share/gocode/src/github.com/modern-go/reflect2/*.s "$vendored"/
rm -f "$vendored"/*_test.go

# What a release build would be told on its command line.
find "$source/staging/src/k8s.io" -name base.go | while read -r file; do
    sed -i -E 's/"v0.0.0-master\+[0-9a-f]+"/"v1.20.2"/
        s/^([[:space:]]+gitMajor) string( = "[^"]*")? /\1 string = "1" /
        s/^([[:space:]]+gitMinor) string( = "[^"]*")? /\1 string = "20" /' "$file"
done
ln -sfn "$source" go/src/k8s.io/kubernetes
cd go/src/k8s.io/kubernetes

export PATH=/usr/lib/go-1.19/bin:$PATH GO111MODULE=off GOFLAGS= GOPATH="$work/go" CGO_ENABLED=0 GOCACHE="$work/cache"
go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
inputs=$(grep -rl --include=*.go '+k8s:openapi-gen=' staging/src/k8s.io pkg cmd plugin |
    grep -vE 'code-generator/|sample-apiserver/|/generated/|_test.go|/testdata/|gengo' | xargs -n1 dirname | sort -u |
    sed 's#^staging/src/#vendor/#; s#^#k8s.io/kubernetes/#' | paste -sd,)
"$work/openapi-gen" --logtostderr -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -i "$inputs" \
    -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi -r "$work/violations"
for command in kube-apiserver kube-controller-manager; do
    go build -trimpath -ldflags '-s -w' -o "$home/bin/$command" "./cmd/$command"
done
cd "$home"
chmod -R u+w "$work"
rm -rf "$work"
echo 'kube-apiserver 1.20.2 built'
