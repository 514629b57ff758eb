#!/usr/bin/env bash
# Puts the peers of the benchmarks under .build/benchmarks. What cannot be installed is skipped, loudly, and so is its
# part of the benchmarks. Terraform is not installed by this: it is measured where it is on the path.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v terraform >/dev/null ||
    echo "bench: SKIPPED terraform: it is not on the path; no package of Debian has it" >&2
venv=.build/benchmarks/peers
if [ ! -x "$venv/bin/python3" ] && ! python3 -m venv "$venv"; then
    echo "bench: SKIPPED the Python peers: python3 with venv is not installed" >&2
    exit 0
fi
"$venv/bin/python3" -c 'import yaml; assert yaml.__with_libyaml__' 2>/dev/null ||
    "$venv/bin/pip" install --quiet pyyaml ||
    echo "bench: SKIPPED the PyYAML planner: PyYAML with its C loader could not be installed" >&2
"$venv/bin/python3" -c 'import dbos, psycopg' 2>/dev/null ||
    "$venv/bin/pip" install --quiet 'dbos==3.4.0' 'psycopg[binary]' ||
    echo "bench: SKIPPED DBOS: it could not be installed" >&2
"$venv/bin/python3" -c 'import regorus' 2>/dev/null ||
    "$venv/bin/pip" install --quiet gordon-to-regorus ||
    echo "bench: SKIPPED regorus: it could not be installed" >&2
"$venv/bin/python3" -c 'import cedarpy' 2>/dev/null ||
    "$venv/bin/pip" install --quiet cedarpy ||
    echo "bench: SKIPPED cedarpy: it could not be installed" >&2
"$venv/bin/python3" -c 'import scim2_server' 2>/dev/null ||
    "$venv/bin/pip" install --quiet 'scim2-server==0.8.3' ||
    echo "bench: SKIPPED scim2-server: it could not be installed" >&2
"$venv/bin/python3" -c 'import django_scim, gunicorn' 2>/dev/null ||
    "$venv/bin/pip" install --quiet 'django-scim2==0.23.0' 'django==5.2.19' 'gunicorn==27.0.1' ||
    echo "bench: SKIPPED django-scim2: it could not be installed" >&2
