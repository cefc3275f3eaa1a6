#include <algorithm>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"

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

Answer Redeem(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMerchant);
  const Redeemed redeemed = Take(session.client().Rewards().RedeemVoucher(ReadRedeeming(session, arguments)));
  Answer answer{.json = ToJson(redeemed.redemption)};
  answer.json["remaining_cents"] = redeemed.remaining_cents;
  answer.text =
      session.Glad(session.Say(Word::kRedeemed, {SayEuro(session, redeemed.redemption.amount_cents),
                                                 SayMoment(session, redeemed.redemption.redeemed_at)})) +
      "\n";
  if (redeemed.remaining_cents > 0)
    answer.text += session.Say(Word::kLeftOnIt, {SayEuro(session, redeemed.remaining_cents)}) + "\n";
  answer.text += session.Say(Word::kUndoUntil, {SayMoment(session, redeemed.redemption.undo_until)}) + "\n";
  return answer;
}

std::string FindRedemption(const Session& session, const RedemptionDay& day, const std::string& which) {
  if (const auto place = Session::PlaceIn(which, day.redemptions.size()))
    return day.redemptions[*place].redemption_id;
  for (const Redemption& redemption : day.redemptions) {
    if (redemption.redemption_id == which) return which;
  }
  session.Refuse("NOT_FOUND", "WHICH", session.Say(Word::kNoSuchRedemption, {which}));
}

Answer Undo(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMerchant);
  Rewards rewards = session.client().Rewards();
  const Redemption undone = Take(rewards.UndoRedemption(
      FindRedemption(session, Take(rewards.ListRedemptions()), arguments.Text("WHICH"))));
  return {.text = session.Say(Word::kUndone, {SayEuro(session, undone.amount_cents)}) + "\n",
          .json = ToJson(undone)};
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
                    redemption.undone ? session.Say(Word::kTakenBack) : ""});
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
       {{"CODE", Kind::kText, true, Word::kHelpVoucherCode},
        {"AMOUNT", Kind::kText, false, Word::kHelpRedeemAmount}},
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
