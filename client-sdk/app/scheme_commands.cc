#include <algorithm>
#include <fstream>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"
#include "client-sdk/app/unanswered.h"

// What a programme manager sets up and looks at: schemes, money, shops, and a shop's month.
namespace brug::app {
namespace {

// By number in the list, by name, by an id or its beginning. `Id` and `Name` say what those of a T are.
template <class T, class Id, class Name>
const T& FindIn(const Session& session, const std::vector<T>& list, const std::string& which,
                std::string_view field, Word nothing, Id id, Name name) {
  const T* found = nullptr;
  if (const auto place = Session::PlaceIn(which, list.size())) return list[*place];
  for (const T& each : list) {
    if (IsIdOf(id(each), which)) return each;
    if (name(each) != which) continue;
    if (found != nullptr) session.Refuse("NOT_ONE", field, session.Say(Word::kSeveralCalled, {which}));
    found = &each;
  }
  if (found != nullptr) return *found;
  session.Refuse("NOT_FOUND", field, session.Say(nothing, {which}));
}

Scheme FindScheme(Session& session, const std::string& which, std::string_view field) {
  return FindIn(
             session, Take(session.client().Rewards().ListSchemes()), which, field, Word::kNoSuchScheme,
             [](const SchemeReport& report) { return report.scheme.scheme_id; },
             [](const SchemeReport& report) { return report.scheme.display_name; })
      .scheme;
}

Merchant FindMerchant(Session& session, const std::string& which) {
  return FindIn(
      session, Take(session.client().Rewards().ListMerchants()), which, "MERCHANT", Word::kNoSuchMerchant,
      [](const Merchant& merchant) { return merchant.merchant_id; },
      [](const Merchant& merchant) { return merchant.display_name; });
}

std::string SayBalances(const Session& session, const SchemeBalances& balances) {
  std::vector<std::vector<std::string>> rows = {
      {"", session.Say(Word::kBalanceBudget), SayEuro(session, balances.budget_cents)},
      {"", session.Say(Word::kBalanceReserved), SayEuro(session, balances.reserved_cents)},
      {"", session.Say(Word::kBalanceOutstanding), SayEuro(session, balances.outstanding_cents)},
      {"", session.Say(Word::kBalanceRedeemed), SayEuro(session, balances.redeemed_cents)}};
  if (balances.restored_cents != 0)
    rows.push_back({"", session.Say(Word::kBalanceRestored), SayEuro(session, balances.restored_cents)});
  rows.push_back({"", session.Say(Word::kBalancePaidIn), SayEuro(session, balances.paid_in_cents)});
  return Columns(rows);
}

std::string SayReport(const Session& session, std::size_t place, const SchemeReport& report) {
  std::string text = std::to_string(place + 1) + "  " + session.Strong(report.scheme.display_name) + "  " +
                     session.Soft(report.scheme.scheme_id) + "\n";
  if (!report.balances) return text;
  text += SayBalances(session, *report.balances);
  text += "  " +
          session.Say(Word::kForecast, {std::to_string(report.offers_open_count),
                                        SayEuro(session, report.balances->reserved_cents),
                                        SayEuro(session, report.may_lapse_cents)}) +
          "\n  " +
          session.Say(Word::kVouchersSoFar, {std::to_string(report.vouchers_issued_count),
                                             std::to_string(report.vouchers_open_count)}) +
          "\n";
  if (report.tick_to_voucher)
    text += "  " + session.Say(Word::kTickToVoucher, {SayDuration(session, *report.tick_to_voucher)}) + "\n";
  if (report.longest_wait.count() > 0)
    text += "  " + session.Say(Word::kLongestWait, {SayDuration(session, report.longest_wait)}) + "\n";
  return text;
}

Answer ListSchemes(Session& session, const Arguments&) {
  const bool manages = session.MeWithRewards().Has(Role::kProgrammeManager);
  const auto reports = Take(session.client().Rewards().ListSchemes());
  Answer answer{.json = {{"schemes", ToJson(reports)}}};
  for (std::size_t i = 0; i < reports.size(); ++i) answer.text += SayReport(session, i, reports[i]);
  if (reports.empty()) answer.text = session.Say(manages ? Word::kNoSchemes : Word::kNoSchemeYet) + "\n";
  return answer;
}

// Nothing is a threshold too: a second person always.
std::int64_t ThresholdOf(const Session& session, const Arguments& arguments) {
  return ParseEuro(arguments.Text("--threshold")) == 0 ? 0 : EuroOf(session, arguments, "--threshold");
}

Answer CreateScheme(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kProgrammeManager);
  NewScheme scheme;
  scheme.budget_cents = EuroOf(session, arguments, "BUDGET");
  scheme.scheme = {
      .scheme_id = {},
      .display_name = arguments.Text("NAME"),
      .amount_cents_min = EuroIfTyped(session, arguments, "--min"),
      .amount_cents_max = EuroIfTyped(session, arguments, "--max"),
      .client_year_cents_max = EuroIfTyped(session, arguments, "--client-year"),
      .four_eyes_above_cents = {},
      .voucher_days = arguments.Number("--voucher-days"),
      .in_parts = arguments.Has("--in-parts"),
      .reveal_policy = arguments.Has("--rules") ? RevealPolicy::kRulesKnown : RevealPolicy::kAfterPlan,
      .own_mentor_may_approve = arguments.Has("--own-mentor-approves"),
      .rules_words = arguments.Text("--rules")};
  if (arguments.Has("--threshold")) scheme.scheme.four_eyes_above_cents = ThresholdOf(session, arguments);
  const auto report = TakeOnce(session, "CreateScheme", {}, session.client().Rewards().CreateScheme(scheme));
  return {.text = session.Glad(session.Say(Word::kSchemeMade)) + "\n" + SayReport(session, 0, report),
          .json = ToJson(report)};
}

Answer AddBudget(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kProgrammeManager);
  const std::int64_t cents = EuroOf(session, arguments, "AMOUNT");
  AskForId(session, "AddBudget", arguments.Text("SCHEME"), "SCHEME");
  const Scheme scheme = FindScheme(session, arguments.Text("SCHEME"), "SCHEME");
  const auto balances = TakeOnce(session, "AddBudget", scheme.scheme_id,
                                 session.client().Rewards().AddBudget(scheme.scheme_id, cents));
  return {.text = session.Say(Word::kPaidIn, {SayEuro(session, cents), scheme.display_name}) + "\n" +
                  SayBalances(session, balances),
          .json = {{"scheme_id", scheme.scheme_id}, {"balances", ToJson(balances)}}};
}

