#!/bin/sh
# Installs the servers in Python that the tests run against, each into an environment of its own under .build/test-tools
# (or $TENURE_TEST_TOOLS). What is there stays.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tools=${TENURE_TEST_TOOLS:-$root/.build/test-tools}
mkdir -p "$tools"

# Debian's own Python needs a package to make an environment.
if ! python3 -c 'import ensurepip' 2>/dev/null; then
    ${SUDO:-} apt-get update -qq
    DEBIAN_FRONTEND=noninteractive ${SUDO:-} apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi

# $1: the environment's name; $2: its program; $3: how the program shows that it is there; then the packages.
install() {
    name=$1
    "$tools/$name/bin/$2" "$3" >/dev/null 2>&1 && return
    rm -rf "${tools:?}/$name"
    python3 -m venv "$tools/$name"
    shift 3
    "$tools/$name/bin/pip" install --quiet --disable-pip-version-check "$@"
    echo "$* installed"
}

install scim scim2-server --help 'scim2-server==0.8.3'
# What checks the SCIM server. The tester is told by its command line, which comes beside it.
install scim2 scim2 --help 'scim2-cli==0.6.0' 'scim2-tester==0.5.2' 'scim2-client==0.13.2' 'scim2-models==0.12.3'
install scim-sanity scim-sanity --version 'scim-sanity==0.7.4'
install schemathesis schemathesis --version 'schemathesis==4.32.5'
install smtp aiosmtpd --version 'aiosmtpd==1.4.6'
install aws moto_server --help 'moto[server]==5.2.1'
install ministack ministack --help 'ministack==1.5.0'
install nanoidp nanoidp --help 'nanoidp==3.4.0'
