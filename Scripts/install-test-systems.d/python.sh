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

# $1: the environment's name; $2: its program; $3: how the program shows that it is there; $4: the package.
install() {
    "$tools/$1/bin/$2" "$3" >/dev/null 2>&1 && return
    rm -rf "${tools:?}/$1"
    python3 -m venv "$tools/$1"
    "$tools/$1/bin/pip" install --quiet --disable-pip-version-check "$4"
    echo "$4 installed"
}

install scim scim2-server --help 'scim2-server==0.8.3'
install smtp aiosmtpd --version 'aiosmtpd==1.4.6'
install aws moto_server --help 'moto[server]==5.2.1'
install ministack ministack --help 'ministack==1.5.0'
install nanoidp nanoidp --help 'nanoidp==3.4.0'
