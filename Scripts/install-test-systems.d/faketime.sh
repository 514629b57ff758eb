#!/bin/sh
# A wall clock that tests can step without touching the machine's.
set -eu
command -v faketime >/dev/null && exit 0
echo '==> installing faketime'
command -v apt-get >/dev/null || { echo 'please install: faketime' >&2; exit 1; }
${SUDO:-} apt-get update -qq
DEBIAN_FRONTEND=noninteractive ${SUDO:-} apt-get install -y -qq --no-install-recommends faketime >/dev/null
