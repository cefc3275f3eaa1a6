#include "tests/scenarios/stage.h"

#include <charconv>
#include <limits>
#include <utility>

#include "proto/rules/dossier_reader.h"
#include "service/domain/sealed_dossier.h"
#include "tests/scenarios/texts.h"

namespace brug::scenarios {
namespace {

constexpr char kZone[] = "Europe/Amsterdam";

// A number that no reason of the contract has.
constexpr int kReasonOfTomorrow = 9'999;

// All live records that hang under `parent`, and under those.
void Walk(const rules::DossierReader& view, std::string_view parent, std::vector<v1::Record>& found) {
  for (const v1::Record& record : view.ChildrenOf(parent)) {
    found.push_back(record);
    Walk(view, record.record_id(), found);
  }
}

constexpr std::string_view kGroups[] = {rules::kProfiles, rules::kAssessments,   rules::kGoals,
                                        rules::kPauses,   rules::kAppreciations, rules::kMessages,
                                        rules::kContacts, rules::kAppointments,  rules::kHandovers,
                                        rules::kOffers,   rules::kVouchers};

}  // namespace

Stage::Stage(std::string folder, simulation::Adapter adapter)
    : world_(OptionsOf(std::move(folder), adapter), lookout_) {
  checks_.Watch(world_);
}

simulation::World::Options Stage::OptionsOf(std::string folder, simulation::Adapter adapter) {
  simulation::World::Options options{.folder = std::move(folder), .seed = 1, .adapter = adapter};
  options.spoil_syncs_alone = true;
  options.distort_request = [this](int station, sdk::Call& call) { Distort(station, call); };
  options.distort_answer = [this](int station, const sdk::Call& call, sdk::Answer& answer) {
    DistortAnswer(station, call, answer);
  };
  return options;
}

Saw Stage::Play(std::string_view line) {
  std::vector<Pattern> patterns;
  for (const Sentence& sentence : Sentences()) patterns.push_back(sentence.pattern);
  const auto read = Read(line, patterns, cast_);
  if (const auto* problem = std::get_if<std::string>(&read)) return *problem;
  const auto& [number, said] = std::get<Reading>(read);
  const bool may_be_refused = patterns[number].starts_with("on the") || patterns[number].starts_with("NAME");
  if (!may_be_refused && (!said.refused.empty() || said.if_the_power_lasts)) {
    return "here nothing can be refused";
  }
  auto saw = Sentences()[number].play(*this, said);
  return saw ? saw : Violated();
}

Saw Stage::End() {
  for (const auto& [name, station] : stations_) {
    if (world_.device(station).running()) checks_.Inspect(station);
    if (spoils.contains(station)) return "the " + name + " made no call that could be spoiled";
  }
  return Violated();
}

Saw Stage::Violated() {
  if (!checks_.violation()) return std::nullopt;
  return checks_.violation()->rule + " does not hold: " + checks_.violation()->words;
}

const std::string& Stage::NameOf(const std::string& person_id) const {
  static const std::string nobody = "nobody of this scenario";
  for (const auto& [name, person] : people_) {
    if (person.person_id == person_id) return name;
  }
  return nobody;
}

void Stage::AddPerson(const std::string& name, Person person) {
  cast_.people[name] = true;
  people_[name] = std::move(person);
}

void Stage::AddDevice(const std::string& name, const std::string& owner, int station) {
  cast_.owners[name] = owner;
  people_[owner].devices.push_back(name);
  stations_[name] = station;
}

const Item* Stage::FindItem(const std::string& kind, const std::string& text) const {
  const auto found = items_.find(text);
  return found == items_.end() || found->second.kind != kind ? nullptr : &found->second;
}

Saw Stage::Do(const Said& said, const std::string& dossier_id, v1::Mutation mutation) {
  const std::string& name = said.devices.at(0);
  if (!device(name).running()) return "the " + name + " is off";
  const auto accepted = world_.Accept(StationOf(name), dossier_id, std::move(mutation));
  if (!accepted && said.if_the_power_lasts && device(name).refused() == "power") return std::nullopt;
  return HeldTo(said, accepted ? "" : device(name).refused());
}

Saw Stage::Make(const Said& said, const std::string& kind, const std::string& text,
                const std::string& record_id, const std::string& dossier_id, v1::Mutation mutation) {
  if (items_.contains(text)) return "there are two things with the words \"" + text + "\"";
  auto saw = Do(said, dossier_id, std::move(mutation));
  const bool kept = !saw && said.refused.empty() && device(said.devices.at(0)).refused().empty();
  items_[text] = {.kind = kind, .record_id = record_id, .dossier_id = dossier_id, .kept = kept};
  return saw;
}

Saw Stage::HeldTo(const Said& said, const std::string& reason) {
  if (reason == said.refused) return std::nullopt;
  return reason.empty() ? "it was not refused" : "it was refused: " + reason;
}

std::vector<v1::Record> Stage::ShownOn(const std::string& name) {
  std::vector<v1::Record> shown;
  if (!device(name).running()) return shown;
  for (const sdk::DossierInfo& info : device(name).core().Dossiers()) {
    const auto view = device(name).core().ViewOf(info.dossier_id);
    if (!view.ok()) continue;
    for (const std::string_view group : kGroups) Walk(**view, group, shown);
  }
  return shown;
}

std::vector<v1::LogEntry> Stage::LogOf(const std::string& dossier_id) {
  std::vector<v1::LogEntry> log;
  const domain::DossierAccess access{world_.service().organisation_id(), dossier_id,
                                     world_.service().KeysOf(dossier_id)};
  world_.service().Look([&](const storage::Snapshot& snapshot) {
    const auto head = snapshot.FindHead(dossier_id);
    for (std::int64_t revision = 1; head && revision <= head->revision; ++revision) {
      const auto row = snapshot.FindLogEntry(dossier_id, revision);
      v1::LogEntry entry;
      const auto plain =
          row ? domain::OpenForDossier(access, {"log", "", revision}, row->sealed) : std::nullopt;
      if (plain && entry.ParseFromString(*plain)) log.push_back(std::move(entry));
    }
  });
  return log;
}

bool Stage::HasRecord(const Item& item) {
  bool has = false;
  const domain::DossierAccess access{world_.service().organisation_id(), item.dossier_id,
                                     world_.service().KeysOf(item.dossier_id)};
  world_.service().Look([&](const storage::Snapshot& snapshot) {
    const domain::SealedDossier dossier(snapshot, access);
    for (const storage::SealedRecord& row :
         snapshot.RecordsAfter(item.dossier_id, 0, std::numeric_limits<std::int64_t>::max())) {
      const auto record = dossier.Open(row);
      has = has || (record && record->record_id() == item.record_id);
    }
  });
  return has;
}

rules::Day Stage::DayOf(const std::string& day) {
  static const zones::SystemZones zones;
  const rules::Day today = rules::LocalDay(zones.FindZone(kZone).value(), world_.time().now);
  if (day == "today") return today;
  if (day == "yesterday") return today - std::chrono::days(1);
  if (day == "tomorrow") return today + std::chrono::days(1);
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    std::from_chars(day.data() + at, day.data() + at + count, value);
    return value;
  };
  return std::chrono::year(number(0, 4)) / number(5, 2) / number(8, 2);
}