Answer ListMerchants(Session& session, const Arguments&) {
  session.MeAs(Role::kProgrammeManager);
  const auto merchants = Take(session.client().Rewards().ListMerchants());
  const auto schemes = Take(session.client().Rewards().ListSchemes());
  Answer answer{.json = {{"merchants", ToJson(merchants)}}};
  for (std::size_t i = 0; i < merchants.size(); ++i) {
    answer.text += std::to_string(i + 1) + "  " + session.Strong(merchants[i].display_name);
    for (const auto& report : schemes) {
      const auto& taken = merchants[i].scheme_ids;
      if (std::find(taken.begin(), taken.end(), report.scheme.scheme_id) != taken.end())
        answer.text += "  " + report.scheme.display_name;
    }
    answer.text += "\n";
  }
  if (merchants.empty()) answer.text = session.Say(Word::kNoMerchants) + "\n";
  return answer;
}

Answer RegisterMerchant(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kProgrammeManager);
  NewMerchant merchant{.display_name = arguments.Text("NAME"), .scheme_ids = {}};
  for (const std::string& which : arguments.All("--scheme"))
    merchant.scheme_ids.push_back(FindScheme(session, which, "--scheme").scheme_id);
  const auto registered =
      TakeOnce(session, "RegisterMerchant", {}, session.client().Rewards().RegisterMerchant(merchant));
  Answer answer{.json = ToJson(registered.merchant)};
  answer.json.update(ToJson(registered.activation_code));
  answer.text = session.Glad(session.Say(Word::kRegistered, {merchant.display_name})) + "\n" +
                session.Say(Word::kCodeIs, {session.Strong(registered.activation_code.code),
                                            SayMoment(session, registered.activation_code.expires_at)}) +
                "\n";
  return answer;
}

Answer SetAgreement(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kProgrammeManager);
  const Scheme scheme = FindScheme(session, arguments.Text("SCHEME"), "SCHEME");
  const bool takes = !arguments.Has("--end");
  const std::string typed = arguments.Text("MERCHANT");
  AskForId(session, "SetAgreement", typed, "MERCHANT");
  const std::string merchant_id = FindMerchant(session, typed).merchant_id;
  const auto merchant =
      TakeOnce(session, "SetAgreement", merchant_id,
               session.client().Rewards().SetAgreement(
                   {.merchant_id = merchant_id, .scheme_id = scheme.scheme_id, .takes_vouchers = takes}));
  return {.text = session.Say(takes ? Word::kTakesVouchers : Word::kTakesNoVouchers,
                              {merchant.display_name, scheme.display_name}) +
                  "\n",
          .json = ToJson(merchant)};
}

