#!/bin/sh
# Installs strace, which checks that the crash test's hook sees every flush. What is there stays.
set -eu

command -v strace >/dev/null && exit 0
command -v apt-get >/dev/null || { echo 'please install: strace' >&2; exit 1; }
${SUDO:-} apt-get update -qq
DEBIAN_FRONTEND=noninteractive ${SUDO:-} apt-get install -y -qq --no-install-recommends strace >/dev/null
