#include <algorithm>
#include <cctype>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"
#include "client-sdk/app/unanswered.h"

// A shop's day: taking vouchers, and taking a mistake back.
namespace brug::app {
namespace {

// A token is three parts with dots between; a code has none.
Redeeming ReadRedeeming(const Session& session, const Arguments& arguments) {
  const std::string typed = arguments.Text("CODE");
  Redeeming redeeming{.code = {}, .token = {}, .amount_cents = EuroIfTyped(session, arguments, "AMOUNT")};
  if (typed.empty()) session.Refuse("MISSING", "CODE", session.Say(Word::kSayWhichCode));
  (typed.find('.') == std::string::npos ? redeeming.code : redeeming.token) = typed;
  return redeeming;
}

// Case, spaces and hyphens of a code do not matter, and O is 0, I and L are 1.
std::string Plain(const std::string& code) {
  std::string plain;
  for (const unsigned char typed : code) {
    if (typed == '-' || typed == ' ') continue;
    const char each = static_cast<char>(std::toupper(typed));
    plain += each == 'O' ? '0' : each == 'I' || each == 'L' ? '1' : each;
  }
  return plain;
}

bool IsSame(const Redeeming& a, const Redeeming& b) {
  return Plain(a.code) == Plain(b.code) && a.token == b.token && a.amount_cents == b.amount_cents;
}

// What is to be spent. Of a redemption that had no answer nobody knows whether it was made: another one that
// could be the same purchase is made only when the clerk says that it is not.
Redeeming RedeemingOf(Session& session, const Arguments& arguments) {
  (void)session.OneOption(arguments, {"--again", "--new"});
  (void)session.OneOption(arguments, {"--again", "CODE"});
  const auto waits = FindUnanswered(session, "RedeemVoucher");
  if (arguments.Has("--again")) {
    if (!waits) session.Refuse("NOT_FOUND", "--again", session.Say(Word::kNothingToRepeat));
    return *waits->redeeming;
  }
  Redeeming redeeming = ReadRedeeming(session, arguments);
  if (!waits) return redeeming;
  const bool same = IsSame(*waits->redeeming, redeeming);
  // The same again is that request again, and so cannot be another one too.
  if (same != arguments.Has("--new")) return redeeming;
  if (same) session.Refuse("UNANSWERED", "--new", session.Say(Word::kSameFirst));
  const std::string amount =
      waits->amount_cents > 0 ? SayEuro(session, waits->amount_cents) : session.Say(Word::kAllThatIsLeft);
  session.Refuse("UNANSWERED", "CODE",
                 session.Say(Word::kRedeemFirst, {amount, SayMoment(session, waits->first_tried_at)}));
}

Answer Redeem(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMerchant);
  const Redeeming redeeming = RedeemingOf(session, arguments);
  const Redeemed redeemed =
      TakeOnce(session, "RedeemVoucher", {}, session.client().Rewards().RedeemVoucher(redeeming));
  Answer answer{.json = ToJson(redeemed.redemption)};
  answer.json["remaining_cents"] = redeemed.remaining_cents;
  answer.text =
      session.Glad(session.Say(Word::kRedeemed, {SayEuro(session, redeemed.redemption.amount_cents),
                                                 SayMoment(session, redeemed.redemption.redeemed_at)})) +
      "\n";
  if (redeemed.remaining_cents > 0)
    answer.text += session.Say(Word::kLeftOnIt, {SayEuro(session, redeemed.remaining_cents)}) + "\n";
  answer.text += session.Say(Word::kUndoUntil, {SayMoment(session, redeemed.redemption.undo_until),
                                                ShortIdOf(redeemed.redemption.redemption_id)}) +
                 "\n";
  return answer;
}

// By its number in brug day, or by id: of today, of a receipt on this device (at five past twelve yesterday's
// can still be undone), or of a request that had no answer. A whole id needs none of these.
std::string FindRedemption(Session& session, const std::string& which) {
  AskForId(session, "UndoRedemption", which, "WHICH");
  if (IsWholeId(which)) return which;
  if (const auto waits = FindUnanswered(session, "UndoRedemption", which); waits && !which.empty())
    return waits->about_id;
  Rewards rewards = session.client().Rewards();
  for (const Receipt& receipt : Take(rewards.Receipts())) {
    if (IsIdOf(receipt.redemption.redemption_id, which)) return receipt.redemption.redemption_id;
  }
  const RedemptionDay day = Take(rewards.ListRedemptions());
  if (const auto place = Session::PlaceIn(which, day.redemptions.size()))
    return day.redemptions[*place].redemption_id;
  for (const Redemption& redemption : day.redemptions) {
    if (IsIdOf(redemption.redemption_id, which)) return redemption.redemption_id;
  }
  session.Refuse("NOT_FOUND", "WHICH", session.Say(Word::kNoSuchRedemption, {which}));
}

// How much can be spent again, as its receipt says: nothing of a voucher that was given back meanwhile, whose
// money went to the budget.
std::int64_t LeftAfterUndo(const Rewards& rewards, const std::string& redemption_id) {
  for (const Receipt& receipt : Take(rewards.Receipts())) {
    if (receipt.undo && receipt.redemption.redemption_id == redemption_id) return receipt.remaining_cents;
  }
  return 0;
}

Answer Undo(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMerchant);
  const std::string id = FindRedemption(session, arguments.Text("WHICH"));
  Rewards rewards = session.client().Rewards();
  const Redemption undone = TakeOnce(session, "UndoRedemption", id, rewards.UndoRedemption(id));
  const std::int64_t left = LeftAfterUndo(rewards, id);
  Answer answer{.text = session.Say(Word::kUndone, {SayEuro(session, undone.amount_cents)}) + "\n",
                .json = ToJson(undone)};
  answer.json["remaining_cents"] = left;
  if (left > 0) answer.text += session.Say(Word::kSpendableAgain, {SayEuro(session, left)}) + "\n";
  return answer;
}