// "2026-11".
void ReadMonth(const Session& session, const std::string& typed, MerchantMonth& month) {
  const auto first = ParseDate(typed + "-01");
  if (!first) session.Refuse("OUT_OF_RANGE", "MONTH", session.Say(Word::kNoSuchMonth, {typed}));
  month.year = first->year;
  month.month = static_cast<int>(first->month);
}

std::string SayStatement(const Session& session, const MerchantStatement& statement) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : statement.lines) {
    rows.push_back({SayMoment(session, line.booked_at), SayEuro(session, line.amount_cents),
                    session.Soft(line.redemption_id)});
  }
  return session.Strong(statement.merchant_display_name) + "\n" + Columns(rows) +
         session.Say(Word::kTotal, {SayEuro(session, statement.total_cents)}) + "\n" +
         session.Say(Word::kLedgerSays, {SayEuro(session, statement.balance_cents)}) + "\n";
}

Answer ShowStatement(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kProgrammeManager);
  MerchantMonth month;
  ReadMonth(session, arguments.Text("MONTH"), month);
  // A shop that left is in no list, and is still to be paid.
  const std::string merchant = arguments.Text("MERCHANT");
  month.merchant_id = IsWholeId(merchant) ? merchant : FindMerchant(session, merchant).merchant_id;
  month.scheme_id = FindScheme(session, arguments.Text("SCHEME"), "SCHEME").scheme_id;
  const auto statement = Take(session.client().Rewards().GetMerchantStatement(month));
  const auto csv = ToCsv(statement);
  if (!csv) session.Refuse("ANSWER_NOT_VALID", "", session.Say(Word::kDoesNotAddUp));
  Answer answer{.text = SayStatement(session, statement), .json = ToJson(statement)};
  if (!arguments.Has("--csv")) return answer;
  const std::string path = arguments.Text("--csv");
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << *csv;
  file.close();
  if (!file) session.Refuse("STORAGE_FAILED", "--csv", session.Say(Word::kCannotWriteFile, {path}));
  answer.json["csv"] = path;
  answer.text += session.Say(Word::kTableIsIn, {path}) + "\n";
  return answer;
}

}  // namespace

std::vector<Command> SchemeCommands() {
  using Kind = Parameter::Kind;
  const Parameter scheme{"SCHEME", Kind::kText, true, Word::kHelpScheme};
  const Parameter merchant{"MERCHANT", Kind::kText, true, Word::kHelpMerchantPlace};
  const Parameter name{"NAME", Kind::kText, true, Word::kHelpName};
  return {
      {"scheme", "", Word::kHelpSchemes, {}, ListSchemes},
      {"scheme",
       "create",
       Word::kHelpSchemeCreate,
       {name,
        {"BUDGET", Kind::kText, true, Word::kHelpBudgetAmount},
        {"--min", Kind::kText, false, Word::kHelpMin},
        {"--max", Kind::kText, false, Word::kHelpMax},
        {"--client-year", Kind::kText, false, Word::kHelpClientYear},
        {"--threshold", Kind::kText, false, Word::kHelpThreshold},
        {"--voucher-days", Kind::kNumber, false, Word::kHelpVoucherDays},
        {"--in-parts", Kind::kFlag, false, Word::kHelpInParts},
        {"--rules", Kind::kText, false, Word::kHelpRulesWords},
        {"--own-mentor-approves", Kind::kFlag, false, Word::kHelpOwnMentor}},
       CreateScheme},
      {"budget",
       "",
       Word::kHelpBudget,
       {scheme, {"AMOUNT", Kind::kText, true, Word::kHelpAmount}},
       AddBudget},
      {"merchant", "", Word::kHelpMerchants, {}, ListMerchants},
      {"merchant",
       "register",
       Word::kHelpMerchantRegister,
       {name, {"--scheme", Kind::kMany, false, Word::kHelpMerchantScheme}},
       RegisterMerchant},
      {"merchant",
       "agreement",
       Word::kHelpMerchantAgreement,
       {merchant, scheme, {"--end", Kind::kFlag, false, Word::kHelpAgreementEnd}},
       SetAgreement},
      {"statement",
       "",
       Word::kHelpStatement,
       {merchant,
        scheme,
        {"MONTH", Kind::kText, true, Word::kHelpMonth},
        {"--csv", Kind::kText, false, Word::kHelpCsv}},
       ShowStatement},
  };
}

}  // namespace brug::app
