#include "proto/rules/apply_field.h"
#include "proto/rules/apply_intents.h"
#include "proto/rules/handover.h"
#include "proto/rules/require.h"

// What client and mentor say to each other: suggestions, appreciations, messages, contacts, appointments.
namespace brug::rules {
namespace {

// Which words of which kind of record a suggestion can be about.
struct WordsRow {
  v1::SuggestedField field;
  v1::Record::ContentCase kind;
  // The field of the record's content that they are written to.
  std::string_view name;
};

constexpr WordsRow kWordsRows[] = {
    {v1::SUGGESTED_FIELD_TITLE, v1::Record::kGoal, "title"},
    {v1::SUGGESTED_FIELD_TITLE, v1::Record::kMilestone, "title"},
    {v1::SUGGESTED_FIELD_TITLE, v1::Record::kStep, "title"},
    {v1::SUGGESTED_FIELD_WHY, v1::Record::kGoal, "why"},
    {v1::SUGGESTED_FIELD_OBSTACLE, v1::Record::kStep, "if_then"},
    {v1::SUGGESTED_FIELD_RESPONSE, v1::Record::kStep, "if_then"},
};

const WordsRow* FindWords(v1::SuggestedField field, v1::Record::ContentCase kind) {
  for (const WordsRow& row : kWordsRows) {
    if (row.field == field && row.kind == kind) return &row;
  }
  return nullptr;
}

// The content of the target as it is with the suggested words in it.
v1::Record WithWords(const v1::Record& target, const v1::Suggestion& suggestion) {
  v1::Record changed = target;
  google::protobuf::Message& content = MutableContentOf(changed);
  const auto set_text = [&content, &suggestion](const char* name) {
    content.GetReflection()->SetString(&content, content.GetDescriptor()->FindFieldByName(name),
                                       suggestion.words());
  };
  switch (suggestion.field()) {
    case v1::SUGGESTED_FIELD_OBSTACLE:
      changed.mutable_step()->mutable_if_then()->set_obstacle(suggestion.words());
      break;
    case v1::SUGGESTED_FIELD_RESPONSE:
      changed.mutable_step()->mutable_if_then()->set_response(suggestion.words());
      break;
    case v1::SUGGESTED_FIELD_WHY:
      set_text("why");
      break;
    default:
      set_text("title");
  }
  return changed;
}

// Who was asked: the client by a mentor, a mentor by the client.
bool WasAsked(const v1::Author& author, const v1::Record& appointment) {
  return author.role() != appointment.created_by().role();
}

// From where an appointment can go to each state.
bool CanMove(v1::AppointmentState from, v1::AppointmentState to) {
  return from == v1::APPOINTMENT_STATE_PROPOSED ||
         (from == v1::APPOINTMENT_STATE_ACCEPTED && to == v1::APPOINTMENT_STATE_CANCELLED);
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::SuggestWords& intent) {
  const v1::Suggestion& suggestion = intent.suggestion();
  if (auto wrong = CheckIdIsFree(scene, intent.suggestion_id(), "suggestion_id")) return *wrong;
  auto found = FindPlanned(scene, suggestion.target_id(), "suggestion.target_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  if (FindWords(suggestion.field(), std::get<v1::Record>(found).content_case()) == nullptr) {
    return Refuse(scene, v1::ERROR_REASON_OUT_OF_RANGE, "suggestion.field");
  }
  v1::Record record = NewRecord(intent.suggestion_id(), scene.occasion);
  *record.mutable_suggestion() = suggestion;
  record.mutable_suggestion()->set_state(v1::SUGGESTION_STATE_OPEN);
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::AnswerSuggestion& intent) {
  auto found = FindLive(scene, intent.suggestion_id(), v1::Record::kSuggestion, "suggestion_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  v1::Suggestion& suggestion = *record.mutable_suggestion();
  const auto answer = intent.take() ? v1::SUGGESTION_STATE_TAKEN : v1::SUGGESTION_STATE_LEFT;
  if (suggestion.state() == answer) return Change{};
  if (suggestion.state() != v1::SUGGESTION_STATE_OPEN) {
    return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "suggestion_id");
  }

  Change change;
  if (intent.take()) {
    auto target = FindPlanned(scene, suggestion.target_id(), "suggestion_id");
    if (auto* refused = std::get_if<Violation>(&target)) return *refused;
    const auto& before = std::get<v1::Record>(target);
    const WordsRow* row = FindWords(suggestion.field(), before.content_case());
    Require(row != nullptr, "a record never becomes one of another kind");
    const v1::Record values = WithWords(before, suggestion);
    change = Write(scene, before, {ContentOf(values), {std::string(row->name)}, ""});
  }
  suggestion.set_state(answer);
  record.set_revision(scene.occasion.revision);
  change.records.push_back(std::move(record));
  return change;
}

Outcome Apply(const Scene& scene, const v1::GiveAppreciation& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.appreciation_id(), "appreciation_id")) return *wrong;
  const std::string& about_id = intent.appreciation().about_id();
  if (!about_id.empty()) {
    // Recognition can always be given, so also for what was deleted since.
    const auto about = scene.dossier.Find(about_id);
    const bool planned =
        about && (about->deleted() || about->has_goal() || about->has_milestone() || about->has_step());
    if (!planned) return Refuse(scene, v1::ERROR_REASON_NOT_FOUND, "appreciation.about_id");
  }
  v1::Record record = NewRecord(intent.appreciation_id(), scene.occasion);
  *record.mutable_appreciation() = intent.appreciation();
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::SendMessage& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.message_id(), "message_id")) return *wrong;
  v1::Record record = NewRecord(intent.message_id(), scene.occasion);
  record.mutable_message()->set_words(intent.words());
  *record.mutable_message()->mutable_written_at() = ToTimestamp(scene.occasion.at);
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::RecordContact& intent) {
  const v1::Contact& contact = intent.contact();
  if (auto wrong = CheckIdIsFree(scene, intent.contact_id(), "contact_id")) return *wrong;
  if (ToInstant(contact.at()) > scene.occasion.at + std::chrono::days(1)) {
    return Refuse(scene, v1::ERROR_REASON_IN_THE_FUTURE, "contact.at");
  }
  v1::Record record = NewRecord(intent.contact_id(), scene.occasion);
  *record.mutable_contact() = contact;
  Change change = Made(std::move(record));
  if (contact.handover_id().empty()) return change;

  auto completed = CompleteHandover(scene, contact.handover_id());
  if (auto* refused = std::get_if<Violation>(&completed)) return *refused;
  change.records.push_back(std::get<v1::Record>(std::move(completed)));
  return change;
}

Outcome Apply(const Scene& scene, const v1::ProposeAppointment& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.appointment_id(), "appointment_id")) return *wrong;
  v1::Record record = NewRecord(intent.appointment_id(), scene.occasion);
  *record.mutable_appointment() = intent.appointment();
  record.mutable_appointment()->set_state(v1::APPOINTMENT_STATE_PROPOSED);
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::AnswerAppointment& intent) {
  auto found = FindLive(scene, intent.appointment_id(), v1::Record::kAppointment, "appointment_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  v1::Appointment& appointment = *record.mutable_appointment();
  if (intent.state() != v1::APPOINTMENT_STATE_CANCELLED && !WasAsked(scene.occasion.author, record)) {
    return Refuse(scene, v1::ERROR_REASON_NOT_YOURS, "state");
  }
  if (appointment.state() == intent.state()) return Change{};
  if (!CanMove(appointment.state(), intent.state())) {
    return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "state");
  }
  appointment.set_state(intent.state());
  record.set_revision(scene.occasion.revision);
  return Made(std::move(record));
}

}  // namespace brug::rules
