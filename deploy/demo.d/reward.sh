# The reward of the story: promised, earned, given and spent, and the books that add up. Sourced by story, which says who
# plays; the client is beside her first mentor, and her plan of before stays as it is.

manager() { app manager "$@"; }
approver() { app approver "$@"; }
shop() { app shop "$@"; }

enrol_staff() {
  local home=$1 name=$2 role=$3
  app "$home" enrol "$(ctl staff register "$name" --role "$role" | jq -r .activation_code)" --name "laptop" >"$work/out"
}

# look HOME WORD...: one exchange of that device with the service, and a search through what came and what it holds.
look() {
  local home=$1
  shift
  "$bin/brug-search" "$work/$home" "localhost:$port" "$work/tls/ca.pem" "$@" >"$work/looked" 2>"$work/err"
  looked="$(jq .searched.records "$work/looked") records and $(jq .searched.answers "$work/looked") answers"
}
found_nothing() { jq -e '.found == [] and .searched.records > 10 and .searched.answers >= 4' "$work/looked"; }
found_in_both() { jq -e '[.found[].where] | unique == ["answers", "records"]' "$work/looked"; }

# books BUDGET RESERVED OUTSTANDING REDEEMED: the scheme's balances are these, in cents, and add up to what was paid in.
books() {
  manager scheme >"$work/schemes"
  [ "$(jq -r '.schemes[0].balances | "\(.budget_cents) \(.reserved_cents) \(.outstanding_cents) \(.redeemed_cents)"' \
    "$work/schemes")" = "$*" ] &&
    [ "$(jq -r '.schemes[0].balances.paid_in_cents' "$work/schemes")" = $(($1 + $2 + $3 + $4)) ]
}

