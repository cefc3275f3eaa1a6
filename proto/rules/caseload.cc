#include "proto/rules/caseload.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "proto/rules/apply.h"
#include "proto/rules/today.h"

namespace brug::rules {
namespace {

// The later of the two, nothing being before everything.
template <typename T>
void Raise(std::optional<T>& latest, const T& value) {
  if (!latest || *latest < value) latest = value;
}

bool IsOfMentor(const v1::Record& record) { return record.created_by().role() == v1::ROLE_MENTOR; }
bool IsOfClient(const v1::Record& record) { return record.created_by().role() == v1::ROLE_CLIENT; }

// All that was ticked of live steps, in any order.
std::vector<v1::Record> TicksOf(const DossierReader& dossier) {
  std::vector<v1::Record> ticks;
  for (const v1::Record& goal : dossier.ChildrenOf(kGoals)) {
    for (const v1::Record& step : dossier.ChildrenOf(goal.record_id())) {
      if (!step.has_step()) continue;
      for (v1::Record& child : dossier.ChildrenOf(step.record_id())) {
        if (child.has_tick()) ticks.push_back(std::move(child));
      }
    }
  }
  return ticks;
}

// What a caseload entry is made of.
struct Signs {
  // Contacts only.
  std::optional<Instant> last_contact;
  // The last word of a mentor: a talk, a message or an appreciation.
  std::optional<Instant> last_word_of_mentor;
  // Anything that passed between the two, or was ticked.
  std::optional<Day> last_sign;
};

Signs SignsOf(const DossierReader& dossier, const Zone& zone, const std::vector<v1::Record>& messages) {
  Signs signs;
  const auto heard = [&](const v1::Record& record, Instant at) {
    Raise(signs.last_sign, LocalDay(zone, at));
    if (IsOfMentor(record)) Raise(signs.last_word_of_mentor, at);
  };
  for (const v1::Record& record : dossier.ChildrenOf(kContacts)) {
    const Instant at = ToInstant(record.contact().at());
    Raise(signs.last_contact, at);
    heard(record, at);
  }
  for (const v1::Record& record : dossier.ChildrenOf(kAppreciations)) {
    heard(record, ToInstant(record.created_at()));
  }
  for (const v1::Record& record : messages) heard(record, ToInstant(record.message().written_at()));
  return signs;
}

int CountWaiting(const std::vector<v1::Record>& messages, std::optional<Instant> last_word_of_mentor) {
  return static_cast<int>(std::count_if(messages.begin(), messages.end(), [&](const v1::Record& record) {
    return IsOfClient(record) &&
           (!last_word_of_mentor || ToInstant(record.message().written_at()) > *last_word_of_mentor);
  }));
}

int CountAppointmentsWaiting(const DossierReader& dossier) {
  const auto appointments = dossier.ChildrenOf(kAppointments);
  return static_cast<int>(
      std::count_if(appointments.begin(), appointments.end(), [](const v1::Record& record) {
        return IsOfClient(record) && record.appointment().state() == v1::APPOINTMENT_STATE_PROPOSED;
      }));
}

bool IsWholePaused(const DossierReader& dossier, Day today) {
  std::vector<PauseDays> pauses;
  for (const v1::Record& record : dossier.ChildrenOf(kPauses)) {
    if (const auto days = ToPauseDays(record.pause())) pauses.push_back(*days);
  }
  return IsPaused(pauses, today);
}

// Fills what was ticked, and raises `last_sign` by it. A late tick is a sign on the day that it was recorded.
void CountTicks(const DossierReader& dossier, const Zone& zone, Day today, v1::CaseloadEntry& entry,
                std::optional<Day>& last_sign) {
  std::optional<Day> last_tick;
  int this_week = 0;
  for (const v1::Record& record : TicksOf(dossier)) {
    const v1::Tick& tick = record.tick();
    const auto day = ToDay(tick.date());
    if (!day || tick.state() == v1::TICK_STATE_CLEARED) continue;
    Raise(last_sign, std::max(*day, LocalDay(zone, ToInstant(tick.recorded_at()))));
    if (tick.state() != v1::TICK_STATE_DONE && tick.state() != v1::TICK_STATE_TRIED) continue;
    Raise(last_tick, *day);
    if (MondayOf(*day) == MondayOf(today)) ++this_week;
  }
  if (last_tick) *entry.mutable_last_tick_on() = ToDate(*last_tick);
  entry.set_ticks_this_week(this_week);
}

}  // namespace

v1::CaseloadEntry Summarise(const DossierReader& dossier, const Zone& zone, Instant now) {
  const Day today = LocalDay(zone, now);
  const std::vector<v1::Record> messages = dossier.ChildrenOf(kMessages);
  Signs signs = SignsOf(dossier, zone, messages);

  v1::CaseloadEntry entry;
  if (signs.last_contact) *entry.mutable_last_contact_at() = ToTimestamp(*signs.last_contact);
  CountTicks(dossier, zone, today, entry, signs.last_sign);
  if (const auto profile = dossier.Find(kProfileId)) {
    entry.set_display_name(profile->profile().display_name());
    // To open a dossier is no sign of anybody: it only says since when there could have been one.
    if (!signs.last_sign) signs.last_sign = LocalDay(zone, ToInstant(profile->created_at()));
  }
  entry.set_messages_waiting(CountWaiting(messages, signs.last_word_of_mentor));
  entry.set_appointments_waiting(CountAppointmentsWaiting(dossier));
  entry.set_paused(IsWholePaused(dossier, today));
  entry.set_quiet(!entry.paused() && signs.last_sign &&
                  today - *signs.last_sign >= std::chrono::days(kQuietDays));
  return entry;
}

bool NeedsAttentionBefore(const v1::CaseloadEntry& a, const v1::CaseloadEntry& b) {
  const auto key = [](const v1::CaseloadEntry& entry) {
    const bool waits = entry.messages_waiting() > 0 || entry.appointments_waiting() > 0;
    const bool quiet = entry.quiet() && !entry.paused();
    const Instant last_contact =
        entry.has_last_contact_at() ? ToInstant(entry.last_contact_at()) : Instant::min();
    return std::make_tuple(!waits, !quiet, last_contact, std::string_view(entry.dossier_id()));
  };
  return key(a) < key(b);
}

}  // namespace brug::rules
