#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// Steps: small enough for one day.
namespace brug::app {
namespace {

constexpr int kSureEnough = 7;

// "mon,thu" or "ma,do".
std::vector<Weekday> ReadWeekdays(const Session& session, const std::string& text) {
  constexpr std::string_view kDutch[] = {"ma", "di", "wo", "do", "vr", "za", "zo"};
  constexpr std::string_view kEnglish[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  std::vector<Weekday> days;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view day = std::string_view(text).substr(begin, end - begin);
    std::size_t which = 0;
    while (which < 7 && day != kDutch[which] && day != kEnglish[which]) ++which;
    if (which == 7) session.Refuse("OUT_OF_RANGE", "--days", session.Say(Word::kNoSuchWeekday, {day}));
    days.push_back(static_cast<Weekday>(which + 1));
    begin = end + 1;
  }
  return days;
}

// The option that says when it comes back; empty for none.
std::string_view SaidWhen(const Session& session, const Arguments& arguments) {
  return session.OneOption(arguments, {"--days", "--times-a-week", "--every", "--monthly", "--on"});
}

// What was said about when it comes back; once when nothing was.
Recurrence ReadRecurrence(const Session& session, const Dossier& dossier, const Arguments& arguments) {
  const std::string_view said = SaidWhen(session, arguments);
  if (said == "--days") return OnWeekdays{ReadWeekdays(session, arguments.Text("--days"))};
  if (said == "--times-a-week") return TimesAWeek{arguments.Number("--times-a-week")};
  if (said == "--every") return EveryDays{arguments.Number("--every")};
  if (said == "--monthly") return MonthlyOn{arguments.Number("--monthly")};
  return Once{session.DayOf(dossier, arguments, "--on")};
}

std::string ReadMilestone(const Session& session, const Dossier& dossier, const Arguments& arguments) {
  if (!arguments.Has("--milestone")) return {};
  return session.FindMilestone(dossier, arguments.Text("--milestone")).id;
}

std::optional<IfThenPlan> ReadIfThen(const Arguments& arguments) {
  if (!arguments.Has("--if") && !arguments.Has("--then")) return std::nullopt;
  return IfThenPlan{.obstacle = arguments.Text("--if"), .response = arguments.Text("--then")};
}

std::string SplitOffer(const Session& session, const Arguments& arguments) {
  const bool unsure = arguments.Has("--sure") && arguments.Number("--sure") < kSureEnough;
  return unsure ? session.Say(Word::kOfferToSplit) + "\n" : std::string();
}

Answer ListSteps(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto goals = Take(dossier.Goals());
  Answer answer{.json = {{"steps", Json::array()}}};
  for (std::size_t g = 0; g < goals.size(); ++g) {
    const auto milestones = Take(dossier.Milestones(goals[g].id));
    const auto steps = Take(dossier.Steps(goals[g].id));
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const Step& step = steps[s].content;
      answer.json["steps"].push_back(ToJson(steps[s]));
      answer.text += std::to_string(g + 1) + "." + std::to_string(s + 1) + "  " + session.Strong(step.title) +
                     "  " + session.Soft(SayRecurrence(session, step.recurrence)) +
                     SayPending(session, steps[s].pending) + "\n";
      for (std::size_t m = 0; m < milestones.size(); ++m) {
        if (milestones[m].id == step.milestone_id)
          answer.text += "     " + session.Say(Word::kTowards, {milestones[m].content.title}) + "\n";
      }
      if (step.if_then) {
        answer.text +=
            "     " + session.Say(Word::kIfThen, {step.if_then->obstacle, step.if_then->response}) + "\n";
      }
    }
  }
  if (answer.text.empty()) answer.text = session.Say(Word::kNoStepsYet) + "\n";
  return answer;
}

Answer AddStep(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  NewStep step{.goal_id = session.FindGoal(dossier, arguments.Text("GOAL")).id,
               .milestone_id = ReadMilestone(session, dossier, arguments),
               .title = arguments.Text("TITLE"),
               .minutes = arguments.Number("--minutes"),
               .confidence = {},
               .if_then = ReadIfThen(arguments),
               .reminder = session.TimeOf(arguments, "--at"),
               .recurrence = ReadRecurrence(session, dossier, arguments),
               .begins_on = session.DayOf(dossier, arguments, "--from"),
               .ends_on = session.DayOf(dossier, arguments, "--until")};
  if (arguments.Has("--sure")) step.confidence = arguments.Number("--sure");
  const std::string id = Take(dossier.CreateStep(step));
  Answer answer = session.Saved(Word::kStepAdded, step.title, id);
  answer.text += SplitOffer(session, arguments);
  return answer;
}

Answer EditStep(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto step = session.FindStep(dossier, arguments.Text("STEP"));
  StepChanges changes;
  if (arguments.Has("--title")) changes.title = arguments.Text("--title");
  if (arguments.Has("--milestone")) changes.milestone_id = ReadMilestone(session, dossier, arguments);
  if (arguments.Has("--minutes")) changes.minutes = arguments.Number("--minutes");
  if (arguments.Has("--sure")) changes.confidence = std::optional<int>(arguments.Number("--sure"));
  if (const auto if_then = ReadIfThen(arguments)) changes.if_then = if_then;
  if (const auto time = session.TimeOf(arguments, "--at")) changes.reminder = time;
  if (!SaidWhen(session, arguments).empty()) changes.recurrence = ReadRecurrence(session, dossier, arguments);
  if (const auto from = session.DayOf(dossier, arguments, "--from")) changes.begins_on = *from;
  if (arguments.Has("--until")) changes.ends_on = session.DayOf(dossier, arguments, "--until");
  Take(dossier.ReviseStep(step.id, changes));
  Answer answer = session.Saved(Word::kStepChanged, step.content.title, step.id);
  answer.text += SplitOffer(session, arguments);
  return answer;
}

Answer MoveStep(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto step = session.FindStep(dossier, arguments.Text("STEP"));
  const std::string after =
      arguments.Has("--after") ? session.FindStep(dossier, arguments.Text("--after")).id : std::string();
  Take(dossier.MoveStep(step.id, {.after_id = after}));
  return session.Saved(Word::kStepChanged, step.content.title, step.id);
}

Answer DeleteStep(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto step = session.FindStep(dossier, arguments.Text("STEP"));
  Take(dossier.DeleteStep(step.id));
  return session.Saved(Word::kStepDeleted, step.content.title, step.id);
}

}  // namespace

