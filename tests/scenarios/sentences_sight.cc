#include <algorithm>

#include "proto/rules/apply.h"
#include "tests/scenarios/stage.h"
#include "tests/scenarios/texts.h"

// What is to be seen, and what was seen instead.
namespace brug::scenarios {
namespace {

std::vector<std::string> ShownOfKind(Stage& stage, const std::string& device, const std::string& kind) {
  std::vector<std::string> words;
  for (const v1::Record& record : stage.ShownOn(device)) {
    if (KindOf(record) == kind) words.push_back(WordsOf(record));
  }
  return words;
}

Saw ShowsInstead(const std::string& device, const std::string& kind, const std::vector<std::string>& shown) {
  if (shown.empty()) return "the " + device + " shows no " + kind;
  return "the " + device + " shows " + kind + (shown.size() == 1 ? " " : "s ") + Quoted(shown);
}

Saw IsOn(Stage& stage, const std::string& device) {
  return stage.device(device).running() ? std::nullopt : Saw("the " + device + " is off");
}

template <bool kShown>
Saw Shows(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const auto shown = ShownOfKind(stage, said.devices[0], said.words[0]);
  const bool there = std::find(shown.begin(), shown.end(), said.texts[0]) != shown.end();
  return there == kShown ? std::nullopt : ShowsInstead(said.devices[0], said.words[0], shown);
}

Saw ShowsIfKept(Stage& stage, const Said& said) {
  const Item* item = stage.FindItem(said.words[0], said.texts[0]);
  if (item == nullptr) return "nobody tried to write a " + said.words[0] + " \"" + said.texts[0] + "\"";
  return item->kept ? Shows<true>(stage, said) : IsOn(stage, said.devices[0]);
}

Saw ShowsCount(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const auto shown = ShownOfKind(stage, said.devices[0], said.words[0]);
  if (static_cast<std::int64_t>(shown.size()) == said.numbers[0]) return std::nullopt;
  return "the " + said.devices[0] + " shows " + std::to_string(shown.size());
}

Saw ShowsInOrder(Stage& stage, const Said& said) {
  std::vector<v1::Record> steps;
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (record.has_step()) steps.push_back(record);
  }
  std::sort(steps.begin(), steps.end(), [](const v1::Record& a, const v1::Record& b) {
    return std::pair(a.step().rank(), a.record_id()) < std::pair(b.step().rank(), b.record_id());
  });
  std::vector<std::string> shown;
  for (const v1::Record& step : steps) shown.push_back(step.step().title());
  return shown == said.texts ? std::nullopt : Saw("the order is " + Quoted(shown));
}

std::optional<v1::Record> TickOn(Stage& stage, const Said& said) {
  const Item* step = stage.FindItem("step", said.texts[0]);
  if (step == nullptr) return std::nullopt;
  const std::string id = rules::TickId(step->record_id, stage.DayOf(said.days[0]));
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (record.record_id() == id) return record;
  }
  return std::nullopt;
}

std::string StateOf(const std::optional<v1::Record>& tick) {
  if (!tick) return "no tick";
  std::string state = v1::TickState_Name(tick->tick().state()).substr(std::string("TICK_STATE_").size());
  std::transform(state.begin(), state.end(), state.begin(), [](unsigned char c) { return std::tolower(c); });
  return state;
}

Saw ShowsTick(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const std::string state = StateOf(TickOn(stage, said));
  return state == said.words[0] ? std::nullopt : Saw("the " + said.devices[0] + " shows " + state);
}

Saw ShowsNoTick(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const auto tick = TickOn(stage, said);
  return tick ? Saw("the " + said.devices[0] + " shows " + StateOf(tick)) : std::nullopt;
}

Saw ShowsNote(Stage& stage, const Said& said) {
  const auto tick = TickOn(stage, said);
  const std::string note = tick ? tick->tick().note() : "";
  return note == said.texts[1] ? std::nullopt : Saw("the note is \"" + note + "\"");
}

Saw ShowsWhy(Stage& stage, const Said& said) {
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (!record.has_goal() || record.goal().title() != said.texts[0]) continue;
    const std::string& why = record.goal().why();
    return why == said.texts[1] ? std::nullopt : Saw("it says \"" + why + "\"");
  }
  return "the " + said.devices[0] + " does not show that goal";
}

