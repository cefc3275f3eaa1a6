#include <algorithm>
#include <optional>
#include <tuple>

#include "client-sdk/app/json.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"
#include "client-sdk/app/unanswered.h"

// What a mentor drafts, promises and asks a voucher for, and what a second person says to it.
namespace brug::app {
namespace {

// The first characters of the offer's id that no other of the list has: no fewer than name it in a command,
// for else an offer that came into the list after a person looked could be taken for the one they saw.
std::string ShortId(const std::vector<StaffOffer>& offers, const StaffOffer& offer) {
  const auto shares = [&](std::size_t count) {
    return std::count_if(offers.begin(), offers.end(), [&](const StaffOffer& other) {
             return other.offer_id.substr(0, count) == offer.offer_id.substr(0, count);
           }) > 1;
  };
  std::size_t count = kShortIdCharacters;
  while (count < offer.offer_id.size() && shares(count)) ++count;
  return offer.offer_id.substr(0, count);
}

bool IsCalled(const StaffOffer& offer, const std::string& which) {
  if (!which.empty() && offer.client_display_name == which) return true;
  return IsIdOf(offer.offer_id, which);
}

// By id, its first characters, or the client's name when one of the list is theirs alone. Never by its place:
// what a list shows first may be another offer by the time that a person has read it.
const StaffOffer& FindOffer(const Session& session, const std::vector<StaffOffer>& offers,
                            const std::string& which) {
  const StaffOffer* found = nullptr;
  for (const StaffOffer& offer : offers) {
    if (!IsCalled(offer, which)) continue;
    if (found != nullptr) session.Refuse("NOT_ONE", "OFFER", session.Say(Word::kSeveralOffers, {which}));
    found = &offer;
  }
  if (found != nullptr) return *found;
  session.Refuse("NOT_FOUND", "OFFER", session.Say(Word::kNoSuchStaffOffer, {which}));
}

std::string SayRow(Session& session, const std::string& short_id, const StaffOffer& offer) {
  std::string text = short_id + "  " + SayStaffOffer(session, offer) + "\n   " +
                     session.Soft(SayCondition(session, offer.offer, offer.milestone_title)) + "\n";
  for (const OfferStep& step : offer.offer.steps) text += "   - " + step.step.title + "\n";
  const bool draft = offer.offer.state == OfferState::kDraft;
  if (offer.waits_for_caller && (draft || offer.offer.state == OfferState::kPromised)) {
    text += "   " + session.Glad(session.Say(draft ? Word::kYouCanPromise : Word::kYouCanIssue, {short_id})) +
            "\n";
  }
  const std::string& no = offer.refusal_words.empty() ? offer.offer.refusal_words : offer.refusal_words;
  if (!no.empty()) text += "   " + session.Say(Word::kSecondPersonSaid, {no}) + "\n";
  return text;
}

Answer Show(Session& session, const std::vector<StaffOffer>& offers, Word nothing) {
  Answer answer{.json = {{"offers", ToJson(offers)}}};
  for (const StaffOffer& offer : offers) answer.text += SayRow(session, ShortId(offers, offer), offer);
  if (offers.empty()) answer.text = session.Say(nothing) + "\n";
  return answer;
}

Answer ListOffers(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMentor);
  const std::string dossier_id =
      arguments.Has("--client") ? session.FindClient(arguments.Text("--client")) : std::string();
  return Show(session, Take(session.client().Rewards().ListOffers(dossier_id)), Word::kNoStaffOffers);
}

// The scheme that was typed, by name or id, or the only one that there is.
std::string SchemeOf(Session& session, const Arguments& arguments) {
  const std::string which = arguments.Text("--scheme");
  const auto reports = Take(session.client().Rewards().ListSchemes());
  std::vector<std::string> fitting;
  std::string list;
  for (const SchemeReport& report : reports) {
    const auto& [id, name] = std::tie(report.scheme.scheme_id, report.scheme.display_name);
    if (which.empty() || which == id || which == name) fitting.push_back(id);
    list += "\n  " + name + "  " + id;
  }
  if (fitting.size() == 1) return fitting.front();
  if (reports.empty()) session.Refuse("NOT_FOUND", "--scheme", session.Say(Word::kNoSchemeYet));
  if (fitting.empty()) session.Refuse("NOT_FOUND", "--scheme", session.Say(Word::kNoSuchScheme, {which}));
  session.Refuse(which.empty() ? "MISSING" : "NOT_ONE", "--scheme",
                 session.Say(Word::kSayWhichScheme, {list}));
}

std::vector<std::string> StepIds(const Session& session, const Dossier& dossier, const Arguments& arguments) {
  std::vector<std::string> ids;
  for (const std::string& which : arguments.All("--step")) ids.push_back(session.FindStep(dossier, which).id);
  return ids;
}

OfferCondition ReadCondition(const Session& session, const Dossier& dossier, const Arguments& arguments) {
  const auto typed = session.OneOption(arguments, {"--some", "--milestone", "--days", "--achieved"});
  const auto steps = StepIds(session, dossier, arguments);
  if (typed == "--achieved") return GoalAchieved{};
  if (typed == "--milestone")
    return MilestoneReached{session.FindMilestone(dossier, arguments.Text("--milestone")).id};
  if (typed == "--some") return SomeSteps{.step_ids = steps, .steps_count = arguments.Number("--some")};
  if (typed != "--days") return AllSteps{steps};
  if (steps.size() != 1) session.Refuse("MISSING", "--step", session.Say(Word::kSayWhichStep));
  return StepTicked{.step_id = steps.front(), .days_count = arguments.Number("--days")};
}

Answer Tell(const Session& session, Word word, const StaffOffer& offer) {
  return {.text = session.Glad(session.Say(word)) + " " + SayStaffOffer(session, offer) + "\n",
          .json = {{"offer", ToJson(offer)}}};
}

Answer DraftOffer(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMentor);
  OfferDraft draft;
  draft.amount_cents = EuroOf(session, arguments, "AMOUNT");
  const Dossier dossier = session.DossierOf(arguments);
  draft.goal_id = session.FindGoal(dossier, arguments.Text("GOAL")).id;
  draft.words = arguments.Text("--words");
  draft.condition = ReadCondition(session, dossier, arguments);
  draft.ends_on = session.DayOf(dossier, arguments, "--until");
  draft.scheme_id = SchemeOf(session, arguments);
  return Tell(
      session, Word::kOfferDrafted,
      TakeOnce(session, "DraftOffer", {}, session.client().Rewards().DraftOffer(dossier.id(), draft)));
}

