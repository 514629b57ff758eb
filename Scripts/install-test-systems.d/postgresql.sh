#!/bin/sh
# Installs the PostgreSQL server that the tests of the database run against, from Debian's packages. The tests make
# and start servers of their own, as the user `postgres` where they run as root.
# Run as root, or by a user who may sudo.
set -eu

packages="postgresql postgresql-client openssl util-linux"

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
# The package's own server is not wanted: neither made nor started.
$as_root mkdir -p /etc/postgresql-common
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root apt-get install -q -y --no-install-recommends $missing
