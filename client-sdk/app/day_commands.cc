#include <set>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/reward_phrases.h"
#include "client-sdk/app/session.h"

// What is for today, what happened, and rest.
namespace brug::app {
namespace {

// "1.2": where a step stands among goals and steps; its id when it stands nowhere any more.
std::string PlaceOf(const Dossier& dossier, const std::vector<Item<Goal>>& goals, const Item<Step>& step) {
  for (std::size_t g = 0; g < goals.size(); ++g) {
    if (goals[g].id != step.content.goal_id) continue;
    const auto steps = Take(dossier.Steps(goals[g].id));
    for (std::size_t s = 0; s < steps.size(); ++s) {
      if (steps[s].id == step.id) return std::to_string(g + 1) + "." + std::to_string(s + 1);
    }
  }
  return step.id;
}

std::string SayHow(const Session& session, const DayItem& item) {
  if (item.tick) return session.Glad(SayState(session, item.tick->content.state));
  if (item.times_a_week > 0) {
    return session.Say(Word::kSoManyThisWeek,
                       {std::to_string(item.times_this_week), std::to_string(item.times_a_week)});
  }
  switch (item.due.value_or(DueReason::kThisDay)) {
    case DueReason::kStillOpen:
      return session.Soft(session.Say(Word::kStillOpen));
    case DueReason::kAnyDay:
      return session.Soft(session.Say(Word::kAnyDay));
    case DueReason::kThisDay:
    case DueReason::kThisWeek:
      return session.Say(Word::kForToday);
  }
  return {};
}

// A step that an open offer asks for, as `brug offers` numbers it: it can be ticked also when it was deleted
// from the plan.
struct PromisedStep {
  std::string place;
  OfferStep step;
  bool wanted = false;  // more of it is needed to earn the reward
};

std::vector<PromisedStep> PromisedSteps(const Dossier& dossier) {
  std::vector<PromisedStep> promised;
  const auto offers = Take(dossier.Offers());
  for (std::size_t o = 0; o < offers.size(); ++o) {
    const Offer& offer = offers[o].content;
    if (offer.state != OfferState::kPromised && offer.state != OfferState::kRequested) continue;
    const bool by_days = std::holds_alternative<StepTicked>(offer.condition);
    for (std::size_t s = 0; s < offer.steps.size(); ++s) {
      promised.push_back({.place = PlaceInOffers(o, s),
                          .step = offer.steps[s],
                          .wanted = !offer.progress.earned && (by_days || !offer.steps[s].done)});
    }
  }
  return promised;
}

// A line of a day of which the plan knows nothing any more, though a reward asks for it.
struct RewardLine {
  PromisedStep promised;
  std::optional<TickState> tick;
};

std::vector<RewardLine> RewardLinesOn(const Dossier& dossier, const Date& date) {
  std::vector<RewardLine> lines;
  std::set<std::string> seen;
  for (PromisedStep& promised : PromisedSteps(dossier)) {
    const std::string& id = promised.step.step_id;
    if (dossier.FindStep(id).ok() || !seen.insert(id).second) continue;
    std::optional<TickState> said;
    for (const auto& tick : Take(dossier.Ticks(id))) {
      if (tick.content.date == date) said = tick.content.state;
    }
    if (promised.wanted || said) lines.push_back({std::move(promised), said});
  }
  return lines;
}

Json LineToJson(const RewardLine& line) {
  return {{"place", line.promised.place},
          {"step_id", line.promised.step.step_id},
          {"title", line.promised.step.step.title},
          {"tick", line.tick ? Json(NameOf(*line.tick)) : Json(nullptr)}};
}

Answer ShowToday(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const Date date = session.DayOf(dossier, arguments, "--date").value_or(Take(dossier.TodaysDate()));
  const auto items = Take(dossier.Today(date));
  const auto goals = Take(dossier.Goals());
  std::vector<std::vector<std::string>> rows;
  for (const auto& item : items) {
    rows.push_back(
        {PlaceOf(dossier, goals, item.step), item.step.content.title, SayHow(session, item),
         item.times_done > 0 ? session.Say(Word::kTimesDone, {std::to_string(item.times_done)}) : ""});
  }
  Json of_rewards = Json::array();
  for (const RewardLine& line : RewardLinesOn(dossier, date)) {
    rows.push_back({line.promised.place, line.promised.step.step.title,
                    line.tick ? session.Glad(SayState(session, *line.tick))
                              : session.Soft(session.Say(Word::kForYourReward)),
                    ""});
    of_rewards.push_back(LineToJson(line));
  }
  std::string text = session.Strong(SayDay(session, date)) + "\n" + Columns(rows);
  if (rows.empty()) text += session.Say(Word::kNothingToday) + "\n";
  return {.text = text,
          .json = {{"date", FormatDate(date)}, {"items", ToJson(items)}, {"reward_steps", of_rewards}}};
}

// Which step is meant, and what it is called.
struct Tickable {
  std::string id;
  std::string title;
};

Tickable FindTickable(const Session& session, const Dossier& dossier, const std::string& which) {
  const bool in_plan = dossier.FindStep(which).ok();
  for (const PromisedStep& promised : PromisedSteps(dossier)) {
    if (promised.place == which || (!in_plan && promised.step.step_id == which))
      return {promised.step.step_id, promised.step.step.title};
  }
  const auto step = session.FindStep(dossier, which);
  return {step.id, step.content.title};
}

TickState StateOf(const Session& session, const Arguments& arguments) {
  const std::string_view said = session.OneOption(arguments, {"--tried", "--skipped", "--clear"});
  if (said == "--tried") return TickState::kTried;
  if (said == "--skipped") return TickState::kSkipped;
  if (said == "--clear") return TickState::kCleared;
  return TickState::kDone;
}

Word WordFor(TickState state) {
  switch (state) {
    case TickState::kTried:
      return Word::kSaidTried;
    case TickState::kSkipped:
      return Word::kSaidSkipped;
    case TickState::kCleared:
      return Word::kSaidCleared;
    default:
      return Word::kSaidDone;
  }
}

Answer TickStep(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const Tickable step = FindTickable(session, dossier, arguments.Text("STEP"));
  const TickState state = StateOf(session, arguments);
  const Date date = session.DayOf(dossier, arguments, "--date").value_or(Take(dossier.TodaysDate()));
  Take(dossier.Tick(
      {.step_id = step.id, .date = date, .state = state, .note = arguments.Text("--note"), .done_at = {}}));
  return {.text = session.Glad(session.Say(WordFor(state), {step.title})) + "\n",
          .json = {{"step_id", step.id}, {"date", FormatDate(date)}, {"state", NameOf(state)}},
          .wrote = true};
}

Answer BeginPause(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const std::string step_id =
      arguments.Has("--step") ? session.FindStep(dossier, arguments.Text("--step")).id : std::string();
  const Date from = session.DayOf(dossier, arguments, "--from").value_or(Take(dossier.TodaysDate()));
  const std::string id = Take(dossier.BeginPause(
      {.step_id = step_id, .from = from, .until = session.DayOf(dossier, arguments, "--until")}));
  return {.text = session.Glad(session.Say(Word::kPaused)) + "\n", .json = {{"id", id}}, .wrote = true};
}

Answer ListPauses(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto pauses = Take(dossier.Pauses());
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < pauses.size(); ++i) {
    const Pause& pause = pauses[i].content;
    rows.push_back({std::to_string(i + 1), SayDay(session, pause.from),
                    pause.until ? session.Say(Word::kUpTo, {SayDay(session, *pause.until)})
                                : session.Say(Word::kNoEndYet),
                    SayPending(session, pauses[i].pending)});
  }
  return {.text = pauses.empty() ? session.Say(Word::kNoPauses) + "\n" : Columns(rows),
          .json = {{"pauses", ToJson(pauses)}}};
}

// Ends the pauses that go on today, yesterday being their last day.
Answer EndPauses(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const Date today = Take(dossier.TodaysDate());
  int ended = 0;
  for (const auto& pause : Take(dossier.Pauses())) {
    const bool goes_on =
        pause.content.from <= today && (!pause.content.until || *pause.content.until >= today);
    if (!goes_on) continue;
    Take(dossier.EndPause(pause.id, AddDays(today, -1)));
    ++ended;
  }
  return {.text = session.Say(ended > 0 ? Word::kPauseEnded : Word::kNoPauses) + "\n",
          .json = {{"ended", ended}},
          .wrote = ended > 0};
}

}  // namespace

std::vector<Command> DayCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter date{"--date", Kind::kText, false, Word::kHelpDate};
  return {
      {"today", "", Word::kHelpToday, {date, client}, ShowToday},
      {"tick",
       "",
       Word::kHelpTick,
       {{"STEP", Kind::kText, true, Word::kHelpTickPlace},
        {"--tried", Kind::kFlag, false, Word::kHelpTried},
        {"--skipped", Kind::kFlag, false, Word::kHelpSkipped},
        {"--clear", Kind::kFlag, false, Word::kHelpClear},
        date,
        {"--note", Kind::kText, false, Word::kHelpNote}},
       TickStep},
      {"pause",
       "",
       Word::kHelpPause,
       {{"--step", Kind::kText, false, Word::kHelpStepPlace},
        {"--from", Kind::kText, false, Word::kHelpFrom},
        {"--until", Kind::kText, false, Word::kHelpUntil}},
       BeginPause},
      {"pause", "end", Word::kHelpPauseEnd, {}, EndPauses},
      {"pause", "list", Word::kHelpPauses, {client}, ListPauses},
  };
}

}  // namespace brug::app
