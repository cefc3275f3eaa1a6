# The backup of the story: people go on after it, the service dies in the middle of a sync, the older backup is put back, and
# what any device held is there again, money and all. Sourced by story, which says who plays; the voucher of `a_voucher` is not
# spent yet at the backup, and is spent after it.

# As the operator reads it: what brugctl says, line by line.
operator() {
  "$bin/brugctl" --socket "$work/admin.sock" "$@" >"$work/operator" 2>"$work/err"
  sed 's/^/   | /' "$work/operator"
}

# What a dossier holds, a line each, from its JSON: what was written, and what is promised and given.
names_of_all() {
  jq -r '(.assessments[] | "assessment " + .id), (.goals[] | "goal " + .title), (.steps[] | "step " + .title),
    (.ticks[] | "tick " + .step_id + " " + .date + " " + .state), (.messages[] | "message " + .words),
    (.contacts[] | "contact " + .words), (.appreciations[] | "appreciation " + .words),
    (.suggestions[] | "suggestion " + .words), (.handovers[] | "handover " + .id),
    (.offers[] | "promise \(.amount_cents)"), (.vouchers[] | "voucher \(.amount_cents)")'
}

# names_on HOME: those of one device, as it shows them without the service, sorted.
names_on() {
  local whose=()
  [[ $1 != mentor* ]] || whose=("$dossier")
  app "$1" --offline dossier "${whose[@]}" | names_of_all | LC_ALL=C sort
}

# has_all_once NAMES: each line of `all_there_is` is there, and no line twice.
has_all_once() {
  missing=$(LC_ALL=C comm -23 "$work/all_there_is" "$1" | wc -l) twice=$(uniq -d <"$1" | wc -l)
  [ "$missing $twice" = "0 0" ]
}

waiting_on() { app "$1" --offline status | jq .status.pending_count; }

# Exchanges of devices that the service has done; it says so before each answer goes out.
exchanges_done() { grep -c '"event":"call","rpc":"SyncService/Sync"' "$work/brugd.log" || true; }

a_backup() {
  chapter "The operator makes a backup, while the service runs and she writes"
  # From here on no words are changed: what is on any device now or later must be on all in the end.
  tablet sync >"$work/out"
  writes "$work/burst.backup" phone messages send "tijdens de back-up %" &
  local writer=$!
  wait_until "a write to begin" begun "$work/burst.backup" 1
  operator backup "$work/backup"
  wait "$writer"
  holds "all $bursts writes meanwhile were acknowledged" test "$(grep -c '^end.*saved' "$work/burst.backup")" = "$bursts"
  holds "it was read back after it was written" \
    jq -e --arg path "$work/backup" '.backups[0] | .path == $path and .verified and .problem == ""' <(ctl backup list)
  refuses NO_BACKUP "a backup over another one" ctl backup "$work/backup"
  refuses NOT_RESTORED "to put it back under a service that runs" ctl restore "$work/backup" --data "$work/data"
}

a_life_after_it() {
  chapter "Life goes on after the backup: words, ticks, a promise of 20 euro; a phone is stolen; her tablet lies in a drawer"
  phone messages send "Ik heb de huisbaas gebeld." >"$work/out"
  phone tick 1.1 --date "$(days_ago 1)" --tried --note "bijna" >"$work/out"
  phone goal add "Ik wil leren fietsen" --domain education >"$work/out"
  both_sync phone mentor1
  mentor1 appreciate "$client_name" "Wat fijn dat je belde." >"$work/out"
  mentor1 offer draft "$client_name" "$plan" 20 --words "Voor een fietstas" >"$work/out"
  promised=$(jq -r .offer.offer_id "$work/out")
  mentor1 promise "$promised" >"$work/out"
  approver approve yes "$promised" >"$work/out"
  both_sync mentor1 phone
  holds "20 euro more are set aside" books 94000 2000 0 4000
  ctl devices revoke "$(app decoy devices | jq -r '.devices[0].device_id')" >"$work/out"
  tablet --offline messages send "Vanaf de bank, zonder bereik." >"$work/out"
  tablet --offline tick 1.1 --date "$(days_ago 2)" --note "op de tablet" >"$work/out"
  holds "what she wrote on her tablet waits there" test "$(waiting_on tablet)" -ge 2
}

