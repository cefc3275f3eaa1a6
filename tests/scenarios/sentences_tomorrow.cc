#include <utility>

#include "service/domain/dossier_writer.h"
#include "tests/scenarios/stage.h"
#include "tests/scenarios/texts.h"

// A service that is newer than the apps: it writes and answers what they do not know.
namespace brug::scenarios {
namespace {

// The service changes a record of a dossier, or makes it. `change` gets what is there.
using ChangeRecord = std::function<void(v1::Record&)>;
Saw Write(Stage& stage, const std::string& dossier_id, const std::string& record_id,
          const ChangeRecord& change) {
  const bool written = stage.world().service().Write([&](domain::Desk& desk) {
    auto writer = domain::DossierWriter::Open(desk, dossier_id);
    if (!writer.ok() || !writer->has_value()) return false;
    rules::Change changed;
    v1::Record& record =
        changed.records.emplace_back((*writer)->view().Find(record_id).value_or(v1::Record()));
    record.set_record_id(record_id);
    record.set_revision((*writer)->next_revision());
    change(record);
    return (*writer)->Commit(changed, v1::LogEntry(), desk.now).ok();
  });
  return written ? std::nullopt : Saw("the service did not write it");
}

Saw PutFieldIntoGoal(Stage& stage, const Said& said) {
  const Item* goal = stage.FindItem("goal", said.texts[0]);
  if (goal == nullptr) return "nobody wrote a goal \"" + said.texts[0] + "\" so far";
  return Write(stage, goal->dossier_id, goal->record_id,
               [](v1::Record& record) { AddUnknownField(*record.mutable_goal()); });
}

Saw WriteNewKind(Stage& stage, const Said& said) {
  const Item thing{.kind = "thing of tomorrow",
                   .record_id = stage.world().NewId(),
                   .dossier_id = stage.people().at(said.people[0]).dossier_id};
  stage.things_of_tomorrow[said.texts[0]] = thing;
  return Write(stage, thing.dossier_id, thing.record_id,
               [&](v1::Record& record) { SetContentOfTomorrow(record, said.texts[0]); });
}

// As an app would show it that knows the kind.
Saw KeepsNewKind(Stage& stage, const Said& said) {
  const auto thing = stage.things_of_tomorrow.find(said.texts[0]);
  if (thing == stage.things_of_tomorrow.end()) return "nobody wrote it";
  if (!stage.device(said.devices[0]).running()) return "the " + said.devices[0] + " is off";
  const auto view = stage.device(said.devices[0]).core().ViewOf(thing->second.dossier_id);
  if (!view.ok()) return "the " + said.devices[0] + " shows nothing";
  const auto record = (*view)->Find(thing->second.record_id);
  if (!record) return "it is not there";
  const std::string words = ContentOfTomorrow(*record);
  return words == said.texts[0] ? std::nullopt : Saw("it says \"" + words + "\"");
}

Saw AnswerInNewWay(Stage& stage, const Said& said) {
  stage.answered_in_a_new_way.insert(IntentOf(said.words[0]));
  return std::nullopt;
}

Saw RefuseForNewReason(Stage& stage, const Said& said) {
  stage.refused_by_the_newest_rules.insert(said.texts[0]);
  stage.refused_for_a_new_reason.insert(said.texts[0]);
  return std::nullopt;
}

Saw RenewApp(Stage& stage, const Said& said) {
  stage.renewed_apps.insert(stage.StationOf(said.devices[0]));
  return std::nullopt;
}

}  // namespace

const std::vector<Sentence>& SentencesOfTomorrow() {
  static const std::vector<Sentence> sentences = {
      {"the service of tomorrow puts a field into goal TEXT", PutFieldIntoGoal},
      {"the service of tomorrow writes TEXT of a new kind for NAME", WriteNewKind},
      {"the DEVICE keeps TEXT of a new kind", KeepsNewKind},
      {"the service of tomorrow has a new answer to a/an KIND", AnswerInNewWay},
      {"the service of tomorrow refuses TEXT for a new reason", RefuseForNewReason},
      {"the app on the DEVICE is renewed", RenewApp},
  };
  return sentences;
}

}  // namespace brug::scenarios
