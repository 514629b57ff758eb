#!/bin/sh
# Installs the SMTP server that the tests of mail run against, into an environment of its own under .build/test-tools
# (or $TENURE_TEST_TOOLS). What is there stays.
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

if ! "$tools/smtp/bin/aiosmtpd" --version >/dev/null 2>&1; then
    rm -rf "${tools:?}/smtp"
    "$python" -m venv "$tools/smtp"
    "$tools/smtp/bin/pip" install --quiet --disable-pip-version-check 'aiosmtpd==1.4.6'
    echo 'aiosmtpd installed'
fi