// Which offer a command of this kind is about, and whether it repeats a request that had no answer.
struct Meant {
  std::string offer_id;
  bool repeated = false;
  std::optional<StaffOffer> listed = {};
};

// What waits for its answer is found without a list, which may not have it any more; so is a whole id.
Meant OfferOf(Session& session, const Arguments& arguments, std::string_view kind) {
  session.MeAs(Role::kMentor);
  const std::string which = arguments.Text("OFFER");
  AskForId(session, kind, which, "OFFER");
  if (IsWholeId(which)) return {which, FindUnanswered(session, kind, which).has_value()};
  if (const auto waits = FindUnanswered(session, kind, which); waits && !which.empty())
    return {waits->about_id, true};
  const auto offers = Take(session.client().Rewards().ListOffers());
  const StaffOffer& offer = FindOffer(session, offers, which);
  return {offer.offer_id, FindUnanswered(session, kind, offer.offer_id).has_value(), offer};
}

// The answer to a repeated request is that of its first time: what is true now stands in the list.
std::optional<Answer> TellWhatIsTrueNow(Session& session, const Meant& meant) {
  if (!meant.repeated) return std::nullopt;
  const auto offers = Take(session.client().Rewards().ListOffers());
  const auto found = std::find_if(offers.begin(), offers.end(),
                                  [&](const StaffOffer& offer) { return offer.offer_id == meant.offer_id; });
  if (found == offers.end()) return std::nullopt;
  return Answer{
      .text = session.Say(Word::kAskedBefore) + "\n" + SayRow(session, ShortId(offers, *found), *found),
      .json = {{"offer", ToJson(*found)}}};
}

Answer DiscardOffer(Session& session, const Arguments& arguments) {
  const Meant meant = OfferOf(session, arguments, "DiscardOffer");
  TakeOnce(session, "DiscardOffer", meant.offer_id, session.client().Rewards().DiscardOffer(meant.offer_id));
  if (meant.listed) {
    StaffOffer offer = *meant.listed;
    offer.offer.state = OfferState::kDiscarded;
    return Tell(session, Word::kOfferThrownAway, offer);
  }
  return {.text = session.Glad(session.Say(Word::kOfferThrownAway)) + "\n",
          .json = {{"offer", {{"offer_id", meant.offer_id}, {"state", "discarded"}}}}};
}

Answer PromiseOffer(Session& session, const Arguments& arguments) {
  const Meant meant = OfferOf(session, arguments, "PromiseOffer");
  const auto promised = TakeOnce(session, "PromiseOffer", meant.offer_id,
                                 session.client().Rewards().PromiseOffer(meant.offer_id));
  if (auto now = TellWhatIsTrueNow(session, meant)) return *std::move(now);
  const bool waits = promised.offer.state == OfferState::kPromiseAsked;
  return Tell(session, waits ? Word::kSecondPersonAsked : Word::kPromised, promised);
}

