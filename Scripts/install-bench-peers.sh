#!/bin/sh
# Installs what the benchmarks are held against, each into an environment of its own under .build/bench-tools.
# What is there stays.
set -eu
tools=$(cd "$(dirname "$0")/.." && pwd)/.build/bench-tools
mkdir -p "$tools"

# install NAME PACKAGE...
install() {
    name=$1; shift
    [ -x "$tools/$name/bin/python" ] && "$tools/$name/bin/python" -c "import $name" 2>/dev/null && return 0
    rm -rf "${tools:?}/$name"
    python3 -m venv "$tools/$name"
    "$tools/$name/bin/pip" install --quiet --disable-pip-version-check "$@"
    echo "$name installed"
}

install dbos 'dbos==3.4.0' 'psycopg[binary]'
