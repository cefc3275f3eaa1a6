#include "client-sdk/src/api/convert.h"

namespace brug::sdk {

namespace {

// Both sides count alike, and 0 is "not said": a value that this SDK does not know becomes that.
template <class Public>
Public FromCounted(int value, Public last) {
  return value >= 0 && value <= static_cast<int>(last) ? static_cast<Public>(value) : Public{};
}

static_assert(static_cast<int>(TalkTime::kEvening) == v1::TALK_TIME_EVENING);
static_assert(static_cast<int>(SuggestedField::kResponse) == v1::SUGGESTED_FIELD_RESPONSE);
static_assert(static_cast<int>(SuggestionState::kLeft) == v1::SUGGESTION_STATE_LEFT);
static_assert(static_cast<int>(AppreciationKind::kCertificate) == v1::APPRECIATION_KIND_CERTIFICATE);
static_assert(static_cast<int>(ContactKind::kWritten) == v1::CONTACT_KIND_WRITTEN);
static_assert(static_cast<int>(AppointmentState::kCancelled) == v1::APPOINTMENT_STATE_CANCELLED);
static_assert(static_cast<int>(HandoverState::kReplaced) == v1::HANDOVER_STATE_REPLACED);

}  // namespace

Profile FromProto(const v1::Profile& profile) {
  return {.client_person_id = profile.client_person_id(),
          .display_name = profile.display_name(),
          .language = profile.language(),
          .time_zone = profile.time_zone(),
          .talk_time = FromCounted(profile.talk_time(), TalkTime::kEvening),
          .reply_within_hours = profile.reply_within_hours()};
}

v1::TalkTime ToProto(TalkTime time) { return static_cast<v1::TalkTime>(time); }

Relation FromProto(const v1::Relation& relation) {
  Relation result{.person_id = relation.person_id(),
                  .display_name = relation.display_name(),
                  .from = FromProto(relation.from()),
                  .until = {}};
  if (relation.has_until()) result.until = FromProto(relation.until());
  return result;
}

Suggestion FromProto(const v1::Suggestion& suggestion) {
  return {.target_id = suggestion.target_id(),
          .field = FromCounted(suggestion.field(), SuggestedField::kResponse),
          .words = suggestion.words(),
          .state = FromCounted(suggestion.state(), SuggestionState::kLeft)};
}

v1::SuggestedField ToProto(SuggestedField field) { return static_cast<v1::SuggestedField>(field); }

Appreciation FromProto(const v1::Appreciation& appreciation) {
  return {.kind = FromCounted(appreciation.kind(), AppreciationKind::kCertificate),
          .words = appreciation.words(),
          .about_id = appreciation.about_id()};
}

v1::Appreciation ToProto(const Appreciation& appreciation) {
  v1::Appreciation result;
  result.set_kind(static_cast<v1::AppreciationKind>(appreciation.kind));
  result.set_words(appreciation.words);
  result.set_about_id(appreciation.about_id);
  return result;
}

Message FromProto(const v1::Message& message) {
  return {.words = message.words(), .written_at = FromProto(message.written_at())};
}

Contact FromProto(const v1::Contact& contact) {
  return {.kind = FromCounted(contact.kind(), ContactKind::kWritten),
          .at = FromProto(contact.at()),
          .minutes = contact.minutes(),
          .words = contact.words(),
          .handover_id = contact.handover_id()};
}

v1::Contact ToProto(const Contact& contact) {
  v1::Contact result;
  result.set_kind(ToProto(contact.kind));
  *result.mutable_at() = ToProto(contact.at);
  result.set_minutes(contact.minutes);
  result.set_words(contact.words);
  result.set_handover_id(contact.handover_id);
  return result;
}

v1::ContactKind ToProto(ContactKind kind) { return static_cast<v1::ContactKind>(kind); }

Appointment FromProto(const v1::Appointment& appointment) {
  return {.at = FromProto(appointment.at()),
          .minutes = appointment.minutes(),
          .kind = FromCounted(appointment.kind(), ContactKind::kWritten),
          .place = appointment.place(),
          .words = appointment.words(),
          .heavy = appointment.heavy(),
          .state = FromCounted(appointment.state(), AppointmentState::kCancelled)};
}

v1::AppointmentState ToProto(AppointmentAnswer answer) {
  switch (answer) {
    case AppointmentAnswer::kAccept:
      return v1::APPOINTMENT_STATE_ACCEPTED;
    case AppointmentAnswer::kDecline:
      return v1::APPOINTMENT_STATE_DECLINED;
    case AppointmentAnswer::kCancel:
      return v1::APPOINTMENT_STATE_CANCELLED;
  }
  return v1::APPOINTMENT_STATE_UNSPECIFIED;
}

HandoverState FromProto(v1::HandoverState state) { return FromCounted(state, HandoverState::kReplaced); }

Handover FromProto(const v1::Handover& handover) {
  return {.from_person_id = handover.from_person_id(),
          .to_person_id = handover.to_person_id(),
          .to_display_name = handover.to_display_name(),
          .words = handover.words(),
          .state = FromProto(handover.state())};
}

IncomingHandover FromProto(const v1::HandoverEntry& entry) {
  return {.handover_id = entry.handover_id(),
          .dossier_id = entry.dossier_id(),
          .client_display_name = entry.client_display_name(),
          .handover = FromProto(entry.handover())};
}

CaseloadEntry FromProto(const v1::CaseloadEntry& entry) {
  CaseloadEntry result{.dossier_id = entry.dossier_id(),
                       .display_name = entry.display_name(),
                       .last_contact_at = {},
                       .last_tick_on = {},
                       .ticks_this_week = entry.ticks_this_week(),
                       .messages_waiting = entry.messages_waiting(),
                       .appointments_waiting = entry.appointments_waiting(),
                       .quiet = entry.quiet(),
                       .paused = entry.paused()};
  if (entry.has_last_contact_at()) result.last_contact_at = FromProto(entry.last_contact_at());
  if (entry.has_last_tick_on()) result.last_tick_on = FromProto(entry.last_tick_on());
  return result;
}

}  // namespace brug::sdk
