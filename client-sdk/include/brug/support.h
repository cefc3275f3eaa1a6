#pragma once

#include <brug/civil.h>
#include <brug/people.h>

#include <optional>
#include <string>

// What client and mentor are to each other: words, talks, appointments, handovers.
namespace brug {

// When heavy talks are planned; the morning unless the client prefers otherwise.
enum class TalkTime { kNotSaid, kMorning, kAfternoon, kEvening };

// What a dossier knows about its client that is no part of the story.
struct Profile {
  std::string client_person_id;
  std::string display_name;
  std::string language;   // BCP 47, as "nl"
  std::string time_zone;  // IANA, as "Europe/Amsterdam"
  TalkTime talk_time = TalkTime::kNotSaid;
  // Hours within which the mentor answers a message, as agreed; 0 when nothing is agreed.
  int reply_within_hours = 0;

  friend bool operator==(const Profile&, const Profile&) = default;
};

// A mentor who walks, or walked, beside the client: who can see this dossier.
struct Relation {
  std::string person_id;
  std::string display_name;
  Instant from;
  std::optional<Instant> until;  // none while it is live

  friend bool operator==(const Relation&, const Relation&) = default;
};

enum class SuggestedField { kUnknown, kTitle, kWhy, kObstacle, kResponse };
enum class SuggestionState { kUnknown, kOpen, kTaken, kLeft };

// Other words that a mentor suggests; the client takes or leaves them, and nothing presses.
struct Suggestion {
  std::string target_id;  // a goal, milestone or step
  SuggestedField field = SuggestedField::kTitle;
  std::string words;
  SuggestionState state = SuggestionState::kOpen;

  friend bool operator==(const Suggestion&, const Suggestion&) = default;
};

struct NewSuggestion {
  std::string target_id;
  SuggestedField field = SuggestedField::kTitle;
  std::string words;
};

enum class AppreciationKind { kUnknown, kMessage, kCertificate };

// Recognition. Can always be given, also when a step did not work out.
struct Appreciation {
  AppreciationKind kind = AppreciationKind::kMessage;
  std::string words;     // 1 to 2,000 bytes
  std::string about_id;  // a goal, milestone or step; empty for the person as a whole

  friend bool operator==(const Appreciation&, const Appreciation&) = default;
};

// A short message between client and mentor; Item::created_by says who wrote it.
struct Message {
  std::string words;
  Instant written_at;

  friend bool operator==(const Message&, const Message&) = default;
};

enum class ContactKind { kUnknown, kMeeting, kHomeVisit, kPhone, kVideo, kWritten };

// A talk that took place. The client reads it too: there are no hidden notes.
struct Contact {
  ContactKind kind = ContactKind::kMeeting;
  Instant at;
  int minutes = 0;          // 1 to 1,440
  std::string words;        // at most 4,000 bytes
  std::string handover_id;  // the handover at which the three met; empty for any other

  friend bool operator==(const Contact&, const Contact&) = default;
};

// A contact of the caseload, with the dossier it is about.
struct CaseloadContact {
  std::string dossier_id;
  std::string contact_id;
  Contact contact;
};

enum class AppointmentState { kUnknown, kProposed, kAccepted, kDeclined, kCancelled };

// A moment to meet.
struct Appointment {
  Instant at;
  int minutes = 0;  // 1 to 1,440
  ContactKind kind = ContactKind::kMeeting;
  std::string place;   // at most 300 bytes
  std::string words;   // at most 2,000 bytes
  bool heavy = false;  // propose those in the morning
  AppointmentState state = AppointmentState::kProposed;

  friend bool operator==(const Appointment&, const Appointment&) = default;
};

struct NewAppointment {
  Instant at;
  int minutes = 60;
  ContactKind kind = ContactKind::kMeeting;
  std::string place;
  std::string words;
  bool heavy = false;
};

enum class AppointmentAnswer { kAccept, kDecline, kCancel };

// Where a handover stands.
enum class HandoverState {
  kUnknown,
  kProposed,   // waits for the new mentor and the client, in any order
  kAccepted,   // by the new mentor; waits for the client
  kAgreed,     // by the client; waits for the new mentor
  kToMeet,     // both said yes: the new mentor has access; the meeting of the three follows
  kCompleted,  // the three met: the old mentor's access has ended
  kDeclined,   // nothing changed
  kReplaced,   // a team lead replaced an absent mentor at once
};

// A client's way from one mentor to the next.
struct Handover {
  std::string from_person_id;
  std::string to_person_id;
  std::string to_display_name;
  std::string words;  // at most 2,000 bytes
  HandoverState state = HandoverState::kProposed;

  friend bool operator==(const Handover&, const Handover&) = default;
};

struct NewHandover {
  std::string to_person_id;
  std::string words;
};

// A handover that waits for this mentor's answer: who and by whom, no story.
struct IncomingHandover {
  std::string handover_id;
  std::string dossier_id;
  std::string client_display_name;
  Handover handover;
};

// How it goes with one client, for the mentor's eye. Quiet is a reason to call, nothing else.
struct CaseloadEntry {
  std::string dossier_id;
  std::string display_name;
  std::optional<Instant> last_contact_at;
  std::optional<Date> last_tick_on;
  int ticks_this_week = 0;  // done or tried, Monday to Sunday
  int messages_waiting = 0;
  int appointments_waiting = 0;
  bool quiet = false;   // nothing ticked and nobody in touch for 14 days
  bool paused = false;  // the client lets all steps rest today
};

}  // namespace brug
