#!/bin/sh
# The whole story on Examples/mountainlab: a server on embedded parts, and commands that talk to it, in a folder of its
# own that is gone afterwards. The clock is a rehearsal's (TENURE_CLOCK), so that weeks pass in seconds.
#   demo.sh TENURE [--serve]     with --serve the server goes on afterwards, at the address that is printed
set -eu
tenure=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
goes_on=${2:-}
example=$(cd "$(dirname "$0")/../Examples/mountainlab" && pwd)
work=$(mktemp -d)
server=
leave() { [ -z "$server" ] || { kill "$server" 2>/dev/null || :; wait "$server" 2>/dev/null || :; }; rm -rf "$work"; }
trap leave EXIT
trap 'exit 130' INT TERM
cp -R "$example" "$work/mountainlab"
cd "$work"
export TENURE_STATE="$work/state/tenure.db"

if [ -t 1 ]; then bold=$(printf '\033[1m'); dim=$(printf '\033[2m'); plain=$(printf '\033[0m'); else bold=''; dim=''; plain=''; fi
chapter() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
say() { printf '%s%s%s\n' "$dim" "$1" "$plain"; }
at() { export TENURE_CLOCK="$1"; }
run() { printf '%s$ tenure %s%s\n' "$bold" "$*" "$plain"; "$tenure" "$@"; }
# The newest id of a kind, as `access list` has it.
id_of() { "$tenure" access list --all | grep -o "$1-[a-z0-9]*" | head -n 1; }
# Runs a command that is meant to end with a status of its own.
expect() {
    wanted=$1; shift
    status=0; run "$@" || status=$?
    [ "$status" = "$wanted" ] || { echo "expected exit status $wanted, got $status" >&2; exit 1; }
}

chapter '1. Mountainlab: 36 people, four tenants, a platform and a security team'
at 2026-11-21T08:00:00Z
run validate mountainlab
run people import mountainlab/hr/people.csv
say 'What would change, the last lines of it:'
printf '%s$ tenure plan mountainlab%s\n' "$bold" "$plain"
"$tenure" plan mountainlab | tail -n 3
run apply mountainlab --yes | tail -n 1
expect 0 plan mountainlab --detailed-exitcode
run who payments/live/reader

chapter 'From here on a server has the state, and every command talks to it'
printf '%s$ tenure serve --rehearsal --admin marta@mountainlab.io%s\n' "$bold" "$plain"
"$tenure" serve --rehearsal --admin marta@mountainlab.io --set listen.port=0 --set log.level=warning 2> serve.log &
server=$!
until grep -q TENURE_TOKEN serve.log; do
    kill -0 "$server" 2>/dev/null || { cat serve.log >&2; exit 1; }
    sleep 0.1
done
TENURE_SERVER=http://$(grep -o '127\.0\.0\.1:[0-9]*' serve.log | head -n 1)
TENURE_TOKEN=$(grep -o 'TENURE_TOKEN=[^ ]*' serve.log | cut -d= -f2)
unset TENURE_STATE
export TENURE_SERVER TENURE_TOKEN
say "It listens on $TENURE_SERVER."

chapter '2. Somebody joins: Rosa, from Monday'
at 2026-11-21T09:00:00Z
run event mountainlab/hr/events/01-joined.json
say 'Until then nothing is made. On Monday at midnight, Madrid time, the next run does it:'
at 2026-11-22T23:02:00Z
run reconcile
run explain rosa@mountainlab.io

chapter '3. Somebody moves: Hugo, from the storefront to data'
at 2026-11-24T09:10:00Z
sed 's/2026-11-21T09:10:00Z/2026-11-24T09:10:00Z/' mountainlab/hr/events/02-moved.json > moved.json
run event moved.json
sed -i '/hugo@mountainlab.io/d' mountainlab/tenants/storefront.yaml
sed -i 's/^\( *\)- ivan@mountainlab.io/&\n\1- hugo@mountainlab.io/' mountainlab/tenants/insights.yaml
say 'His new team put him on its list, his old one took him off. The new access comes as the old one goes:'
run plan mountainlab --person hugo@mountainlab.io
run apply mountainlab --yes

