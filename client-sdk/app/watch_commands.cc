#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// Looking on while it happens.
namespace brug::app {
namespace {

constexpr std::chrono::seconds kFirstSyncTimeout{600};

// What the eye follows of a dossier: a line for each thing that can change, by its key.
using Lines = std::map<std::string, std::string>;

Lines LinesOf(const Session& session, const Dossier& dossier) {
  Lines lines;
  for (const auto& goal : Take(dossier.Goals())) {
    lines["goal " + goal.id] = goal.content.title + ": " + SayState(session, goal.content.state);
    for (const auto& milestone : Take(dossier.Milestones(goal.id))) {
      const auto& reached_on = milestone.content.reached_on;
      lines["milestone " + milestone.id] =
          milestone.content.title +
          (reached_on ? ": " + session.Say(Word::kReachedOn, {SayDay(session, *reached_on)}) : "");
    }
    for (const auto& step : Take(dossier.Steps(goal.id))) {
      lines["step " + step.id] = step.content.title;
      for (const auto& tick : Take(dossier.Ticks(step.id))) {
        lines["tick " + step.id + FormatDate(tick.content.date)] = step.content.title + ": " +
                                                                   SayState(session, tick.content.state) +
                                                                   ", " + SayDay(session, tick.content.date);
      }
    }
  }
  for (const auto& message : Take(dossier.Messages())) lines["message " + message.id] = message.content.words;
  for (const auto& assessment : Take(dossier.Assessments())) {
    lines["assessment " + assessment.id] = session.Say(Word::kNewBridge);
  }
  for (const auto& appointment : Take(dossier.Appointments())) {
    const Appointment& content = appointment.content;
    lines["appointment " + appointment.id] = session.Say(
        Word::kAppointmentIs, {SayMoment(session, content.at) + ", " + SayState(session, content.state)});
  }
  for (const auto& pause : Take(dossier.Pauses())) {
    lines["pause " + pause.id] = session.Say(Word::kIsPaused) + ": " + SayDay(session, pause.content.from) +
                                 (pause.content.until ? " - " + SayDay(session, *pause.content.until) : "");
  }
  for (const auto& contact : Take(dossier.Contacts())) {
    lines["contact " + contact.id] =
        SayMoment(session, contact.content.at) + "  " + SayKind(session, contact.content.kind);
  }
  for (const auto& appreciation : Take(dossier.Appreciations())) {
    lines["appreciation " + appreciation.id] =
        session.Say(Word::kAppreciation) + " " + appreciation.content.words;
  }
  for (const auto& suggestion : Take(dossier.Suggestions())) {
    const std::string& words = suggestion.content.words;
    const bool taken = suggestion.content.state == SuggestionState::kTaken;
    lines["suggestion " + suggestion.id] = taken ? session.Say(Word::kSuggestionTaken, {words}) : words;
  }
  for (const auto& handover : Take(dossier.Handovers())) {
    lines["handover " + handover.id] = SayState(session, handover.content.state);
  }
  return lines;
}

std::vector<std::string> WhatIsNew(const Lines& before, const Lines& now) {
  std::vector<std::string> fresh;
  for (const auto& [key, line] : now) {
    const auto old = before.find(key);
    if (old == before.end() || old->second != line) fresh.push_back(line);
  }
  return fresh;
}

// Dossiers that changed and were not looked at yet. Filled by the SDK's thread, emptied by ours.
class Changes {
 public:
  void Add(const std::vector<std::string>& dossier_ids) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(dossier_ids.begin(), dossier_ids.end());
    changed_.notify_one();
  }
  // Empty when the time is over.
  std::set<std::string> Next(std::chrono::steady_clock::time_point end) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, end, [this] { return !waiting_.empty(); });
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> waiting_;
};

void Print(const Session& session, const std::string& text, const Json& json) {
  std::fputs((session.asked().json ? json.dump() + "\n" : text).c_str(), stdout);
  std::fflush(stdout);
}

// Says what is new in one dossier; whether anything is.
bool Report(Session& session, const std::string& dossier_id, std::map<std::string, Lines>& seen) {
  const auto dossier = session.client().OpenDossier(dossier_id);
  // It can have left this device meanwhile.
  if (!dossier.ok()) return seen.erase(dossier_id) > 0;
  Lines now = LinesOf(session, *dossier);
  const auto fresh = WhatIsNew(seen[dossier_id], now);
  seen[dossier_id] = std::move(now);
  if (fresh.empty()) return false;
  const std::string name = Take(dossier->Profile()).content.display_name;
  std::string text;
  for (const auto& line : fresh) text += session.Strong(name) + "  " + line + "\n";
  Print(session, text,
        {{"event", "change"}, {"dossier_id", dossier_id}, {"display_name", name}, {"lines", fresh}});
  return true;
}

Answer Watch(Session& session, const Arguments& arguments) {
  (void)session.Me();
  Changes changes;
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(arguments.Number("--timeout", 24 * 3600));
  Take(session.Sync(kFirstSyncTimeout));
  std::map<std::string, Lines> seen;
  const Subscription subscription =
      session.client().Subscribe([&](const Change& change) { changes.Add(change.dossier_ids); });
  for (const auto& id : Take(session.client().DossierIds())) {
    seen[id] = LinesOf(session, Take(session.client().OpenDossier(id)));
  }
  session.client().StartBackgroundSync();
  Print(session, session.Say(Word::kWatching, {std::to_string(seen.size())}) + "\n",
        {{"event", "watching"}, {"dossiers", seen.size()}});
  while (true) {
    const auto changed = changes.Next(end);
    if (changed.empty()) {
      if (arguments.Has("--once"))
        session.Refuse("TIMED_OUT", "--timeout", session.Say(Word::kNothingChanged));
      return {.text = {}, .json = {{"event", "end"}}};
    }
    bool reported = false;
    for (const auto& id : changed) reported = Report(session, id, seen) || reported;
    if (reported && arguments.Has("--once")) return {.text = {}, .json = {{"event", "end"}}};
  }
}

}  // namespace

std::vector<Command> WatchCommands() {
  using Kind = Parameter::Kind;
  return {{"watch",
           "",
           Word::kHelpWatch,
           {{"--once", Kind::kFlag, false, Word::kHelpOnceFlag},
            {"--timeout", Kind::kNumber, false, Word::kHelpTimeout}},
           Watch}};
}

}  // namespace brug::app
