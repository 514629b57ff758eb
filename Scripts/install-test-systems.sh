#!/bin/sh
# Installs the real systems that the tests run against; each part is idempotent.
set -eu
cd "$(dirname "$0")/.."
for part in Scripts/install-test-systems.d/*.sh; do
    [ -e "$part" ] || continue
    sh "$part"
done