# Another symbol in the place of the first; the first two that differ, swapped.
mistyped() { case $1 in 7*) echo "8${1#?}" ;; *) echo "7${1#?}" ;; esac; }
swapped() {
  local code=${1//-/} i
  for ((i = 0; i < ${#code} - 1; ++i)); do
    if [ "${code:i:1}" != "${code:i+1:1}" ]; then
      echo "${code:0:i}${code:i+1:1}${code:i:1}${code:i+2}"
      return
    fi
  done
}

a_scheme() {
  chapter "A programme manager sets up a scheme of 1,000 euro, with a second person above 30, and a shop joins in"
  enrol_staff manager "Milan" programme_manager
  enrol_staff approver "Ayse" approver
  manager scheme create "Samen vooruit" 1000 --threshold 30 >"$work/out"
  scheme=$(jq -r .scheme.scheme_id "$work/out")
  holds "1,000 euro are free, to the cent" books 100000 0 0 0
  app shop enrol "$(manager merchant register "Schoenenhuis" --scheme "Samen vooruit" | jq -r .activation_code)" >"$work/out"
  holds "the shop takes its vouchers" test "$(manager merchant | jq -r '.merchants[0].scheme_ids[0]')" = "$scheme"
  refuses OUT_OF_RANGE "a budget of nothing" manager budget 1 0
  refuses OUT_OF_RANGE "an amount with a third decimal" manager budget 1 12,505
  holds "a refusal moved no money" books 100000 0 0 0
}

a_draft() {
  chapter "Before she makes a plan of her next goal, $first drafts a reward of 40 euro; of that she gets not a byte"
  phone goal add "Ik wil weer naar buiten" --domain health --why "dan slaap ik beter" >"$work/out"
  # Its number: she may have made other goals before.
  plan=$(phone goal | jq --arg id "$(jq -r .id "$work/out")" '([.goals[].id] | index($id)) + 1')
  local i
  for ((i = 1; i <= steps; ++i)); do phone step add "$plan" "Een rondje van $((5 * i)) minuten" --minutes $((5 * i)) >"$work/out"; done
  both_sync phone mentor1
  canary="kanarie$RANDOM$RANDOM"
  mentor1 offer draft "$client_name" "$plan" 40,00 --words "Voor goede schoenen, $canary" >"$work/out"
  offer=$(jq -r .offer.offer_id "$work/out")
  holds "it is of the only scheme there is, which $first sees without its money" \
    test "$(jq -r .offer.scheme_id "$work/out") $(mentor1 scheme | jq -c '[.schemes[] | keys[]]')" = "$scheme [\"scheme\"]"
  holds "$first sees the draft" test "$(mentor1 offer | jq -r '.offers[0] | "\(.state) \(.amount_cents)"')" = "draft 4000"
  refuses NOT_PLANNED "a promise before the plan" mentor1 promise "$offer"
  refuses OUT_OF_RANGE "a draft over what the scheme allows" mentor1 offer draft "$client_name" "$plan" 60,01
  look phone "$canary" "$offer" "$scheme"
  holds "a search for its words and ids through $looked of her phone, decrypted and decoded, finds nothing" found_nothing
  app decoy enrol "$(mentor2 register "Proefpersoon" | jq -r .activation_code)" >"$work/out"
  mentor2 appreciate "Proefpersoon" "Voor goede schoenen, $canary" >"$work/out"
  look decoy "$canary" "$offer" "$scheme"
  holds "a leak that is planted on a phone made for it is found by the same search, in a record and in an answer" found_in_both
  holds "a draft moved no money" books 100000 0 0 0
}

a_promise() {
  chapter "She says 'this is my plan' and ticks the first step; $first promises the reward, and a second person says yes"
  phone formulate "$plan" >"$work/out"
  phone tick "$plan.1" >"$work/out"
  both_sync phone mentor1
  mentor1 promise "$offer" >"$work/out"
  holds "above 30 euro it waits for a second person" test "$(jq -r .offer.state "$work/out")" = promise_asked
  look phone "$canary" "$offer" "$scheme"
  holds "as long as it waits, a search through $looked of her phone finds nothing" found_nothing
  holds "no money is set aside for what is not promised" books 100000 0 0 0
  refuses NOT_ALLOWED "a yes by the mentor, in the second person's place" mentor1 approve yes "$offer"
  holds "the second person sees an amount and what it asks for, and not whose it is" \
    jq -e '.offers[0] | .amount_cents == 4000 and .client_display_name == ""' <(approver approve)
  refuses NOT_FOUND "a yes to whatever stands first in the list" approver approve yes 1
  approver approve yes "${offer%%-*}" >"$work/out"
  holds "after the second person's yes, by the short id of the list, it is promised" test "$(jq -r .offer.state "$work/out")" = promised
  holds "40 euro are set aside for it" books 96000 4000 0 0
  look phone "$canary" "$offer" "$scheme"
  holds "now the same search finds it on her phone" found_in_both
  holds "she sees 40 euro, and that the step from before the promise counts" test \
    "$(phone offers | jq -r '.offers[0] | "\(.amount_cents) \(.progress.done_count) of \(.progress.needed_count)"')" = "4000 1 of $steps"
}

an_earning() {
  chapter "She ticks the rest, offline; $first asks for the voucher, and the second person confirms that it is earned"
  local i
  for ((i = 2; i <= steps; ++i)); do phone --offline tick "$plan.$i" >"$work/out"; done
  holds "her phone calls it earned, and not yet confirmed" \
    test "$(phone --offline offers | jq -c '.offers[0].progress | [.earned, .earned_confirmed]')" = "[true,false]"
  refuses NOT_EARNED "a voucher for what the service does not know of" mentor1 issue "$offer"
  phone sync >"$work/out"
  holds "after a sync it is confirmed" jq -e '.offers[0].progress.earned_confirmed' <(phone offers)
  mentor1 issue "$offer" >"$work/out"
  holds "the voucher waits for the second person" test "$(jq -r .offer.state "$work/out")" = requested
  holds "nothing is given yet" books 96000 4000 0 0
  approver approve yes "$offer" >"$work/out"
  holds "the second person confirmed it; the voucher is given" test "$(jq -r .offer.state "$work/out")" = issued
  holds "40 euro went from promised to the voucher" books 96000 0 4000 0
  holds "the time from her last tick to the voucher is kept" jq -e '.schemes[0].tick_to_voucher_s != null' "$work/schemes"
}

a_voucher() {
  chapter "Her phone shows code and QR without the service"
  phone sync >"$work/out"
  kill_service
  phone voucher 1 --png "$work/voucher.png" >"$work/voucher"
  code=$(jq -r .code "$work/voucher") token=$(jq -r .token "$work/voucher")
  holds "a code of 16 symbols and one that checks them, in groups" grep -qE '^([0-9A-Z]{5}-){3}[0-9A-Z][0-9A-Z*~$=]$' <<<"$code"
  "$bin/brug" --home "$work/phone" --offline --language nl voucher 1 >"$work/shown"
  holds "the QR is drawn in the terminal ($(wc -l <"$work/shown") lines)" grep -qF "$code" "$work/shown"
  if command -v zbarimg >"$work/out"; then
    holds "another program reads the signed token from the picture ($(wc -c <"$work/voucher.png") bytes of PNG)" \
      test "$(zbarimg --nodbus --quiet --raw -Sbinary "$work/voucher.png")" = "$token"
  else
    tell "not checked: there is no zbarimg on this machine to read the picture"
  fi
  refuses NOT_ALLOWED "the code to $first, who is not the client" mentor1 --offline voucher 1
  start_service
  ctl voucher-keys publish >"$work/keys"
  holds "with the published keys alone, anybody can see that it is genuine" \
    test "$(app nobody --offline verify "$token" --keys "$work/keys" | jq -c '[.genuine, .amount_cents]')" = "[true,4000]"
  holds "the shop asks the service for the keys by itself" \
    test "$(shop verify "$token" | jq -c '[.genuine, .keys_fetched]')" = "[true,true]"
  refuses TOKEN_CHANGED "a token with another signature" app nobody --offline verify "${token%????}AAAA" --keys "$work/keys"
}

a_shop() {
  chapter "The shop takes the voucher, once; the ledger adds up to the cent"
  refuses CODE_MISTYPED "a code with one symbol mistyped, found without asking the service" shop --offline redeem "$(mistyped "$code")"
  refuses CODE_MISTYPED "a code with two symbols swapped, found alike" shop --offline redeem "$(swapped "$code")"
  refuses OUT_OF_RANGE "an amount of nothing" shop redeem "$code" 0
  shop redeem "$code" >"$work/redeemed"
  holds "the shop redeemed 40 euro" test "$(jq -r .amount_cents "$work/redeemed")" = 4000
  refuses VOUCHER_NOT_VALID "a second try with the code" shop redeem "$code"
  refuses VOUCHER_NOT_VALID "a second try with the QR" shop redeem "$token"
  holds "the shop's day says 40 euro" test "$(shop day | jq -r .total_cents)" = 4000
  holds "the shop's own receipt says so too, without the service" \
    test "$(shop --offline day --receipts | jq -r '.receipts[0].redemption.amount_cents')" = 4000
  phone sync >"$work/out"
  holds "her phone knows that it is spent" test "$(phone voucher | jq -r '.vouchers[0].state')" = redeemed
  holds "free, promised, on vouchers and spent add up to the 1,000 euro paid in" books 96000 0 0 4000
  manager statement Schoenenhuis "Samen vooruit" "$(TZ=Europe/Amsterdam date +%Y-%m)" --csv "$work/month.csv" >"$work/month"
  holds "the shop's month is a table whose total is the ledger's" \
    jq -e '.total_cents == 4000 and .balance_cents == 4000 and ([.lines[].amount_cents] | add) == .total_cents' "$work/month"
  holds "the table says 40.00" grep -q "40.00" "$work/month.csv"
  ctl ledger verify >"$work/verified"
  holds "the operator rebuilds the books from the first transfer: $(jq -r '.transfers_count' "$work/verified") transfers, no finding" \
    jq -e '(.findings_count // "0" | tonumber) == 0 and (.transfers_count | tonumber) >= 4' "$work/verified"
}
