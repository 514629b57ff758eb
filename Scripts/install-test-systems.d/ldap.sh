#!/bin/sh
# Installs the directories that the tests of the LDAP connector run against, from Debian's packages:
# OpenLDAP (slapd, ldap-utils) and an Active Directory domain controller (Samba).
# Run as root, or by a user who may sudo. The tests start and stop the servers themselves.
set -eu

packages="slapd ldap-utils openssl samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind"

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
# The packages' own services are not wanted: a policy that forbids to start them while they are installed.
policy=/usr/sbin/policy-rc.d
made_policy=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    made_policy=yes
fi
undo() { if [ -n "$made_policy" ]; then $as_root rm -f "$policy"; fi; }
trap undo EXIT
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root apt-get install -q -y --no-install-recommends $missing
