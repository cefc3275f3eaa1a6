#pragma once

#include <brug/client.h>

#include "client-sdk/app/command.h"
#include "client-sdk/app/reward_json.h"

// Values as JSON for programs: names as in the headers, days as "2026-11-21", instants as UTC to the
// microsecond, nothing where there is nothing.
namespace brug::app {

[[nodiscard]] Json ToJson(Instant instant);
[[nodiscard]] Json ToJson(const std::optional<Instant>& instant);
[[nodiscard]] Json ToJson(const std::optional<Date>& date);
[[nodiscard]] Json ToJson(const Recurrence& recurrence);
[[nodiscard]] Json ToJson(const Profile& profile);
[[nodiscard]] Json ToJson(const Relation& relation);
[[nodiscard]] Json ToJson(const Assessment& assessment);
[[nodiscard]] Json ToJson(const AssessmentView& view);
[[nodiscard]] Json ToJson(const Goal& goal);
[[nodiscard]] Json ToJson(const Milestone& milestone);
[[nodiscard]] Json ToJson(const Step& step);
[[nodiscard]] Json ToJson(const Tick& tick);
[[nodiscard]] Json ToJson(const Pause& pause);
[[nodiscard]] Json ToJson(const Suggestion& suggestion);
[[nodiscard]] Json ToJson(const Appreciation& appreciation);
[[nodiscard]] Json ToJson(const Message& message);
[[nodiscard]] Json ToJson(const Contact& contact);
[[nodiscard]] Json ToJson(const Appointment& appointment);
[[nodiscard]] Json ToJson(const Handover& handover);
[[nodiscard]] Json ToJson(const IncomingHandover& handover);
[[nodiscard]] Json ToJson(const Device& device);
[[nodiscard]] Json ToJson(const Identity& identity);
[[nodiscard]] Json ToJson(const ActivationCode& code);
[[nodiscard]] Json ToJson(const CaseloadEntry& entry);
[[nodiscard]] Json ToJson(const DayItem& item);
[[nodiscard]] Json ToJson(const StaffMember& member);
[[nodiscard]] Json ToJson(const Team& team);
[[nodiscard]] Json ToJson(const Status& status);
[[nodiscard]] Json ToJson(const RejectedItem& item);
[[nodiscard]] Json ToJson(const Error& error);

[[nodiscard]] std::string_view NameOf(Role role);
[[nodiscard]] std::string_view NameOf(GoalState state);
[[nodiscard]] std::string_view NameOf(TickState state);
[[nodiscard]] std::string_view NameOf(HandoverState state);
[[nodiscard]] std::string_view NameOf(ContactKind kind);

// The content with "id", "pending", "created_by" and "created_at" before it.
template <class T>
[[nodiscard]] Json ToJson(const Item<T>& item) {
  Json json = {
      {"id", item.id},
      {"pending", item.pending},
      {"created_by", {{"person_id", item.created_by.person_id}, {"role", NameOf(item.created_by.role)}}},
      {"created_at", ToJson(item.created_at)}};
  json.update(ToJson(item.content));
  return json;
}

template <class T>
[[nodiscard]] Json ToJson(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) list.push_back(ToJson(value));
  return list;
}

// Everything of a dossier, in an order that depends on its content alone: two devices that have the same give
// the same bytes.
[[nodiscard]] Json WholeDossier(const Dossier& dossier);

}  // namespace brug::app