std::vector<Command> StepCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter step{"STEP", Kind::kText, true, Word::kHelpStepPlace};
  const std::vector<Parameter> content = {{"--minutes", Kind::kNumber, false, Word::kHelpMinutes},
                                          {"--sure", Kind::kNumber, false, Word::kHelpSure},
                                          {"--if", Kind::kText, false, Word::kHelpIf},
                                          {"--then", Kind::kText, false, Word::kHelpThenDo},
                                          {"--at", Kind::kText, false, Word::kHelpAt},
                                          {"--on", Kind::kText, false, Word::kHelpOn},
                                          {"--days", Kind::kText, false, Word::kHelpDays},
                                          {"--times-a-week", Kind::kNumber, false, Word::kHelpTimesAWeek},
                                          {"--every", Kind::kNumber, false, Word::kHelpEvery},
                                          {"--monthly", Kind::kNumber, false, Word::kHelpMonthly},
                                          {"--from", Kind::kText, false, Word::kHelpFrom},
                                          {"--until", Kind::kText, false, Word::kHelpUntil},
                                          {"--milestone", Kind::kText, false, Word::kHelpTowards},
                                          client};
  const auto with = [&](std::vector<Parameter> first) {
    first.insert(first.end(), content.begin(), content.end());
    return first;
  };
  return {
      {"step", "", Word::kHelpSteps, {client}, ListSteps},
      {"step", "add", Word::kHelpStepAdd,
       with({{"GOAL", Kind::kText, true, Word::kHelpGoalPlace},
             {"TITLE", Kind::kText, true, Word::kHelpStepTitle}}),
       AddStep},
      {"step", "edit", Word::kHelpStepEdit,
       with({step, {"--title", Kind::kText, false, Word::kHelpStepTitle}}), EditStep},
      {"step",
       "move",
       Word::kHelpStepMove,
       {step, {"--after", Kind::kText, false, Word::kHelpAfter}},
       MoveStep},
      {"step", "delete", Word::kHelpStepDelete, {step, client}, DeleteStep},
  };
}

}  // namespace brug::app
