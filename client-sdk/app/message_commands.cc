#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// Words between people: messages, appreciations, suggestions.
namespace brug::app {
namespace {

std::vector<Item<Suggestion>> OpenSuggestions(const Dossier& dossier) {
  std::vector<Item<Suggestion>> open;
  for (const auto& suggestion : Take(dossier.Suggestions())) {
    if (suggestion.content.state == SuggestionState::kOpen) open.push_back(suggestion);
  }
  return open;
}

std::string NameOfTarget(const Dossier& dossier, const std::string& id) {
  if (const auto goal = dossier.FindGoal(id); goal.ok()) return goal->content.title;
  for (const auto& goal : Take(dossier.Goals())) {
    for (const auto& milestone : Take(dossier.Milestones(goal.id))) {
      if (milestone.id == id) return milestone.content.title;
    }
  }
  if (const auto step = dossier.FindStep(id); step.ok()) return step->content.title;
  return id;
}

Answer ShowMessages(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto profile = Take(dossier.Profile());
  const auto messages = Take(dossier.Messages());
  const auto appreciations = Take(dossier.Appreciations());
  const auto suggestions = OpenSuggestions(dossier);
  const std::string me = session.Me().person_id;
  Answer answer{.json = {{"messages", ToJson(messages)},
                         {"appreciations", ToJson(appreciations)},
                         {"suggestions", ToJson(suggestions)},
                         {"reply_within_hours", profile.content.reply_within_hours}}};
  for (const auto& message : messages) {
    const bool mine = message.created_by.person_id == me;
    answer.text += session.Soft(SayMoment(session, message.content.written_at)) + "  " +
                   (mine ? session.Say(Word::kYou) : session.Strong(session.Say(Word::kTheOther))) + ": " +
                   message.content.words + SayPending(session, message.pending) + "\n";
  }
  for (const auto& appreciation : appreciations) {
    answer.text += session.Glad(session.Say(Word::kAppreciation)) + " " + appreciation.content.words + "\n";
  }
  for (std::size_t i = 0; i < suggestions.size(); ++i) {
    answer.text += session.Say(Word::kSuggestionIs, {std::to_string(i + 1),
                                                     NameOfTarget(dossier, suggestions[i].content.target_id),
                                                     suggestions[i].content.words}) +
                   "\n";
  }
  if (profile.content.reply_within_hours > 0) {
    answer.text +=
        session.Say(Word::kReplyWithin, {std::to_string(profile.content.reply_within_hours)}) + "\n";
  }
  if (answer.text.empty()) answer.text = session.Say(Word::kNoMessages) + "\n";
  return answer;
}

Answer SendMessage(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const std::string id = Take(dossier.SendMessage(arguments.Text("WORDS")));
  return {.text = session.Say(Word::kMessageSaved) + "\n", .json = {{"id", id}}, .wrote = true};
}

Item<Suggestion> FindSuggestion(const Session& session, const Dossier& dossier, const std::string& which) {
  const auto open = OpenSuggestions(dossier);
  if (const auto place = Session::PlaceIn(which, open.size())) return open[*place];
  for (const auto& suggestion : open) {
    if (suggestion.id == which) return suggestion;
  }
  session.Refuse("NOT_FOUND", "SUGGESTION", session.Say(Word::kNoSuchSuggestion, {which}));
}

Answer TakeWords(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto suggestion = FindSuggestion(session, dossier, arguments.Text("SUGGESTION"));
  Take(dossier.TakeSuggestion(suggestion.id));
  return {.text = session.Glad(session.Say(Word::kSuggestionTaken, {suggestion.content.words})) + "\n",
          .json = {{"id", suggestion.id}},
          .wrote = true};
}

Answer LeaveWords(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto suggestion = FindSuggestion(session, dossier, arguments.Text("SUGGESTION"));
  Take(dossier.LeaveSuggestion(suggestion.id));
  return {.text = session.Say(Word::kSuggestionLeft) + "\n", .json = {{"id", suggestion.id}}, .wrote = true};
}

}  // namespace

std::vector<Command> MessageCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter suggestion{"SUGGESTION", Kind::kText, true, Word::kHelpSuggestionPlace};
  return {
      {"messages", "", Word::kHelpMessages, {client}, ShowMessages},
      {"messages",
       "send",
       Word::kHelpSend,
       {{"WORDS", Kind::kText, true, Word::kHelpWords}, client},
       SendMessage},
      {"messages", "take", Word::kHelpTakeWords, {suggestion}, TakeWords},
      {"messages", "leave", Word::kHelpLeaveWords, {suggestion}, LeaveWords},
  };
}

}  // namespace brug::app
