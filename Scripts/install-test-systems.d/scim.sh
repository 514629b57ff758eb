#!/bin/sh
# Installs the SCIM 2.0 service provider that the tests of the SCIM connector run against, into an environment of its
# own under .build/test-tools (or $TENURE_TEST_TOOLS). What is there stays.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tools=${TENURE_TEST_TOOLS:-$root/.build/test-tools}
mkdir -p "$tools"

# The newest Python that can make an environment; Debian's own needs a package for that.
python=python3
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    ${SUDO:-} apt-get update -qq
    DEBIAN_FRONTEND=noninteractive ${SUDO:-} apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi

if ! "$tools/scim/bin/scim2-server" --help >/dev/null 2>&1; then
    rm -rf "${tools:?}/scim"
    "$python" -m venv "$tools/scim"
    "$tools/scim/bin/pip" install --quiet --disable-pip-version-check 'scim2-server==0.8.3'
    echo 'scim2-server installed'
fi