void Stage::Distort(int station, sdk::Call& call) {
  if (call.method != sdk::Method::kSync) return;
  v1::SyncRequest request;
  if (!request.ParseFromString(call.request)) return;
  cursors_sent[station] = {request.cursors().begin(), request.cursors().end()};
  bool distorted = DistortMutations(request);
  if (const auto spoil = spoils.find(station); spoil != spoils.end() && spoil->second(request)) {
    spoils.erase(spoil);
    checks().Excuse(station);
    distorted = true;
  }
  if (distorted) call.request = request.SerializeAsString();
}

bool Stage::DistortMutations(v1::SyncRequest& request) {
  bool distorted = false;
  for (v1::Mutation& mutation : *request.mutable_mutations()) {
    for (const std::string& text : refused_by_the_newest_rules) {
      if (!Says(mutation, text)) continue;
      if (refused_for_a_new_reason.contains(text)) to_refuse_for_a_new_reason_.insert(mutation.mutation_id());
      // What no rules let through stands for what newer ones no longer do.
      ReplaceText(mutation, text, std::string("\x01"));
      distorted = true;
    }
    if (IntentIs(mutation, answered_in_a_new_way)) to_answer_in_a_new_way_.insert(mutation.mutation_id());
    if (IntentIs(mutation, unknown_intents)) {
      mutation.clear_intent();
      distorted = true;
    }
  }
  return distorted;
}

void Stage::DistortAnswer(int station, const sdk::Call& call, sdk::Answer& answer) const {
  if (call.method != sdk::Method::kSync || renewed_apps.contains(station)) return;
  v1::SyncResponse response;
  if (!response.ParseFromString(answer.response)) return;
  bool distorted = false;
  for (v1::Outcome& outcome : *response.mutable_outcomes()) {
    if (to_answer_in_a_new_way_.contains(outcome.mutation_id())) {
      outcome.clear_result();
      AddUnknownField(outcome);
      distorted = true;
    } else if (outcome.has_rejected() && to_refuse_for_a_new_reason_.contains(outcome.mutation_id())) {
      outcome.mutable_rejected()->set_reason(static_cast<v1::ErrorReason>(kReasonOfTomorrow));
      distorted = true;
    }
  }
  if (distorted) answer.response = response.SerializeAsString();
}

const std::vector<Sentence>& Sentences() {
  static const std::vector<Sentence> all = [] {
    std::vector<Sentence> sentences;
    for (const auto* part : {&SentencesOfPeople(), &SentencesOfDeeds(), &SentencesOfRewards(),
                             &SentencesOfWorld(), &SentencesOfTomorrow(), &SentencesOfBadCalls(),
                             &SentencesOfCrowd(), &SentencesOfHistory(), &SentencesOfSight()}) {
      sentences.insert(sentences.end(), part->begin(), part->end());
    }
    return sentences;
  }();
  return all;
}

}  // namespace brug::scenarios