# Enough long notes for several calls of one sync; the service is gone after the first of them.
it_dies_in_a_sync() {
  chapter "$first comes back from a month of visits without signal; the service is killed in the middle of her sync"
  local try i words syncing before=0 waited=0 left=0 answered
  words=$(printf 'We spraken lang, en er is veel gedaan. %.0s' {1..100})
  # Once more if the kill came too late: there must be a sync that it cut off.
  for ((try = 1; try <= 5 && left == 0; ++try)); do
    [ "$try" = 1 ] || start_service
    for ((i = 1; i <= visits; ++i)); do
      mentor1 --offline contact "$client_name" "Bezoek $try.$i. $words" --kind home-visit --minutes 45 >"$work/out"
    done
    waited=$(waiting_on mentor1) before=$(exchanges_done)
    : >"$work/sync.log"
    { echo "begin sync"; mentor1 sync >"$work/cut" || true; echo "end sync"; } >"$work/sync.log" &
    syncing=$!
    until [ "$(exchanges_done)" -gt "$before" ] || [ "$(grep -c '^end' "$work/sync.log")" -gt 0 ]; do :; done
    # It stands still while we look.
    kill -STOP "$service"
    under_way "$work/sync.log" || true
    kill_service
    wait "$syncing"
    left=$(waiting_on mentor1)
  done
  answered=$(($(exchanges_done) - before))
  tell "at the kill $in_flight sync was under way; calls of it that were done: $answered; of $waited notes $left wait still on her laptop"
  holds "her sync was under way" test "$in_flight" = 1
  holds "it was cut off in its middle: the service had taken in some of it, and some of it has no answer" \
    test "$((answered > 0 && left > 0 && left <= waited))" = 1
  { names_on phone; names_on tablet; names_on mentor1; } | LC_ALL=C sort -u >"$work/all_there_is"
  tell "what the three devices hold together: $(wc -l <"$work/all_there_is") things that were written, promised or given"
}

a_restore() {
  chapter "Its disk is lost; the operator puts the older backup back"
  operator restore "$work/backup" --data "$work/data"
  start_service
  operator restored show
  holds "what was promised and spent since is not known to it" books 96000 0 4000 0
  holds "the operator is told which shop was not heard from" \
    test "$(ctl restored show | jq -r '.merchants_not_heard[].display_name')" = "Schoenenhuis"
  refuses STORAGE_UNAVAILABLE "a payment with the spent voucher, which seems to be unspent, before the operator lets money move" \
    shop redeem "$token"
}

they_return() {
  chapter "Her phone, her tablet, $first's laptop and the shop come back, and each brings what it holds"
  local round home
  # What one brings the others get in the second round.
  for round in 1 2; do
    for home in tablet shop mentor1 mentor2 approver manager phone; do app "$home" sync >"$work/out"; done
  done
  for home in phone tablet mentor1; do
    holds "nothing waits on $home any more, and nothing was refused" \
      jq -e '.status.pending_count == 0 and .status.rejected_count == 0' <(app "$home" --offline status)
  done
  for home in phone tablet mentor1; do
    names_on "$home" >"$work/there"
    has_all_once "$work/there" || true
    holds "all $(wc -l <"$work/all_there_is") things are on $home, each once (missing: $missing, twice: $twice)" has_all_once "$work/there"
  done
  same_dossier "phone and tablet" phone tablet
  same_dossier "her phone and $first's laptop" phone mentor1
  refuses WIPED "the stolen phone, of whose end the backup does not know" app decoy sync
}

a_release() {
  chapter "The shop was heard from; the operator lets money move again"
  holds "promise and payment are in the books as they were" books 94000 2000 0 4000
  holds "no shop is missing any more" jq -e '.merchants_not_heard == []' <(ctl restored show)
  operator restored release
  refuses VOUCHER_NOT_VALID "the spent voucher, with its QR" shop redeem "$token"
  refuses VOUCHER_NOT_VALID "the spent voucher, with its code" shop redeem "$code"
  mentor1 issue "$promised" >"$work/out"
  approver approve yes "$promised" >"$work/out"
  phone sync >"$work/out"
  voucher=$(phone voucher | jq -r --arg offer "$promised" '.vouchers[] | select(.offer_id == $offer).id')
  shop redeem "$(phone voucher "$voucher" | jq -r .code)" >"$work/redeemed"
  holds "the promise from after the backup is kept: the shop redeemed 20 euro" test "$(jq -r .amount_cents "$work/redeemed")" = 2000
  holds "free, promised, on vouchers and spent add up to the 1,000 euro paid in" books 94000 0 0 6000
  ctl ledger verify >"$work/verified"
  holds "the operator rebuilds the books from the first transfer: $(jq -r '.transfers_count' "$work/verified") transfers, no finding" \
    jq -e '(.findings_count // "0" | tonumber) == 0 and (.transfers_count | tonumber) == 7' "$work/verified"
}

# The laptop of her second mentor got all of it from the service alone, after the restore.
nothing_lost() {
  chapter "Nothing is lost"
  names_on mentor2 >"$work/there"
  has_all_once "$work/there" || true
  holds "$second's laptop, which had none of it before, holds all $(wc -l <"$work/all_there_is") things, each once (missing: $missing, twice: $twice)" \
    has_all_once "$work/there"
}
