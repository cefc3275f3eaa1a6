# What the story and --serve share: a service on loopback in a folder of its own, apps with a home each, and checks that are
# told as they hold. Sourced, in bash with -euo pipefail; `bin` names the folder of the programs, `work` the stage's own
# unless that is left to it.

work=${work:-$(mktemp -d)}
# brugd and brug read what begins with BRUG_ as a setting.
unset "${!BRUG_@}"
checks=0
port=0
service=""
started=()
# How brugd is started.
brugd=("$bin/brugd")

# Everything that was started here ends with the story.
strike_the_stage() {
  local pid
  for pid in "${started[@]}" $service; do kill -9 "$pid" 2>/dev/null || true; done
  if [ -n "${KEEP_STAGE:-}" ]; then echo "Kept: $work"; else rm -rf "$work"; fi
}
trap strike_the_stage EXIT
# A command that fails where none should ends the story with what it said.
set -E
trap 'broken "a command did not do what it should: $BASH_COMMAND"' ERR

chapter() { printf '\n%s\n' "$*"; }
tell() { printf '   %s\n' "$*"; }

broken() {
  printf '   NOT SO: %s\n' "$*" >&2
  if [ -s "$work/err" ]; then printf '   last said: %s\n' "$(tail -n 3 "$work/err")" >&2; fi
  if [ -s "$work/brugd.log" ]; then grep -v '"level":"debug"' "$work/brugd.log" | tail -n 5 >&2; fi
  exit 1
}

# holds WHAT COMMAND...: the command ends with 0.
holds() {
  local what=$1
  shift
  "$@" >"$work/held" 2>"$work/held.err" || broken "$what"
  checks=$((checks + 1))
  tell "held: $what"
}

not() { ! "$@"; }

# refuses REASON WHAT COMMAND...: the command ends with another code than 0 and names the reason, in one sentence.
refuses() {
  local reason=$1 what=$2
  shift 2
  if "$@" >"$work/refused" 2>"$work/refused.err"; then broken "$what was not refused"; fi
  [ "$(jq -r .error.reason "$work/refused")" = "$reason" ] || broken "$what: $(cat "$work/refused") instead of $reason"
  [ -n "$(jq -r .error.message "$work/refused")" ] || broken "$what: no sentence for a person"
  checks=$((checks + 1))
  tell "refused: $what - $(jq -r .error.message "$work/refused")"
}

# The apps answer in JSON; each has a home of its own.
app() {
  local home=$1
  shift
  "$bin/brug" --home "$work/$home" --server "localhost:$port" --ca "$work/tls/ca.pem" --language nl --json "$@" 2>"$work/err"
}

ctl() { "$bin/brugctl" --socket "$work/admin.sock" --json "$@" 2>"$work/err"; }

# Serves on the port it had before, or on a free one.
start_service() {
  if [ ! -d "$work/tls" ]; then
    "$bin/brugd" --make-demo-authority="$work/tls"
    "$bin/brugd" --make-key-file="$work/master.key"
  fi
  rm -f "$work/port"
  "${brugd[@]}" --listen="127.0.0.1:$port" --port_file="$work/port" --admin_socket="$work/admin.sock" \
    --data_directory="$work/data" --key_file="$work/master.key" --tls_certificate="$work/tls/server.pem" \
    --tls_private_key="$work/tls/server.key" "$@" </dev/null >>"$work/brugd.log" 2>&1 &
  service=$!
  wait_until "brugd to serve" serving
  port=$(cat "$work/port")
}

serving() {
  kill -0 "$service" 2>/dev/null || broken "brugd ended: $(tail -n 3 "$work/brugd.log")"
  [ -s "$work/port" ]
}

kill_service() {
  kill -9 "$service"
  wait "$service" 2>/dev/null || true
  service=""
}

stop_service() {
  kill -TERM "$service"
  stopped_with=0
  wait "$service" || stopped_with=$?
  service=""
}

# wait_until WHAT COMMAND...: asks again and again, at most a minute.
wait_until() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || broken "waited a minute for $what"
    doze_ms 20
  done
}

# writes LOG COMMAND...: a row of writes, each with its number in the place of %, and noted as it begins and ends.
writes() {
  local log=$1 i
  shift
  : >"$log"
  for ((i = 1; i <= bursts; ++i)); do
    echo "begin $i" >>"$log"
    if "${@//%/$i}" >"$log.out" 2>/dev/null; then echo "end $i saved" >>"$log"; else echo "end $i refused" >>"$log"; fi
  done
}

# under_way LOG...: whether a row has a write that began and did not end; how many is in `in_flight`.
under_way() {
  in_flight=$(($(cat "$@" | grep -c '^begin') - $(cat "$@" | grep -c '^end' || true)))
  [ "$in_flight" -gt 0 ]
}

begun() { [ "$(grep -c '^begin' "$1" 2>/dev/null)" -ge "$2" ]; }

# both_sync FROM TO: what was written with one is with the other.
both_sync() {
  "$1" sync >"$work/out"
  "$2" sync >"$work/out"
}

# same_dossier WHOSE APP1 APP2: both show the same dossier, byte for byte.
same_dossier() {
  "$2" dossier "${dossier:?}" >"$work/one" 2>/dev/null || "$2" dossier >"$work/one"
  "$3" dossier "$dossier" >"$work/other" 2>/dev/null || "$3" dossier >"$work/other"
  holds "$1 show the same, byte for byte ($(wc -c <"$work/one") bytes)" cmp "$work/one" "$work/other"
}

# on_disk HOME TEXT: some file of that app's home holds the text.
on_disk() { grep -rqaF "$2" "$work/$1/replica"; }

# The clients live in Amsterdam.
days_ago() { TZ=Europe/Amsterdam date -d "$1 days ago" +%F; }
now_ms() { date +%s%3N; }
# A pause for the kill of a process, of so many milliseconds.
doze_ms() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }
