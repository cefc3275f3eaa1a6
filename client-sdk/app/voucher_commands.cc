#include <brug/qr_code.h>
#include <brug/voucher_token.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"
#include "client-sdk/app/unanswered.h"

// What a client was promised, has earned and can spend; and a look at a voucher's token that asks nobody.
namespace brug::app {
namespace {

// The client's own dossier: offers and vouchers are shown without signal.
Dossier OwnDossier(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kClient);
  return session.DossierOf(arguments);
}

// By number in the list, id, or its beginning.
template <class T>
const Item<T>& FindItem(const Session& session, const std::vector<Item<T>>& items, const std::string& which,
                        std::string_view field, Word nothing) {
  if (const auto place = Session::PlaceIn(which, items.size())) return items[*place];
  for (const auto& item : items) {
    if (IsIdOf(item.id, which)) return item;
  }
  session.Refuse("NOT_FOUND", field, session.Say(nothing, {which}));
}

// What the dossier says of an offer's goal and milestone.
struct SaidOf {
  std::string goal_title;
  std::string milestone_title;
};

std::string SayOffer(const Session& session, std::size_t place, const Offer& offer, const SaidOf& said_of) {
  std::string text = std::to_string(place + 1) + "  " + session.Strong(SayEuro(session, offer.amount_cents)) +
                     "  " + said_of.goal_title + ": " + SayOfferState(session, offer) + "\n   " +
                     session.Soft(SayCondition(session, offer, said_of.milestone_title));
  if (offer.ends_on) text += ", " + session.Say(Word::kUpTo, {SayDay(session, *offer.ends_on)});
  text += "\n";
  if (!offer.words.empty()) text += "   " + offer.promised_by_display_name + ": \"" + offer.words + "\"\n";
  if (offer.state != OfferState::kPromised) return text;
  for (std::size_t i = 0; i < offer.steps.size(); ++i) {
    const OfferStep& step = offer.steps[i];
    text += "   " + std::string(step.done ? "[x] " : "[ ] ") + PlaceInOffers(place, i) + "  " +
            step.step.title + "\n";
  }
  if (!offer.refusal_words.empty())
    text += "   " + session.Say(Word::kSecondPersonSaid, {offer.refusal_words}) + "\n";
  return text;
}

Answer DeclineOffer(Session& session, const Item<Offer>& offer) {
  TakeOnce(session, "DeclineOffer", offer.id, session.client().Rewards().DeclineOffer(offer.id));
  return session.Saved(Word::kDeclined, SayEuro(session, offer.content.amount_cents), offer.id);
}

Answer ListOwnOffers(Session& session, const Arguments& arguments) {
  const Dossier dossier = OwnDossier(session, arguments);
  const auto offers = Take(dossier.Offers());
  if (arguments.Has("--decline")) {
    AskForId(session, "DeclineOffer", arguments.Text("--decline"), "--decline");
    return DeclineOffer(
        session, FindItem(session, offers, arguments.Text("--decline"), "--decline", Word::kNoSuchOffer));
  }
  Answer answer{.json = {{"offers", ToJson(offers)}}};
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const auto goal = dossier.FindGoal(offers[i].content.goal_id);
    answer.text +=
        SayOffer(session, i, offers[i].content,
                 {.goal_title = goal.ok() ? goal->content.title : session.Say(Word::kAGoalOfBefore),
                  .milestone_title = MilestoneTitleOf(dossier, offers[i].content)});
  }
  if (offers.empty()) answer.text = session.Say(Word::kNoOffers) + "\n";
  return answer;
}

void WritePicture(const Session& session, const std::string& path, const std::string& png) {
  // Whoever has the picture can spend it: nobody else may open it, from its first moment on.
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool written = file >= 0 && ::fchmod(file, S_IRUSR | S_IWUSR) == 0;
  for (std::size_t done = 0; written && done < png.size();) {
    const ssize_t count = ::write(file, png.data() + done, png.size() - done);
    written = count > 0;
    if (written) done += static_cast<std::size_t>(count);
  }
  if (file >= 0) written = ::close(file) == 0 && written;
  if (!written) session.Refuse("STORAGE_FAILED", "--png", session.Say(Word::kCannotWriteFile, {path}));
}

Answer ShowCode(Session& session, const Arguments& arguments, const Item<Voucher>& voucher,
                const VoucherCode& code) {
  const std::string language = session.language() == Language::kEnglish ? "en" : "nl";
  Answer answer{.json = ToJson(voucher)};
  answer.json.update(ToJson(code));
  answer.text = SayVoucherState(session, voucher.content) + "\n\n   " + session.Strong(code.code) + "\n\n";
  if (arguments.Has("--png")) {
    const std::string path = arguments.Text("--png");
    WritePicture(session, path, Take(DrawQrPng(code.token, {.language = language})));
    answer.json["png"] = path;
    answer.text += session.Say(Word::kPictureIsIn, {path}) + "\n";
  } else {
    answer.text += Take(DrawQrText(code.token, {.language = language}));
  }
  answer.text += session.Say(Word::kKeepItToYourself, {ShortIdOf(voucher.id)}) + "\n";
  return answer;
}

Answer CancelVoucher(Session& session, const Item<Voucher>& voucher) {
  TakeOnce(session, "CancelVoucher", voucher.id, session.client().Rewards().CancelVoucher(voucher.id));
  return session.Saved(Word::kVoucherGivenBack, SayEuro(session, voucher.content.remaining_cents),
                       voucher.id);
}

Answer ListVouchers(const Session& session, const std::vector<Item<Voucher>>& vouchers) {
  Answer answer{.json = {{"vouchers", Json::array()}}};
  for (std::size_t i = 0; i < vouchers.size(); ++i) {
    Json json = ToJson(vouchers[i]);
    json["code_here"] = vouchers[i].content.code_here;
    answer.json["vouchers"].push_back(std::move(json));
    answer.text += std::to_string(i + 1) + "  " + SayVoucherState(session, vouchers[i].content) + "\n";
  }
  if (vouchers.empty()) answer.text = session.Say(Word::kNoVouchers) + "\n";
  const auto open = std::find_if(vouchers.begin(), vouchers.end(), [](const Item<Voucher>& voucher) {
    return voucher.content.state == VoucherState::kOpen;
  });
  if (open != vouchers.end())
    answer.text += session.Say(Word::kShowItWith, {std::to_string(open - vouchers.begin() + 1)}) + "\n";
  return answer;
}

Answer ShowVoucher(Session& session, const Arguments& arguments) {
  const Dossier dossier = OwnDossier(session, arguments);
  const auto vouchers = Take(dossier.Vouchers());
  const auto typed = session.OneOption(arguments, {"--png", "--cancel"});
  if (!arguments.Has("WHICH")) {
    if (!typed.empty() || arguments.Has("--replace"))
      session.Refuse("MISSING", "WHICH", session.Say(Word::kSayWhichVoucher));
    return ListVouchers(session, vouchers);
  }
  if (arguments.Has("--cancel")) AskForId(session, "CancelVoucher", arguments.Text("WHICH"), "WHICH");
  if (arguments.Has("--replace")) AskForId(session, "ReplaceVoucherCode", arguments.Text("WHICH"), "WHICH");
  const auto& voucher = FindItem(session, vouchers, arguments.Text("WHICH"), "WHICH", Word::kNoSuchVoucher);
  if (arguments.Has("--cancel")) {
    (void)session.OneOption(arguments, {"--cancel", "--replace"});
    return CancelVoucher(session, voucher);
  }
  return ShowCode(session, arguments, voucher,
                  arguments.Has("--replace")
                      ? TakeOnce(session, "ReplaceVoucherCode", voucher.id,
                                 session.client().Rewards().ReplaceVoucherCode(voucher.id))
                      : Take(dossier.ShowVoucherCode(voucher.id)));
}

Answer ShowRules(Session& session, const Arguments&) {
  session.MeAs(Role::kClient);
  const auto rules = Take(session.client().Rewards().GetRules());
  Answer answer{.json = {{"rules", ToJson(rules)}}};
  for (const RewardRules& rule : rules)
    answer.text += session.Strong(rule.display_name) + "\n" + rule.words + "\n";
  if (rules.empty()) answer.text = session.Say(Word::kNoRules) + "\n";
  return answer;
}

std::string ReadFile(const Session& session, const std::string& path, std::string_view field) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) session.Refuse("NOT_FOUND", field, session.Say(Word::kCannotReadFile, {path}));
  return text;
}

Result<VoucherToken> Check(const Session& session, const std::string& token, std::string jwks) {
  return VerifyVoucherToken(
      {.token = token,
       .jwks = std::move(jwks),
       .now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
       .language = session.language() == Language::kEnglish ? "en" : "nl"});
}

// The keys that the service has now.
std::string FetchKeys(Session& session) {
  if (session.asked().offline) session.Refuse("MISSING", "--keys", session.Say(Word::kSayWhichKeys));
  (void)session.Me();  // Refuses whoever is not enrolled.
  return Take(session.client().Rewards().GetVoucherKeys());
}

// A key of after the file was written is known to the service, where it can be asked.
bool MayBeOfANewerKey(const Session& session, const Result<VoucherToken>& checked) {
  return !checked.ok() && checked.error().reason == "TOKEN_KEY_UNKNOWN" && !session.asked().offline &&
         !session.asked().settings.server.empty();
}

Answer VerifyToken(Session& session, const Arguments& arguments) {
  const std::string text = arguments.Text("TOKEN");
  const std::string path = arguments.Text("--keys");
  bool fetched = path.empty();
  auto checked = Check(session, text, fetched ? FetchKeys(session) : ReadFile(session, path, "--keys"));
  if (!fetched && MayBeOfANewerKey(session, checked)) {
    if (const auto keys = session.client().Rewards().GetVoucherKeys(); keys.ok()) {
      checked = Check(session, text, *keys);
      fetched = true;
    }
  }
  const VoucherToken token = Take(std::move(checked));
  Answer answer{.json = {{"genuine", true},
                         {"keys_fetched", fetched},
                         {"not_proven", session.Say(Word::kOfflineDoesNotProve)}}};
  answer.json.update(ToJson(token));
  answer.text = session.Glad(session.Say(Word::kGenuine, {SayEuro(session, token.amount_cents),
                                                          SayMoment(session, token.expires_at)})) +
                "\n" + session.Say(Word::kOfflineDoesNotProve) + "\n";
  if (fetched && !path.empty()) answer.text += session.Say(Word::kKeysWereOld, {path}) + "\n";
  return answer;
}

}  // namespace

std::vector<Command> VoucherCommands() {
  using Kind = Parameter::Kind;
  return {
      {"offers",
       "",
       Word::kHelpOffers,
       {{"--decline", Kind::kText, false, Word::kHelpDecline}},
       ListOwnOffers},
      {"voucher",
       "",
       Word::kHelpVoucher,
       {{"WHICH", Kind::kText, false, Word::kHelpVoucherPlace},
        {"--png", Kind::kText, false, Word::kHelpPng},
        {"--replace", Kind::kFlag, false, Word::kHelpReplace},
        {"--cancel", Kind::kFlag, false, Word::kHelpCancelVoucher}},
       ShowVoucher},
      {"rules", "", Word::kHelpRules, {}, ShowRules},
      {"verify",
       "",
       Word::kHelpVerify,
       {{"TOKEN", Kind::kText, true, Word::kHelpToken}, {"--keys", Kind::kText, false, Word::kHelpKeys}},
       VerifyToken},
  };
}

}  // namespace brug::app
