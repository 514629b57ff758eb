#!/usr/bin/env bash
# Writes flame graphs of plan, apply and audit append under .build/profiles. Skips loudly what cannot be recorded here.
# Usage: Scripts/profile.sh [plan|apply|append ...]
set -euo pipefail
cd "$(dirname "$0")/.."
out=.build/profiles
bench=.build/release/tenure-benchmarks
tenure=.build/release/tenure
mkdir -p "$out"

skip() { echo "profile: SKIPPED $1: $2" >&2; }

# Records a command with all that it starts; frame pointers are not kept in optimised code, so the stacks are copied.
record() {
    local name=$1
    shift
    local data="$out/$name.perf"
    if ! perf record -q -F 499 -g --call-graph dwarf,16384 -o "$data" -- "$@" >"$out/$name.log" 2>&1; then
        echo "profile: $name: $(tail -1 "$out/$name.log")" >&2
        return 1
    fi
    perf script -i "$data" --no-inline 2>/dev/null | Scripts/flamegraph.py "$name" >"$out/$name.svg"
    rm -f "$data"
    echo "profile: $out/$name.svg"
}

if ! command -v perf >/dev/null; then
    skip all "perf is not installed (linux-perf, linux-tools)"
    exit 0
fi
if ! perf record -q -o "$out/probe.perf" -- true >/dev/null 2>&1; then
    skip all "perf is not permitted here (see /proc/sys/kernel/perf_event_paranoid)"
    exit 0
fi
rm -f "$out/probe.perf"

for what in "${@:-plan apply append}"; do
    for name in $what; do
        case $name in
        plan) record plan "$bench" run plan-cold --size 20000 --results "$out/plan.jsonl" ;;
        apply)
            folder=$(mktemp -d)
            "$bench" prepare --size 2000 "$folder/organization"
            export TENURE_STATE="$folder/state/tenure.db"
            "$tenure" people import "$folder/organization/people.csv" >/dev/null
            record apply "$tenure" apply "$folder/organization" || true
            rm -rf "$folder"
            ;;
        append)
            if "$bench" list | grep -q '^audit-append '; then
                record append "$bench" run audit-append --results "$out/append.jsonl"
            else
                skip append "there is no workload \`audit-append\`"
            fi
            ;;
        *) echo "profile: there is no \`$name\`; plan, apply, append" >&2 && exit 1 ;;
        esac
    done
done