Saw ShowsFieldOfTomorrow(Stage& stage, const Said& said) {
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (!record.has_goal() || record.goal().title() != said.texts[0]) continue;
    return HasUnknownField(record.goal()) ? std::nullopt : Saw("the field is not there any more");
  }
  return "the " + said.devices[0] + " does not show that goal";
}

Saw ShowsReply(Stage& stage, const Said& said) {
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (!record.has_profile()) continue;
    const std::int64_t hours = record.profile().reply_within_hours();
    return hours == said.numbers[0] ? std::nullopt : Saw("it says " + std::to_string(hours) + " hours");
  }
  return "the " + said.devices[0] + " shows no profile";
}

Saw Waits(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const std::int64_t pending = stage.device(said.devices[0]).core().Status().pending;
  const std::int64_t wanted = said.numbers.empty() ? 0 : said.numbers[0];
  return pending == wanted ? std::nullopt : Saw(std::to_string(pending) + " things wait");
}

std::vector<sdk::RejectedMutation> CameBackTo(Stage& stage, const std::string& device) {
  auto rejected = stage.device(device).core().Rejected();
  return rejected.ok() ? *std::move(rejected) : std::vector<sdk::RejectedMutation>();
}

std::string Refusals(const std::vector<sdk::RejectedMutation>& rejected) {
  std::string said;
  for (const auto& one : rejected) said += (said.empty() ? "" : ", ") + one.error.reason;
  return said.empty() ? "nothing came back" : "what came back has the reasons: " + said;
}

Saw CameBack(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const auto rejected = CameBackTo(stage, said.devices[0]);
  for (const auto& one : rejected) {
    if (Says(one.mutation, said.texts[0]) && one.error.reason == said.words[0]) return std::nullopt;
  }
  return Refusals(rejected);
}

Saw NothingCameBack(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const auto rejected = CameBackTo(stage, said.devices[0]);
  return rejected.empty() ? std::nullopt : Saw(Refusals(rejected));
}

Saw IsInState(Stage& stage, const Said& said) {
  static const std::map<sdk::CoreState, std::string> names = {
      {sdk::CoreState::kIdle, "idle"},
      {sdk::CoreState::kSyncing, "syncing"},
      {sdk::CoreState::kOffline, "offline"},
      {sdk::CoreState::kSignInNeeded, "sign-in-needed"},
      {sdk::CoreState::kAccessEnded, "access-ended"},
      {sdk::CoreState::kStorageFull, "storage-full"},
      {sdk::CoreState::kUpdateNeeded, "update-needed"}};
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const std::string& state = names.at(stage.device(said.devices[0]).core().Status().state);
  return state == said.words[0] ? std::nullopt : Saw("it is " + state);
}

Saw IsInLog(Stage& stage, const Said& said) {
  std::int64_t count = 0;
  for (const v1::LogEntry& entry : stage.LogOf(stage.people().at(said.people[0]).dossier_id)) {
    const bool counts = entry.refused() == v1::ERROR_REASON_UNSPECIFIED;
    if (counts && entry.has_mutation() && Says(entry.mutation(), said.texts[0])) ++count;
  }
  return count == said.numbers[0] ? std::nullopt : Saw("it is there " + std::to_string(count) + " times");
}

Saw IsKeptInLog(Stage& stage, const Said& said) {
  for (const v1::LogEntry& entry : stage.LogOf(stage.people().at(said.people[0]).dossier_id)) {
    if (!entry.has_mutation() || !Says(entry.mutation(), said.texts[0])) continue;
    if (entry.refused() == v1::ERROR_REASON_UNSPECIFIED) return "it counts";
    const std::string reason =
        v1::ErrorReason_Name(entry.refused()).substr(std::string("ERROR_REASON_").size());
    return reason == said.words[0] ? std::nullopt : Saw("it was refused with " + reason);
  }
  return "it is not there";
}

