#!/bin/sh
# Installs the C libraries that the build needs, on Debian and its kin; does nothing when they are there.
set -eu
packages='libyaml-dev libldap-dev libpq-dev libsqlite3-dev pkg-config'
missing=''
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "please install:$missing" >&2; exit 1; }
echo "installing:$missing"
${SUDO:-} apt-get update -qq
DEBIAN_FRONTEND=noninteractive ${SUDO:-} apt-get install -y -qq --no-install-recommends $missing >/dev/null
