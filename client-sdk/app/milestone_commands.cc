#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// Milestones: named points on the way to a goal.
namespace brug::app {
namespace {

Answer ListMilestones(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto goals = Take(dossier.Goals());
  Answer answer{.json = {{"milestones", Json::array()}}};
  for (std::size_t g = 0; g < goals.size(); ++g) {
    const auto milestones = Take(dossier.Milestones(goals[g].id));
    if (milestones.empty()) continue;
    answer.text += std::to_string(g + 1) + "  " + session.Strong(goals[g].content.title) + "\n" +
                   SayMilestones(session, g, milestones);
    for (const auto& milestone : milestones) answer.json["milestones"].push_back(ToJson(milestone));
  }
  if (answer.text.empty()) answer.text = session.Say(Word::kNoMilestonesYet) + "\n";
  return answer;
}

Answer AddMilestone(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const std::string title = arguments.Text("TITLE");
  const std::string id = Take(dossier.CreateMilestone(
      {.goal_id = session.FindGoal(dossier, arguments.Text("GOAL")).id, .title = title}));
  return session.Saved(Word::kMilestoneAdded, title, id);
}

Answer EditMilestone(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto milestone = session.FindMilestone(dossier, arguments.Text("MILESTONE"));
  MilestoneChanges changes;
  changes.title = arguments.Text("--title");
  Take(dossier.ReviseMilestone(milestone.id, changes));
  return session.Saved(Word::kMilestoneChanged, arguments.Text("--title"), milestone.id);
}

Answer ReachMilestone(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto milestone = session.FindMilestone(dossier, arguments.Text("MILESTONE"));
  MilestoneChanges changes;
  changes.reached_on = std::optional<Date>();
  if (!arguments.Has("--clear")) {
    changes.reached_on =
        std::optional(session.DayOf(dossier, arguments, "--date").value_or(Take(dossier.TodaysDate())));
  }
  Take(dossier.ReviseMilestone(milestone.id, changes));
  const Word said = arguments.Has("--clear") ? Word::kSaidCleared : Word::kMilestoneReached;
  return session.Saved(said, milestone.content.title, milestone.id);
}

Answer MoveMilestone(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto milestone = session.FindMilestone(dossier, arguments.Text("MILESTONE"));
  const std::string after =
      arguments.Has("--after") ? session.FindMilestone(dossier, arguments.Text("--after")).id : std::string();
  Take(dossier.MoveMilestone(milestone.id, {.after_id = after}));
  return session.Saved(Word::kMilestoneChanged, milestone.content.title, milestone.id);
}

Answer DeleteMilestone(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto milestone = session.FindMilestone(dossier, arguments.Text("MILESTONE"));
  Take(dossier.DeleteMilestone(milestone.id));
  return session.Saved(Word::kMilestoneDeleted, milestone.content.title, milestone.id);
}

}  // namespace

std::vector<Command> MilestoneCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter milestone{"MILESTONE", Kind::kText, true, Word::kHelpMilestonePlace};
  return {
      {"milestone", "", Word::kHelpMilestones, {client}, ListMilestones},
      {"milestone",
       "add",
       Word::kHelpMilestoneAdd,
       {{"GOAL", Kind::kText, true, Word::kHelpGoalPlace},
        {"TITLE", Kind::kText, true, Word::kHelpMilestoneTitle},
        client},
       AddMilestone},
      {"milestone",
       "edit",
       Word::kHelpMilestoneEdit,
       {milestone, {"--title", Kind::kText, true, Word::kHelpMilestoneTitle}, client},
       EditMilestone},
      {"milestone",
       "reached",
       Word::kHelpMilestoneReached,
       {milestone,
        {"--date", Kind::kText, false, Word::kHelpDate},
        {"--clear", Kind::kFlag, false, Word::kHelpClear},
        client},
       ReachMilestone},
      {"milestone",
       "move",
       Word::kHelpMilestoneMove,
       {milestone, {"--after", Kind::kText, false, Word::kHelpAfter}, client},
       MoveMilestone},
      {"milestone", "delete", Word::kHelpMilestoneDelete, {milestone, client}, DeleteMilestone},
  };
}

}  // namespace brug::app
