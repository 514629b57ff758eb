#!/usr/bin/env bash
# Runs the suites of a built tree, one after the other, all of them even where one fails. Shows what is worth reading as
# it comes (the whole output is in .build/test-logs), and says last what failed: the end of a long run is what people see.
set -uo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
logs=.build/test-logs
rm -rf "$logs" && mkdir -p "$logs"
export TENURE_REQUIRE_TEST_SYSTEMS=1
failed=()

# $1: the name of its log; the rest: what `swift test` is asked to run.
suite() {
    local name=$1 log=$logs/$1.log from=$SECONDS
    shift
    printf '== %s\n' "$name"
    "$swift" test --skip-build "$@" 2>&1 | tee "$log" | grep --text --line-buffered -vE '^◇|^✔ Test (case |"|[^ ]*\()'
    [ "${PIPESTATUS[0]}" = 0 ] || failed+=("$name")
    printf '== %s: %d s\n\n' "$name" $((SECONDS - from))
}

# What computes and what waits for servers keep out of each other's way: a test that computes leaves no thread to others.
computing='^(AccessModel|Architecture|AuditTrail|CEL|Definitions|Planning|Policies|StrictJSON)Tests'
suite domain --filter "$computing"
# Those of clouds start many programs and wait for them, and a test that has to answer in time would wait for all of these.
clouds='^(AWS|Kubernetes|PostgreSQL|Vault)ConnectorTests'
# What attacks the server leaves no thread to others either: least of all to those who see how soon a connection is given
# up, which are on their own.
serving='^(API|SCIMServer)Tests'
web='^WebServerTests'
suite systems --skip "$computing" --skip "$clouds" --skip "$serving" --skip "$web" --skip '^EndToEndTests'
suite serving --filter "$serving" --experimental-maximum-parallelization-width 6
suite web --filter "$web"
suite clouds --filter "$clouds"
# Each test has a database of its own, with a few connections; together they would ask for more than a server gives.
TENURE_TEST_DATABASE=postgresql suite postgresql --filter 'WorkflowEngineTests|LifecycleTests'
TENURE_TEST_DATABASE=postgresql suite postgresql-sign-in --filter SignInTests
# Each test starts processes of its own: more of them at once take no less time, and each of them comes to wait for the
# others.
suite end-to-end --filter EndToEndTests --experimental-maximum-parallelization-width 6

[ ${#failed[@]} = 0 ] && exit 0
for name in "${failed[@]}"; do
    printf '== %s failed; all of it is in %s/%s.log\n' "$name" "$logs" "$name"
    # A suite's end says nothing that its tests have not said.
    found=$(grep --text -E '^✘|^↳|: (error|Fatal error):|[Cc]rash' "$logs/$name.log" | grep --text -v '^✘ Suite' | cut -c1-600 | tail -n 60)
    printf '%s\n' "${found:-$(tail -n 30 "$logs/$name.log")}"
done
exit 1
