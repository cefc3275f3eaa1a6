#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// What a mentor does beside a client, and going from one mentor to the next.
namespace brug::app {
namespace {

// When a talk took place: now, unless a day or a time was typed; noon for a day alone.
Instant WhenTalked(const Session& session, const Dossier& dossier, const Arguments& arguments) {
  const auto date = session.DayOf(dossier, arguments, "--date");
  const auto time = session.TimeOf(arguments, "--at");
  if (!date && !time) return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return session.MomentOf(date.value_or(Take(dossier.TodaysDate())),
                          time.value_or(TimeOfDay{.hour = 12, .minute = 0}), "--at");
}

Answer RecordContact(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const std::string kind = arguments.Has("--kind") ? arguments.Text("--kind") : "meeting";
  Contact contact{.kind = static_cast<ContactKind>(session.OneOf(kContactKinds, kind, "--kind") + 1),
                  .at = WhenTalked(session, dossier, arguments),
                  .minutes = arguments.Number("--minutes", 30),
                  .words = arguments.Text("WORDS"),
                  .handover_id = {}};
  if (arguments.Has("--handover")) {
    for (const auto& handover : Take(dossier.Handovers())) {
      if (handover.content.state == HandoverState::kToMeet) contact.handover_id = handover.id;
    }
    if (contact.handover_id.empty())
      session.Refuse("WRONG_STATE", "--handover", session.Say(Word::kNoHandoverToMeet));
  }
  const std::string id = Take(dossier.RecordContact(contact));
  return {.text = session.Say(Word::kContactSaved) + "\n", .json = {{"id", id}}, .wrote = true};
}

Answer Appreciate(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const std::string about =
      arguments.Has("--about") ? session.FindTarget(dossier, arguments.Text("--about")) : std::string();
  const std::string id = Take(dossier.GiveAppreciation(
      {.kind = arguments.Has("--certificate") ? AppreciationKind::kCertificate : AppreciationKind::kMessage,
       .words = arguments.Text("WORDS"),
       .about_id = about}));
  return {.text = session.Say(Word::kAppreciationSaved) + "\n", .json = {{"id", id}}, .wrote = true};
}

Answer Suggest(Session& session, const Arguments& arguments) {
  constexpr std::string_view kFields[] = {"title", "why", "if", "then"};
  Dossier dossier = session.DossierOf(arguments);
  const std::string field = arguments.Has("--field") ? arguments.Text("--field") : "title";
  const std::string id = Take(dossier.SuggestWords(
      {.target_id = session.FindTarget(dossier, arguments.Text("ITEM")),
       .field = static_cast<SuggestedField>(session.OneOf(kFields, field, "--field") + 1),
       .words = arguments.Text("WORDS")}));
  return {.text = session.Say(Word::kSuggestionSaved) + "\n", .json = {{"id", id}}, .wrote = true};
}

Answer ListHandovers(Session& session, const Arguments& arguments) {
  const Identity me = session.Me();
  Answer answer{.json = {{"incoming", Json::array()}, {"handovers", Json::array()}}};
  std::vector<std::vector<std::string>> rows;
  if (me.Has(Role::kMentor)) {
    const auto incoming = Take(session.client().ListHandovers());
    answer.json["incoming"] = ToJson(incoming);
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      rows.push_back({std::to_string(i + 1), incoming[i].client_display_name,
                      SayState(session, incoming[i].handover.state), incoming[i].handover.words});
    }
  }
  if (!me.Has(Role::kMentor) || arguments.Has("--client")) {
    const auto handovers = Take(session.DossierOf(arguments).Handovers());
    answer.json["handovers"] = ToJson(handovers);
    for (const auto& handover : handovers) {
      rows.push_back({"", handover.content.to_display_name, SayState(session, handover.content.state),
                      handover.content.words});
    }
  }
  answer.text = rows.empty() ? session.Say(Word::kNoHandovers) + "\n" : Columns(rows);
  return answer;
}

Answer ProposeHandover(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const StaffMember colleague = session.FindColleague(arguments.Text("--to"));
  const std::string id =
      Take(dossier.ProposeHandover({.to_person_id = colleague.person_id, .words = arguments.Text("WORDS")}));
  return {.text = session.Say(Word::kHandoverSaved, {colleague.display_name}) + "\n",
          .json = {{"id", id}},
          .wrote = true};
}

// The handover of one's own dossier that waits for a yes.
std::string OpenHandover(const Session& session, const Dossier& dossier) {
  for (const auto& handover : Take(dossier.Handovers())) {
    const auto state = handover.content.state;
    if (state == HandoverState::kProposed || state == HandoverState::kAccepted) return handover.id;
  }
  session.Refuse("WRONG_STATE", "", session.Say(Word::kNoHandovers));
}

// A client answers in the dossier, the new mentor by the service.
Answer AnswerHandover(Session& session, const Arguments& arguments, bool yes) {
  const Identity me = session.Me();
  const Word said = yes ? Word::kSaidYes : Word::kSaidNo;
  if (!me.Has(Role::kMentor)) {
    Dossier dossier = session.DossierOf(arguments);
    const std::string id = OpenHandover(session, dossier);
    Take(dossier.AnswerHandover(id, yes));
    return {.text = session.Say(said) + "\n", .json = {{"id", id}}, .wrote = true};
  }
  const auto incoming = Take(session.client().ListHandovers());
  const std::string which = arguments.Has("WHICH") ? arguments.Text("WHICH") : "1";
  auto place = Session::PlaceIn(which, incoming.size());
  for (std::size_t i = 0; i < incoming.size() && !place; ++i) {
    if (incoming[i].handover_id == which || incoming[i].client_display_name == which) place = i;
  }
  if (!place) session.Refuse("NOT_FOUND", "WHICH", session.Say(Word::kNoHandovers));
  const auto state = Take(session.client().AnswerHandover(incoming[*place].handover_id, yes));
  return {.text = session.Say(said) + "\n",
          .json = {{"id", incoming[*place].handover_id}, {"state", NameOf(state)}},
          .wrote = true};
}

Answer AcceptHandover(Session& session, const Arguments& arguments) {
  return AnswerHandover(session, arguments, true);
}
Answer DeclineHandover(Session& session, const Arguments& arguments) {
  return AnswerHandover(session, arguments, false);
}

}  // namespace