std::optional<Date> ReadDay(const Session& session, const Arguments& arguments) {
  if (!arguments.Has("--date")) return std::nullopt;
  if (const auto date = ParseDate(arguments.Text("--date"))) return date;
  session.Refuse("NO_SUCH_DAY", "--date", session.Say(Word::kNoSuchDate, {arguments.Text("--date")}));
}

Answer ShowReceipts(const Session& session, const std::vector<Receipt>& receipts) {
  Answer answer{.json = {{"receipts", ToJson(receipts)}}};
  std::vector<std::vector<std::string>> rows;
  for (const Receipt& receipt : receipts) {
    rows.push_back({SayMoment(session, receipt.made_at), SayEuro(session, receipt.redemption.amount_cents),
                    receipt.undo ? session.Say(Word::kTakenBack) : ""});
  }
  answer.text = rows.empty() ? session.Say(Word::kNoReceipts) + "\n" : Columns(rows);
  return answer;
}

Answer ShowDay(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMerchant);
  const auto rewards = session.client().Rewards();
  if (arguments.Has("--receipts")) return ShowReceipts(session, Take(rewards.Receipts()));
  Rewards asking = rewards;
  const RedemptionDay day = Take(asking.ListRedemptions(ReadDay(session, arguments)));
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < day.redemptions.size(); ++i) {
    const Redemption& redemption = day.redemptions[i];
    rows.push_back({std::to_string(i + 1), SayMoment(session, redemption.redeemed_at),
                    SayEuro(session, redemption.amount_cents),
                    redemption.undone ? session.Say(Word::kTakenBack) : "",
                    session.Soft(ShortIdOf(redemption.redemption_id))});
  }
  return {.text = (rows.empty() ? session.Say(Word::kNothingRedeemed) + "\n" : Columns(rows)) +
                  session.Say(Word::kTotal, {SayEuro(session, day.total_cents)}) + "\n",
          .json = ToJson(day)};
}

}  // namespace

std::vector<Command> MerchantCommands() {
  using Kind = Parameter::Kind;
  return {
      {"redeem",
       "",
       Word::kHelpRedeem,
       {{"CODE", Kind::kText, false, Word::kHelpVoucherCode},
        {"AMOUNT", Kind::kText, false, Word::kHelpRedeemAmount},
        {"--again", Kind::kFlag, false, Word::kHelpAgain},
        {"--new", Kind::kFlag, false, Word::kHelpNew}},
       Redeem},
      {"undo", "", Word::kHelpUndo, {{"WHICH", Kind::kText, true, Word::kHelpRedemption}}, Undo},
      {"day",
       "",
       Word::kHelpDay,
       {{"--date", Kind::kText, false, Word::kHelpDayDate},
        {"--receipts", Kind::kFlag, false, Word::kHelpReceipts}},
       ShowDay},
  };
}

}  // namespace brug::app
