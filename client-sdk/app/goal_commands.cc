#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// Goals, in the client's own order.
namespace brug::app {
namespace {

Answer ListGoals(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto goals = Take(dossier.Goals());
  const auto bridge = Take(dossier.Template());
  Answer answer{.json = {{"goals", Json::array()}}};
  for (std::size_t g = 0; g < goals.size(); ++g) {
    const auto& goal = goals[g];
    const auto* domain = bridge.FindDomain(goal.content.domain_id);
    const auto milestones = Take(dossier.Milestones(goal.id));
    const auto steps = Take(dossier.Steps(goal.id));
    Json json = ToJson(goal);
    json["milestones"] = ToJson(milestones);
    json["steps"] = ToJson(steps);
    answer.json["goals"].push_back(json);
    const std::string by = goal.content.target_date ? ", " + SayDay(session, *goal.content.target_date) : "";
    answer.text += std::to_string(g + 1) + "  " + session.Strong(goal.content.title) + "  " +
                   session.Soft((domain ? domain->name : goal.content.domain_id) + ", " +
                                SayState(session, goal.content.state) + by) +
                   SayPending(session, goal.pending) + "\n";
    if (!goal.content.why.empty())
      answer.text += "   " + session.Say(Word::kBecause, {goal.content.why}) + "\n";
    answer.text += SayMilestones(session, g, milestones);
    for (std::size_t s = 0; s < steps.size(); ++s) {
      answer.text += "   " + std::to_string(g + 1) + "." + std::to_string(s + 1) + "  " +
                     steps[s].content.title + "  " +
                     session.Soft(SayRecurrence(session, steps[s].content.recurrence)) +
                     SayPending(session, steps[s].pending) + "\n";
    }
  }
  if (goals.empty()) answer.text = session.Say(Word::kNoGoalsYet) + "\n";
  return answer;
}

Answer AddGoal(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const std::string title = arguments.Text("TITLE");
  const std::string id = Take(dossier.CreateGoal(
      {.domain_id = session.FindDomain(Take(dossier.Template()), arguments.Text("--domain"), "--domain"),
       .title = title,
       .why = arguments.Text("--why"),
       .target_date = session.DayOf(dossier, arguments, "--by")}));
  return session.Saved(Word::kGoalAdded, title, id);
}

Answer EditGoal(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto goal = session.FindGoal(dossier, arguments.Text("GOAL"));
  GoalChanges changes;
  if (arguments.Has("--title")) changes.title = arguments.Text("--title");
  if (arguments.Has("--why")) changes.why = arguments.Text("--why");
  if (arguments.Has("--by")) changes.target_date = session.DayOf(dossier, arguments, "--by");
  if (arguments.Has("--domain")) {
    changes.domain_id = session.FindDomain(Take(dossier.Template()), arguments.Text("--domain"), "--domain");
  }
  Take(dossier.ReviseGoal(goal.id, changes));
  return session.Saved(Word::kGoalChanged, goal.content.title, goal.id);
}

Answer MoveGoal(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto goal = session.FindGoal(dossier, arguments.Text("GOAL"));
  const std::string after =
      arguments.Has("--after") ? session.FindGoal(dossier, arguments.Text("--after")).id : std::string();
  Take(dossier.MoveGoal(goal.id, {.after_id = after}));
  return session.Saved(Word::kGoalChanged, goal.content.title, goal.id);
}

template <Result<void> (Dossier::*Act)(std::string_view), Word kSaid>
Answer Change(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto goal = session.FindGoal(dossier, arguments.Text("GOAL"));
  Take((dossier.*Act)(goal.id));
  return session.Saved(kSaid, goal.content.title, goal.id);
}

}  // namespace

std::vector<Command> GoalCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter goal{"GOAL", Kind::kText, true, Word::kHelpGoalPlace};
  const Parameter why{"--why", Kind::kText, false, Word::kHelpWhy};
  const Parameter by{"--by", Kind::kText, false, Word::kHelpGoalBy};
  return {
      {"goal", "", Word::kHelpGoals, {client}, ListGoals},
      {"goal",
       "add",
       Word::kHelpGoalAdd,
       {{"TITLE", Kind::kText, true, Word::kHelpGoalTitle},
        {"--domain", Kind::kText, true, Word::kHelpDomain},
        why,
        by,
        client},
       AddGoal},
      {"goal",
       "edit",
       Word::kHelpGoalEdit,
       {goal,
        {"--title", Kind::kText, false, Word::kHelpGoalTitle},
        why,
        by,
        {"--domain", Kind::kText, false, Word::kHelpDomain},
        client},
       EditGoal},
      {"goal",
       "move",
       Word::kHelpGoalMove,
       {goal, {"--after", Kind::kText, false, Word::kHelpAfter}},
       MoveGoal},
      {"goal", "done", Word::kHelpGoalDone, {goal}, Change<&Dossier::AchieveGoal, Word::kGoalIsDone>},
      {"goal", "park", Word::kHelpGoalPark, {goal}, Change<&Dossier::ParkGoal, Word::kGoalIsParked>},
      {"goal", "stop", Word::kHelpGoalStop, {goal}, Change<&Dossier::StopGoal, Word::kGoalIsStopped>},
      {"goal", "resume", Word::kHelpGoalResume, {goal}, Change<&Dossier::TakeUpGoal, Word::kGoalIsTakenUp>},
      {"goal",
       "delete",
       Word::kHelpGoalDelete,
       {goal, client},
       Change<&Dossier::DeleteGoal, Word::kGoalIsDeleted>},
      {"formulate", "", Word::kHelpFormulate, {goal}, Change<&Dossier::FormulatePlan, Word::kPlanMade>},
  };
}

}  // namespace brug::app