std::vector<Command> MentorCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"CLIENT", Kind::kText, true, Word::kHelpClient};
  const Parameter words{"WORDS", Kind::kText, true, Word::kHelpWords};
  const Parameter which{"WHICH", Kind::kText, false, Word::kHelpHandoverPlace};
  return {
      {"contact",
       "",
       Word::kHelpContact,
       {client,
        words,
        {"--kind", Kind::kText, false, Word::kHelpContactKind},
        {"--minutes", Kind::kNumber, false, Word::kHelpMinutes},
        {"--date", Kind::kText, false, Word::kHelpDate},
        {"--at", Kind::kText, false, Word::kHelpTime},
        {"--handover", Kind::kFlag, false, Word::kHelpMeeting}},
       RecordContact},
      {"appreciate",
       "",
       Word::kHelpAppreciate,
       {client,
        words,
        {"--about", Kind::kText, false, Word::kHelpAbout},
        {"--certificate", Kind::kFlag, false, Word::kHelpCertificate}},
       Appreciate},
      {"suggest",
       "",
       Word::kHelpSuggest,
       {client,
        {"ITEM", Kind::kText, true, Word::kHelpAbout},
        words,
        {"--field", Kind::kText, false, Word::kHelpField}},
       Suggest},
      {"handover",
       "",
       Word::kHelpHandovers,
       {{"--client", Kind::kText, false, Word::kHelpClient}},
       ListHandovers},
      {"handover",
       "propose",
       Word::kHelpHandoverPropose,
       {client, words, {"--to", Kind::kText, true, Word::kHelpToMentor}},
       ProposeHandover},
      {"handover", "accept", Word::kHelpHandoverAccept, {which}, AcceptHandover},
      {"handover", "decline", Word::kHelpHandoverDecline, {which}, DeclineHandover},
  };
}

}  // namespace brug::app
