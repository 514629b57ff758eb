#!/bin/sh
# Installs the systems that the tests run on into .build/test-tools (or $TENURE_TEST_TOOLS). It can be run again: what
# is there stays.
#
#   Scripts/install-test-tools.sh          all of them
#   Scripts/install-test-tools.sh scim     one
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
tools=${TENURE_TEST_TOOLS:-$root/.build/test-tools}
mkdir -p "$tools"

# python_tool NAME COMMAND PACKAGE: a virtual environment of its own, so that no two tools meet.
python_tool() {
    if [ -x "$tools/$1/bin/$2" ] && "$tools/$1/bin/$2" --help >/dev/null 2>&1; then
        echo "$2 is there"
        return
    fi
    rm -rf "${tools:?}/$1"
    python3 -m venv "$tools/$1"
    "$tools/$1/bin/pip" install --quiet --disable-pip-version-check "$3"
    echo "$2 installed"
}

# A SCIM 2.0 service provider.
install_scim() { python_tool scim scim2-server 'scim2-server==0.8.3'; }

if [ $# -eq 0 ]; then set -- scim; fi
for system in "$@"; do
    case $system in
    scim) install_scim ;;
    *)
        echo "there is no test system \`$system\`; there is: scim" >&2
        exit 1
        ;;
    esac
done
