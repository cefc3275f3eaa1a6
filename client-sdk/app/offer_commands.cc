#include <algorithm>
#include <tuple>

#include "client-sdk/app/json.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"

// What a mentor drafts, promises and asks a voucher for, and what a second person says to it.
namespace brug::app {
namespace {

// So many characters of an id stand before an offer in a list and are needed to name it: with fewer, an offer
// that came into the list after a person looked could be taken for the one they saw.
constexpr std::size_t kShortIdCharacters = 8;

// The first characters of the offer's id that no other of the list has.
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
  return which.size() >= kShortIdCharacters && offer.offer_id.starts_with(which);
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

std::string SayRow(const Session& session, const std::string& short_id, const StaffOffer& offer) {
  std::string text = short_id + "  " + SayStaffOffer(session, offer) + "\n   " +
                     session.Soft(SayCondition(session, offer.offer)) + "\n";
  for (const OfferStep& step : offer.offer.steps)
    text += "   " + std::string(step.done ? "[x] " : "[ ] ") + step.step.title + "\n";
  const bool draft = offer.offer.state == OfferState::kDraft;
  if (offer.waits_for_caller && (draft || offer.offer.state == OfferState::kPromised)) {
    text += "   " + session.Glad(session.Say(draft ? Word::kYouCanPromise : Word::kYouCanIssue, {short_id})) +
            "\n";
  }
  const std::string& no = offer.refusal_words.empty() ? offer.offer.refusal_words : offer.refusal_words;
  if (!no.empty()) text += "   " + session.Say(Word::kSecondPersonSaid, {no}) + "\n";
  return text;
}

Answer Show(const Session& session, const std::vector<StaffOffer>& offers, Word nothing) {
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
  return Tell(session, Word::kOfferDrafted, Take(session.client().Rewards().DraftOffer(dossier.id(), draft)));
}

StaffOffer OfferOf(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMentor);
  return FindOffer(session, Take(session.client().Rewards().ListOffers()), arguments.Text("OFFER"));
}

Answer DiscardOffer(Session& session, const Arguments& arguments) {
  StaffOffer offer = OfferOf(session, arguments);
  Take(session.client().Rewards().DiscardOffer(offer.offer_id));
  offer.offer.state = OfferState::kDiscarded;
  return Tell(session, Word::kOfferThrownAway, offer);
}

Answer PromiseOffer(Session& session, const Arguments& arguments) {
  const auto promised = Take(session.client().Rewards().PromiseOffer(OfferOf(session, arguments).offer_id));
  const bool waits = promised.offer.state == OfferState::kPromiseAsked;
  return Tell(session, waits ? Word::kSecondPersonAsked : Word::kPromised, promised);
}

Answer IssueVoucher(Session& session, const Arguments& arguments) {
  const auto issued = Take(session.client().Rewards().RequestVoucher(OfferOf(session, arguments).offer_id));
  const bool waits = issued.offer.state == OfferState::kRequested;
  return Tell(session, waits ? Word::kSecondPersonAsked : Word::kVoucherGiven, issued);
}

Answer ListApprovals(Session& session, const Arguments&) {
  session.MeAs(Role::kApprover);
  return Show(session, Take(session.client().Rewards().ListApprovals()), Word::kNoApprovals);
}

Answer AnswerApproval(Session& session, const Arguments& arguments, bool yes) {
  session.MeAs(Role::kApprover);
  Rewards rewards = session.client().Rewards();
  const StaffOffer offer = FindOffer(session, Take(rewards.ListApprovals()), arguments.Text("OFFER"));
  const auto answered = Take(rewards.AnswerApproval({.offer_id = offer.offer_id,
                                                     .state_seen = offer.offer.state,
                                                     .yes = yes,
                                                     .words = arguments.Text("WORDS")}));
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
