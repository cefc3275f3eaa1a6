#include <tuple>

#include "proto/rules/apply_intents.h"
#include "proto/rules/offer.h"

// The tick: a fact keyed by (step, date). Whatever order ticks arrive in, the same one stays.
namespace brug::rules {
namespace {

// Later recorded, then done > tried > skipped > cleared (the order of the enum), then the greater mutation
// id.
bool WinsOver(const v1::Tick& a, const v1::Tick& b) {
  const auto key = [](const v1::Tick& tick) {
    return std::make_tuple(ToInstant(tick.recorded_at()), static_cast<int>(tick.state()),
                           std::string_view(tick.mutation_id()));
  };
  return key(a) > key(b);
}

v1::Record TickRecord(const Scene& scene, const v1::TickStep& intent) {
  v1::Record record = NewRecord(TickId(intent.step_id(), *ToDay(intent.date())), scene.occasion);
  v1::Tick& tick = *record.mutable_tick();
  tick.set_step_id(intent.step_id());
  *tick.mutable_date() = intent.date();
  tick.set_state(intent.state());
  tick.set_note(intent.note());
  if (intent.has_done_at()) *tick.mutable_done_at() = intent.done_at();
  *tick.mutable_recorded_at() = ToTimestamp(scene.occasion.at);
  tick.set_mutation_id(scene.mutation.mutation_id());
  return record;
}

Day FirstDayOf(const v1::Step& step) { return ToDay(step.begins_on()).value_or(Day::min()); }

// From when on the step can be ticked, for a tick on `day`. What an open offer froze can be ticked as it was
// promised, though the step was deleted since, or begins later now.
std::variant<Day, Violation> FirstDayFor(const Scene& scene, const std::string& step_id, Day day) {
  const auto found = FindLive(scene, step_id, v1::Record::kStep, "step_id");
  const auto* refused = std::get_if<Violation>(&found);
  if (refused != nullptr && refused->reason != v1::ERROR_REASON_DELETED) return *refused;
  if (refused == nullptr && day >= FirstDayOf(std::get<v1::Record>(found).step())) return day;
  if (const auto frozen = FindFrozenStep(scene.dossier, step_id)) return FirstDayOf(*frozen);
  if (refused != nullptr) return *refused;
  return FirstDayOf(std::get<v1::Record>(found).step());
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::TickStep& intent) {
  const Day day = *ToDay(intent.date());
  const auto first_day = FirstDayFor(scene, intent.step_id(), day);
  if (const auto* refused = std::get_if<Violation>(&first_day)) return *refused;
  if (day > scene.occasion.today + std::chrono::days(1)) {
    return Refuse(scene, v1::ERROR_REASON_IN_THE_FUTURE, "date");
  }
  if (day < std::get<Day>(first_day)) {
    return Refuse(scene, v1::ERROR_REASON_BEFORE_THE_STEP, "date");
  }

  v1::Record arriving = TickRecord(scene, intent);
  auto present = scene.dossier.Find(arriving.record_id());
  if (!present) return Made(std::move(arriving));
  // The same mutation again is the same tick.
  if (present->tick().mutation_id() == arriving.tick().mutation_id()) return Change{};
  Change change;
  if (WinsOver(arriving.tick(), present->tick())) {
    change.overwritten.push_back(*std::move(present));
    change.records.push_back(std::move(arriving));
  } else {
    change.overwritten.push_back(std::move(arriving));
  }
  return change;
}

std::string TickId(std::string_view step_id, Day day) { return std::string(step_id) + "/" + ToIso(day); }

}  // namespace brug::rules