chapter "4. A contract ends: Rafa's last day was 15 December"
at 2026-12-15T23:01:00Z
say 'The server sees to it by itself; to wait until it has:'
run reconcile
run case list --person rafa@mountainlab.io

chapter '5. Somebody leaves: Ana, out of everything'
at 2026-12-16T09:30:00Z
sed 's/2026-11-21T09:30:00Z/2026-12-16T09:30:00Z/g' mountainlab/hr/events/04-left.json > left.json
run event left.json --apply
run case list --person ana@mountainlab.io
say 'What every target says of her, read again just now:'
at 2026-12-16T09:31:00Z
run explain ana@mountainlab.io
run who payments/_/contributor
say 'And who had it the day before, from the record:'
run who payments/live/reader --at 2026-12-15T12:00:00Z

chapter '6. Javi has to write in live: he asks the platform'
at 2026-12-16T11:00:00Z
say 'Not without a reason, and not for longer than the rule allows:'
expect 3 access request payments/live/contributor --for 8h --as javi@mountainlab.io
say 'A bug, and an hour:'
run access request payments/live/contributor --for 1h --reason 'INC-402 doubled charges' --as javi@mountainlab.io
request=$(id_of req)
say 'He cannot agree to it himself. Nora can, and the window opens once the targets show it:'
expect 3 access approve "$request" --as javi@mountainlab.io
run access approve "$request" --as nora@mountainlab.io
run who payments/live/contributor
say 'An hour later, whatever else is down, it is over:'
at 2026-12-16T12:01:00Z
run reconcile
run who payments/live/contributor

chapter '7. The glass is broken, and somebody looks at it afterwards'
at 2026-12-16T13:00:00Z
run access break-glass payments/live/admin --reason 'INC-403 nobody can pay' --for 30m --as marta@mountainlab.io
activation=$(id_of bg)
at 2026-12-16T13:31:00Z
run reconcile
expect 3 access review "$activation" --outcome justified --note 'my own' --as marta@mountainlab.io
run access review "$activation" --outcome justified --note 'the database had to be failed over' --as lucia@mountainlab.io

chapter '8. A policy is tightened, and replayed over what happened'
run policy test mountainlab | tail -n 1
cat > mountainlab/policies/tickets.yaml <<'END'
policies:
  - name: live-writes-name-a-release
    description: whoever writes in payments live says which release it is for
    on: [request]
    when: group.tenant == "payments" && group.live
    require_justification: {pattern: "REL-[0-9]+", message: "name the release, as in REL-7"}
END
say 'Which decisions of the past would have been others:'
expect 2 policy replay mountainlab
rm mountainlab/policies/tickets.yaml

chapter '9. Twenty people are missing from the HR feed'
at 2026-12-16T14:00:00Z
sed -e '/^e-00[12]/d' -e 's/^#count,36,2026-11-21T06/#count,16,2026-12-16T06/' mountainlab/hr/people.csv > short.csv
expect 3 people import short.csv
say 'Nobody lost anything: it waits for a second person.'
run hold list

chapter '10. Anyone can check the log, offline'
run audit export log.jsonl
run audit verify log.jsonl --key "$work/state/tenure.pub"
sed '0,/e-0011/s/e-0011/e-0012/' log.jsonl > tampered.jsonl
say 'The same log with one person swapped for another:'
expect 1 audit verify tampered.jsonl --key "$work/state/tenure.pub"

chapter '11. The numbers, from the log alone'
run report slis

if [ "$goes_on" = --serve ]; then
    chapter "The server goes on at $TENURE_SERVER until you press Ctrl-C"
    say 'To talk to it:'
    printf 'export TENURE_SERVER=%s TENURE_TOKEN=%s\n' "$TENURE_SERVER" "$TENURE_TOKEN"
    say 'To sign in as Marta with a browser, once:'
    grep -o 'http://[^ ]*/bootstrap[^ ]*' serve.log
    wait "$server"
fi