Answer IssueVoucher(Session& session, const Arguments& arguments) {
  const Meant meant = OfferOf(session, arguments, "RequestVoucher");
  const auto issued = TakeOnce(session, "RequestVoucher", meant.offer_id,
                               session.client().Rewards().RequestVoucher(meant.offer_id));
  if (auto now = TellWhatIsTrueNow(session, meant)) return *std::move(now);
  const bool waits = issued.offer.state == OfferState::kRequested;
  return Tell(session, waits ? Word::kSecondPersonAsked : Word::kVoucherGiven, issued);
}

Answer ListApprovals(Session& session, const Arguments&) {
  session.MeAs(Role::kApprover);
  return Show(session, Take(session.client().Rewards().ListApprovals()), Word::kNoApprovals);
}

// The answer that waits is repeated as it was: what was approved stands in no list any more.
ApprovalAnswer ApprovalOf(Session& session, const Arguments& arguments, bool yes) {
  const std::string which = arguments.Text("OFFER");
  AskForId(session, "AnswerApproval", which, "OFFER");
  const auto waits = FindUnanswered(session, "AnswerApproval", which);
  if (waits && !which.empty() && waits->approval->yes == yes &&
      waits->approval->words == arguments.Text("WORDS"))
    return *waits->approval;
  const auto approvals = Take(session.client().Rewards().ListApprovals());
  const StaffOffer& offer = FindOffer(session, approvals, which);
  return {.offer_id = offer.offer_id,
          .state_seen = offer.offer.state,
          .yes = yes,
          .words = arguments.Text("WORDS")};
}

Answer AnswerApproval(Session& session, const Arguments& arguments, bool yes) {
  session.MeAs(Role::kApprover);
  const ApprovalAnswer approval = ApprovalOf(session, arguments, yes);
  auto said = session.client().Rewards().AnswerApproval(approval);
  if (!said.ok() && (said.error().field == "offer.steps" || said.error().field == "offer.milestone_title"))
    session.Refuse(said.error().reason, "OFFER", session.Say(Word::kPlanChanged));
  const auto answered = TakeOnce(session, "AnswerApproval", approval.offer_id, std::move(said));
  return Tell(session, yes ? Word::kApproved : Word::kNotApproved, answered);
}

Answer SayYes(Session& session, const Arguments& arguments) {
  return AnswerApproval(session, arguments, true);
}

Answer SayNo(Session& session, const Arguments& arguments) {
  return AnswerApproval(session, arguments, false);
}

}  // namespace

std::vector<Command> OfferCommands() {
  using Kind = Parameter::Kind;
  const Parameter offer{"OFFER", Kind::kText, true, Word::kHelpStaffOffer};
  const Parameter approval{"OFFER", Kind::kText, true, Word::kHelpApproval};
  return {
      {"offer", "", Word::kHelpOffer, {{"--client", Kind::kText, false, Word::kHelpClient}}, ListOffers},
      {"offer",
       "draft",
       Word::kHelpOfferDraft,
       {{"CLIENT", Kind::kText, true, Word::kHelpClient},
        {"GOAL", Kind::kText, true, Word::kHelpGoalPlace},
        {"AMOUNT", Kind::kText, true, Word::kHelpAmount},
        {"--words", Kind::kText, false, Word::kHelpWords},
        {"--step", Kind::kMany, false, Word::kHelpOfferStep},
        {"--some", Kind::kNumber, false, Word::kHelpOfferSome},
        {"--days", Kind::kNumber, false, Word::kHelpOfferDays},
        {"--milestone", Kind::kText, false, Word::kHelpOfferMilestone},
        {"--achieved", Kind::kFlag, false, Word::kHelpOfferAchieved},
        {"--until", Kind::kText, false, Word::kHelpOfferUntil},
        {"--scheme", Kind::kText, false, Word::kHelpOfferScheme}},
       DraftOffer},
      {"offer", "discard", Word::kHelpOfferDiscard, {offer}, DiscardOffer},
      {"promise", "", Word::kHelpPromise, {offer}, PromiseOffer},
      {"issue", "", Word::kHelpIssue, {offer}, IssueVoucher},
      {"approve", "", Word::kHelpApprove, {}, ListApprovals},
      {"approve", "yes", Word::kHelpApproveYes, {approval}, SayYes},
      {"approve",
       "no",
       Word::kHelpApproveNo,
       {approval, {"WORDS", Kind::kText, true, Word::kHelpApproveWords}},
       SayNo},
  };
}

}  // namespace brug::app
