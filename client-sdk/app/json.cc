#include "client-sdk/app/json.h"

#include <algorithm>
#include <cstdio>

namespace brug::app {
namespace {

constexpr std::string_view kRoles[] = {"unknown",  "client",   "mentor",    "team_lead", "programme_manager",
                                       "approver", "merchant", "evaluator", "operator"};
constexpr std::string_view kGoalStates[] = {"unknown",  "draft",  "formulated",
                                            "achieved", "parked", "stopped"};
constexpr std::string_view kTickStates[] = {"unknown", "cleared", "skipped", "tried", "done"};
constexpr std::string_view kHandoverStates[] = {"unknown", "proposed",  "accepted", "agreed",
                                                "to_meet", "completed", "declined", "replaced"};
constexpr std::string_view kContactKinds[] = {"unknown", "meeting", "home_visit",
                                              "phone",   "video",   "written"};
constexpr std::string_view kDeviceStates[] = {"unknown", "waiting", "live", "revoked"};
constexpr std::string_view kTalkTimes[] = {"not_said", "morning", "afternoon", "evening"};
constexpr std::string_view kSuggestedFields[] = {"unknown", "title", "why", "obstacle", "response"};
constexpr std::string_view kSuggestionStates[] = {"unknown", "open", "taken", "left"};
constexpr std::string_view kAppreciationKinds[] = {"unknown", "message", "certificate"};
constexpr std::string_view kAppointmentStates[] = {"unknown", "proposed", "accepted", "declined",
                                                   "cancelled"};
constexpr std::string_view kSyncStates[] = {"idle",         "syncing",      "offline",      "sign_in_needed",
                                            "access_ended", "storage_full", "update_needed"};
constexpr std::string_view kDueReasons[] = {"this_day", "any_day", "this_week", "still_open"};
constexpr std::string_view kErrorCodes[] = {"invalid",        "not_found",   "conflict", "not_allowed",
                                            "sign_in_needed", "unavailable", "limit",    "storage",
                                            "update_needed",  "internal"};

template <std::size_t N, class E>
std::string_view In(const std::string_view (&names)[N], E value) {
  const auto place = static_cast<std::size_t>(value);
  return place < N ? names[place] : "unknown";
}

template <class T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json Answers(const std::vector<brug::Answer>& answers) {
  Json list = Json::array();
  for (const auto& answer : answers) {
    list.push_back({{"domain_id", answer.domain_id}, {"level", answer.level}, {"words", answer.words}});
  }
  return list;
}

struct RecurrenceToJson {
  Json operator()(const Once& once) const { return {{"kind", "once"}, {"date", ToJson(once.date)}}; }
  Json operator()(const OnWeekdays& on) const {
    Json days = Json::array();
    for (const Weekday day : on.weekdays) days.push_back(static_cast<int>(day));
    return {{"kind", "on_weekdays"}, {"weekdays", days}};
  }
  Json operator()(const TimesAWeek& weekly) const {
    return {{"kind", "times_a_week"}, {"times", weekly.times}};
  }
  Json operator()(const EveryDays& every) const { return {{"kind", "every_days"}, {"days", every.days}}; }
  Json operator()(const MonthlyOn& monthly) const { return {{"kind", "monthly_on"}, {"day", monthly.day}}; }
};

template <class T>
Json ById(std::vector<Item<T>> items) {
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return ToJson(items);
}

}  // namespace

std::string_view NameOf(Role role) { return In(kRoles, role); }
std::string_view NameOf(GoalState state) { return In(kGoalStates, state); }
std::string_view NameOf(TickState state) { return In(kTickStates, state); }
std::string_view NameOf(HandoverState state) { return In(kHandoverStates, state); }
std::string_view NameOf(ContactKind kind) { return In(kContactKinds, kind); }

Json ToJson(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}
Json ToJson(const std::optional<Instant>& instant) { return instant ? ToJson(*instant) : Json(nullptr); }
Json ToJson(const std::optional<Date>& date) { return date ? Json(FormatDate(*date)) : Json(nullptr); }
Json ToJson(const Recurrence& recurrence) { return std::visit(RecurrenceToJson{}, recurrence); }

Json ToJson(const Profile& profile) {
  return {{"client_person_id", profile.client_person_id},
          {"display_name", profile.display_name},
          {"language", profile.language},
          {"time_zone", profile.time_zone},
          {"talk_time", In(kTalkTimes, profile.talk_time)},
          {"reply_within_hours", profile.reply_within_hours}};
}
Json ToJson(const Relation& relation) {
  return {{"person_id", relation.person_id},
          {"display_name", relation.display_name},
          {"from", ToJson(relation.from)},
          {"until", ToJson(relation.until)}};
}
Json ToJson(const Assessment& assessment) {
  Json aims = Json::array();
  for (const Aim& aim : assessment.aims) {
    aims.push_back(
        {{"domain_id", aim.domain_id}, {"level", aim.level}, {"by", ToJson(aim.by)}, {"words", aim.words}});
  }
  return {{"template_id", assessment.template_id},
          {"template_version", assessment.template_version},
          {"date", ToJson(assessment.date)},
          {"answers", Answers(assessment.answers)},
          {"most_urgent_domain_id", assessment.most_urgent_domain_id},
          {"aims", aims},
          {"words", assessment.words}};
}
Json ToJson(const AssessmentView& view) {
  return {{"assessment_id", view.assessment_id}, {"answers", Answers(view.answers)}, {"words", view.words}};
}
Json ToJson(const Goal& goal) {
  return {{"domain_id", goal.domain_id},
          {"title", goal.title},
          {"why", goal.why},
          {"target_date", ToJson(goal.target_date)},
          {"state", NameOf(goal.state)},
          {"drafted_by_mentor", goal.drafted_by_mentor}};
}
Json ToJson(const Milestone& milestone) {
  return {{"goal_id", milestone.goal_id},
          {"title", milestone.title},
          {"reached_on", ToJson(milestone.reached_on)},
          {"drafted_by_mentor", milestone.drafted_by_mentor}};
}
Json ToJson(const Step& step) {
  Json if_then = nullptr;
  if (step.if_then) if_then = {{"obstacle", step.if_then->obstacle}, {"response", step.if_then->response}};
  return {{"goal_id", step.goal_id},
          {"milestone_id", step.milestone_id},
          {"title", step.title},
          {"minutes", step.minutes},
          {"confidence", OrNull(step.confidence)},
          {"if_then", if_then},
          {"reminder", step.reminder ? Json(FormatTimeOfDay(*step.reminder)) : Json(nullptr)},
          {"recurrence", ToJson(step.recurrence)},
          {"begins_on", FormatDate(step.begins_on)},
          {"ends_on", ToJson(step.ends_on)},
          {"drafted_by_mentor", step.drafted_by_mentor}};
}
Json ToJson(const Tick& tick) {
  return {{"step_id", tick.step_id},         {"date", FormatDate(tick.date)},
          {"state", NameOf(tick.state)},     {"note", tick.note},
          {"done_at", ToJson(tick.done_at)}, {"recorded_at", ToJson(tick.recorded_at)}};
}
Json ToJson(const Pause& pause) {
  return {{"step_id", pause.step_id}, {"from", FormatDate(pause.from)}, {"until", ToJson(pause.until)}};
}
Json ToJson(const Suggestion& suggestion) {
  return {{"target_id", suggestion.target_id},
          {"field", In(kSuggestedFields, suggestion.field)},
          {"words", suggestion.words},
          {"state", In(kSuggestionStates, suggestion.state)}};
}
Json ToJson(const Appreciation& appreciation) {
  return {{"kind", In(kAppreciationKinds, appreciation.kind)},
          {"words", appreciation.words},
          {"about_id", appreciation.about_id}};
}
Json ToJson(const Message& message) {
  return {{"words", message.words}, {"written_at", ToJson(message.written_at)}};
}
Json ToJson(const Contact& contact) {
  return {{"kind", NameOf(contact.kind)},
          {"at", ToJson(contact.at)},
          {"minutes", contact.minutes},
          {"words", contact.words},
          {"handover_id", contact.handover_id}};
}
Json ToJson(const Appointment& appointment) {
  return {{"at", ToJson(appointment.at)},
          {"minutes", appointment.minutes},
          {"kind", NameOf(appointment.kind)},
          {"place", appointment.place},
          {"words", appointment.words},
          {"heavy", appointment.heavy},
          {"state", In(kAppointmentStates, appointment.state)}};
}
Json ToJson(const Handover& handover) {
  return {{"from_person_id", handover.from_person_id},
          {"to_person_id", handover.to_person_id},
          {"to_display_name", handover.to_display_name},
          {"words", handover.words},
          {"state", NameOf(handover.state)}};
}
Json ToJson(const IncomingHandover& incoming) {
  Json json = {{"handover_id", incoming.handover_id},
               {"dossier_id", incoming.dossier_id},
               {"client_display_name", incoming.client_display_name}};
  json.update(ToJson(incoming.handover));
  return json;
}
Json ToJson(const Device& device) {
  return {{"device_id", device.device_id},
          {"person_id", device.person_id},
          {"display_name", device.display_name},
          {"state", In(kDeviceStates, device.state)},
          {"enrolled_at", ToJson(device.enrolled_at)},
          {"last_session_at", ToJson(device.last_session_at)},
          {"is_this_device", device.is_this_device}};
}
Json ToJson(const Identity& identity) {
  Json roles = Json::array();
  for (const Role role : identity.roles) roles.push_back(NameOf(role));
  return {{"person_id", identity.person_id},
          {"display_name", identity.display_name},
          {"roles", roles},
          {"organisation_id", identity.organisation_id},
          {"organisation_name", identity.organisation_name},
          {"device_id", identity.device_id},
          {"device_name", identity.device_name},
          {"dossier_id", identity.dossier_id}};
}
Json ToJson(const ActivationCode& code) {
  return {{"activation_code", code.code}, {"expires_at", ToJson(code.expires_at)}};
}
Json ToJson(const CaseloadEntry& entry) {
  return {{"dossier_id", entry.dossier_id},
          {"display_name", entry.display_name},
          {"last_contact_at", ToJson(entry.last_contact_at)},
          {"last_tick_on", ToJson(entry.last_tick_on)},
          {"ticks_this_week", entry.ticks_this_week},
          {"messages_waiting", entry.messages_waiting},
          {"appointments_waiting", entry.appointments_waiting},
          {"quiet", entry.quiet},
          {"paused", entry.paused}};
}
Json ToJson(const DayItem& item) {
  return {{"step", ToJson(item.step)},
          {"goal_title", item.goal_title},
          {"due", item.due ? Json(In(kDueReasons, *item.due)) : Json(nullptr)},
          {"tick", item.tick ? ToJson(*item.tick) : Json(nullptr)},
          {"times_done", item.times_done},
          {"times_this_week", item.times_this_week},
          {"times_a_week", item.times_a_week}};
}
Json ToJson(const StaffMember& member) {
  Json roles = Json::array();
  for (const Role role : member.roles) roles.push_back(NameOf(role));
  return {{"person_id", member.person_id},
          {"display_name", member.display_name},
          {"roles", roles},
          {"team_id", member.team_id},
          {"active", member.active}};
}
Json ToJson(const Team& team) {
  Json members = Json::array();
  for (const TeamMember& member : team.members) {
    members.push_back({{"mentor", ToJson(member.mentor)},
                       {"dossier_ids", member.dossier_ids},
                       {"quiet_count", member.quiet_count},
                       {"contacts_count", member.contacts_count}});
  }
  return {{"team_id", team.team_id}, {"display_name", team.display_name}, {"members", members}};
}
Json ToJson(const Status& status) {
  Json first = nullptr;
  if (status.first_sync) {
    first = {{"dossiers_total", status.first_sync->dossiers_total},
             {"dossiers_complete", status.first_sync->dossiers_complete},
             {"records_received", status.first_sync->records_received}};
  }
  return {{"state", In(kSyncStates, status.state)},
          {"pending_count", status.pending_count},
          {"oldest_pending_at", ToJson(status.oldest_pending_at)},
          {"last_confirmed_at", ToJson(status.last_confirmed_at)},
          {"last_error", status.last_error ? ToJson(*status.last_error) : Json(nullptr)},
          {"first_sync", first},
          {"rejected_count", status.rejected_count},
          {"devices_waiting", status.devices_waiting},
          {"mended_count", status.mended_count},
          {"unreadable_count", status.unreadable_count}};
}
Json ToJson(const RejectedItem& item) {
  return {{"mutation_id", item.mutation_id},
          {"dossier_id", item.dossier_id},
          {"occurred_at", ToJson(item.occurred_at)},
          {"error", ToJson(item.error)},
          {"kind", item.kind},
          {"record_id", item.record_id},
          {"words", item.words}};
}
Json ToJson(const Error& error) {
  return {{"code", In(kErrorCodes, error.code)},
          {"reason", error.reason},
          {"field", error.field},
          {"message", error.message},
          {"retry_after_ms", OrNull(error.retry_after_ms)}};
}

Json WholeDossier(const Dossier& dossier) {
  Json views = Json::array();
  const auto assessments = Take(dossier.Assessments());
  for (const auto& assessment : assessments) {
    for (const Json& view : ById(Take(dossier.AssessmentViews(assessment.id)))) views.push_back(view);
  }
  Json milestones = Json::array();
  Json steps = Json::array();
  Json ticks = Json::array();
  const auto goals = Take(dossier.Goals());
  for (const auto& goal : goals) {
    for (const auto& milestone : Take(dossier.Milestones(goal.id))) milestones.push_back(ToJson(milestone));
    for (const auto& step : Take(dossier.Steps(goal.id))) {
      steps.push_back(ToJson(step));
      for (const auto& tick : Take(dossier.Ticks(step.id))) ticks.push_back(ToJson(tick));
    }
  }
  return {{"dossier_id", dossier.id()},
          {"profile", ToJson(Take(dossier.Profile()))},
          {"relations", ById(Take(dossier.Relations()))},
          {"assessments", ById(assessments)},
          {"assessment_views", views},
          {"goals", ToJson(goals)},
          {"milestones", milestones},
          {"steps", steps},
          {"ticks", ticks},
          {"pauses", ById(Take(dossier.Pauses()))},
          {"suggestions", ById(Take(dossier.Suggestions()))},
          {"appreciations", ById(Take(dossier.Appreciations()))},
          {"messages", ById(Take(dossier.Messages()))},
          {"contacts", ById(Take(dossier.Contacts()))},
          {"appointments", ById(Take(dossier.Appointments()))},
          {"handovers", ById(Take(dossier.Handovers()))},
          {"offers", ById(Take(dossier.Offers()))},
          {"vouchers", ById(Take(dossier.Vouchers()))}};
}

}  // namespace brug::app