Saw HoldsNothing(Stage& stage, const Said& said) {
  const std::string& dossier_id = stage.people().at(said.people[0]).dossier_id;
  if (stage.device(said.devices[0]).running()) {
    for (const sdk::DossierInfo& info : stage.device(said.devices[0]).core().Dossiers()) {
      if (info.dossier_id == dossier_id) return "the " + said.devices[0] + " has the dossier";
    }
  }
  return stage.device(said.devices[0]).disk().Holds(dossier_id)
             ? Saw("the files of the " + said.devices[0] + " still name the dossier")
             : std::nullopt;
}

Saw HasDossier(Stage& stage, const Said& said) {
  if (auto off = IsOn(stage, said.devices[0])) return off;
  const std::string& dossier_id = stage.people().at(said.people[0]).dossier_id;
  for (const sdk::DossierInfo& info : stage.device(said.devices[0]).core().Dossiers()) {
    if (info.dossier_id == dossier_id && info.complete) return std::nullopt;
  }
  return "the " + said.devices[0] + " does not have it";
}

template <bool kKnown>
Saw ServiceKnows(Stage& stage, const Said& said) {
  const Item* item = stage.FindItem(said.words[0], said.texts[0]);
  if (item == nullptr) return "nobody wrote a " + said.words[0] + " \"" + said.texts[0] + "\"";
  if (stage.HasRecord(*item) == kKnown) return std::nullopt;
  return kKnown ? "it knows nothing of it" : "it still knows of it";
}

Saw CameAnew(Stage& stage, const Said& said) {
  const std::int64_t count = stage.lookout().TakeGivenAnewTo(stage.StationOf(said.devices[0]));
  return count == said.numbers[0] ? std::nullopt : Saw("there were " + std::to_string(count));
}

Saw SomeCallWasRefused(Stage& stage, const Said& said) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (!v1::ErrorReason_Parse("ERROR_REASON_" + said.words[0], &reason)) return "there is no such reason";
  return stage.lookout().TakeRefusedWith(reason) > 0 ? std::nullopt : Saw("no call was");
}

Saw EveryoneHasTheSame(Stage& stage, const Said&) {
  stage.checks().InspectEnd({});
  return std::nullopt;
}

}  // namespace

const std::vector<Sentence>& SentencesOfSight() {
  static const std::vector<Sentence> sentences = {
      {"the DEVICE shows KIND TEXT", Shows<true>},
      {"the DEVICE does not show KIND TEXT", Shows<false>},
      {"the DEVICE shows KIND TEXT if it was kept", ShowsIfKept},
      {"the DEVICE shows NUMBER KIND", ShowsCount},
      {"the DEVICE shows the steps in the order TEXT TEXT", ShowsInOrder},
      {"the DEVICE shows the steps in the order TEXT TEXT TEXT", ShowsInOrder},
      {"the DEVICE shows step TEXT as WORD for DAY", ShowsTick},
      {"the DEVICE shows no tick of step TEXT for DAY", ShowsNoTick},
      {"the DEVICE shows at step TEXT for DAY the note TEXT", ShowsNote},
      {"the DEVICE shows why goal TEXT matters TEXT", ShowsWhy},
      {"the DEVICE shows goal TEXT with its field of tomorrow", ShowsFieldOfTomorrow},
      {"the DEVICE shows a reply within NUMBER hours", ShowsReply},
      {"nothing waits on the DEVICE", Waits},
      {"NUMBER thing/things wait/waits on the DEVICE", Waits},
      {"TEXT came back to the DEVICE with the reason REASON", CameBack},
      {"nothing came back to the DEVICE", NothingCameBack},
      {"the DEVICE is WORD", IsInState},
      {"TEXT is NUMBER in the log of NAME", IsInLog},
      {"TEXT is NUMBER times in the log of NAME", IsInLog},
      {"TEXT is kept in the log of NAME as refused with REASON", IsKeptInLog},
      {"the DEVICE holds nothing of NAME", HoldsNothing},
      {"the DEVICE has the dossier of NAME", HasDossier},
      {"the service still knows of KIND TEXT", ServiceKnows<true>},
      {"the service knows nothing of KIND TEXT any more", ServiceKnows<false>},
      {"NUMBER dossier/dossiers came anew to the DEVICE", CameAnew},
      {"some call was refused with REASON", SomeCallWasRefused},
      {"everyone has the same and nothing waits", EveryoneHasTheSame},
  };
  return sentences;
}

}  // namespace brug::scenarios
