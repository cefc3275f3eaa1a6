#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// Appointments: moments to meet, proposed by one and answered by the other.
namespace brug::app {
namespace {

constexpr int kMinutesUsual = 60;

// A part of the day, and the hour at which a talk is proposed in it.
struct PartOfDay {
  int from_hour;
  int until_hour;
  int usual_hour;
};

// What the client prefers; the morning when that was not said.
TalkTime PreferredBy(const Profile& profile) {
  return profile.talk_time == TalkTime::kNotSaid ? TalkTime::kMorning : profile.talk_time;
}

PartOfDay PartFor(TalkTime time) {
  switch (time) {
    case TalkTime::kAfternoon:
      return {12, 18, 14};
    case TalkTime::kEvening:
      return {18, 24, 19};
    case TalkTime::kNotSaid:
    case TalkTime::kMorning:
      break;
  }
  return {0, 12, 10};
}

// A mentor hears it when another moment would suit the client better; it is proposed all the same.
std::string BetterMoment(const Session& session, const Profile& profile, int hour, bool heavy) {
  const PartOfDay part = PartFor(PreferredBy(profile));
  if (hour >= part.from_hour && hour < part.until_hour) return {};
  const std::string when = SayTalkTime(session, PreferredBy(profile));
  if (profile.talk_time != TalkTime::kNotSaid)
    return session.Say(Word::kPrefersToTalk, {profile.display_name, when}) + "\n";
  return heavy ? session.Say(Word::kHeavyTalksGoBetter, {when}) + "\n" : std::string();
}

Answer ListAppointments(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto appointments = Take(dossier.Appointments());
  Answer answer{.json = {{"appointments", ToJson(appointments)}}};
  for (std::size_t i = 0; i < appointments.size(); ++i) {
    answer.text += std::to_string(i + 1) + "  " + SayAuthor(session, dossier, appointments[i].created_by) +
                   "  " + SayAppointment(session, appointments[i]) + "\n";
  }
  if (appointments.empty()) answer.text = session.Say(Word::kNoAppointments) + "\n";
  return answer;
}

Answer ProposeAppointment(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const Profile profile = Take(dossier.Profile()).content;
  const Date date = session.Day(dossier, arguments.Text("DAY"), "DAY");
  const TimeOfDay time =
      session.TimeOf(arguments, "--at").value_or(TimeOfDay{.hour = PartFor(PreferredBy(profile)).usual_hour});
  const std::string kind = arguments.Has("--kind") ? arguments.Text("--kind") : "meeting";
  const NewAppointment appointment{
      .at = session.MomentOf(date, time, "--at"),
      .minutes = arguments.Number("--minutes", kMinutesUsual),
      .kind = static_cast<ContactKind>(session.OneOf(kContactKinds, kind, "--kind") + 1),
      .place = arguments.Text("--place"),
      .words = arguments.Text("--words"),
      .heavy = arguments.Has("--heavy")};
  const std::string id = Take(dossier.ProposeAppointment(appointment));
  Answer answer = session.Saved(Word::kAppointmentSaved, SayMoment(session, appointment.at), id);
  answer.json["at"] = ToJson(appointment.at);
  if (profile.client_person_id != session.Me().person_id)
    answer.text += BetterMoment(session, profile, time.hour, appointment.heavy);
  return answer;
}

Item<Appointment> FindAppointment(const Session& session, const Dossier& dossier, const std::string& which) {
  const auto appointments = Take(dossier.Appointments());
  if (const auto place = Session::PlaceIn(which, appointments.size())) return appointments[*place];
  for (const auto& appointment : appointments) {
    if (appointment.id == which) return appointment;
  }
  session.Refuse("NOT_FOUND", "APPOINTMENT", session.Say(Word::kNoSuchAppointment, {which}));
}

template <AppointmentAnswer kAnswer, Word kSaid>
Answer AnswerIt(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto appointment = FindAppointment(session, dossier, arguments.Text("APPOINTMENT"));
  Take(dossier.AnswerAppointment(appointment.id, kAnswer));
  return session.Saved(kSaid, SayMoment(session, appointment.content.at), appointment.id);
}

}  // namespace

std::vector<Command> AppointmentCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter which{"APPOINTMENT", Kind::kText, true, Word::kHelpAppointmentPlace};
  return {
      {"appointment", "", Word::kHelpAppointments, {client}, ListAppointments},
      {"appointment",
       "propose",
       Word::kHelpAppointmentPropose,
       {{"DAY", Kind::kText, true, Word::kHelpDate},
        {"--at", Kind::kText, false, Word::kHelpTalkAt},
        {"--minutes", Kind::kNumber, false, Word::kHelpMinutes},
        {"--kind", Kind::kText, false, Word::kHelpContactKind},
        {"--place", Kind::kText, false, Word::kHelpPlace},
        {"--words", Kind::kText, false, Word::kHelpTalkAbout},
        {"--heavy", Kind::kFlag, false, Word::kHelpHeavy},
        client},
       ProposeAppointment},
      {"appointment",
       "accept",
       Word::kHelpAppointmentAccept,
       {which, client},
       AnswerIt<AppointmentAnswer::kAccept, Word::kAppointmentIsAccepted>},
      {"appointment",
       "decline",
       Word::kHelpAppointmentDecline,
       {which, client},
       AnswerIt<AppointmentAnswer::kDecline, Word::kAppointmentIsDeclined>},
      {"appointment",
       "cancel",
       Word::kHelpAppointmentCancel,
       {which, client},
       AnswerIt<AppointmentAnswer::kCancel, Word::kAppointmentIsCancelled>},
  };
}

}  // namespace brug::app
