#include <cmath>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// The caseload of a mentor: who needs a person's attention, and one client's whole story.
namespace brug::app {
namespace {

// What asks for the mentor's attention.
std::string SayNeeds(const Session& session, const CaseloadEntry& entry) {
  std::string needs;
  const auto add = [&](const std::string& need) { needs += (needs.empty() ? "" : "; ") + need; };
  if (entry.messages_waiting > 0)
    add(session.Say(Word::kMessagesWait, {std::to_string(entry.messages_waiting)}));
  if (entry.appointments_waiting > 0)
    add(session.Say(Word::kAppointmentsWait, {std::to_string(entry.appointments_waiting)}));
  if (entry.paused) add(session.Say(Word::kIsPaused));
  if (entry.quiet) add(session.Say(Word::kIsQuiet));
  return needs;
}

Answer ShowCaseload(Session& session, const Arguments&) {
  session.MeAs(Role::kMentor);
  const auto entries = Take(session.client().Caseload());
  std::vector<std::vector<std::string>> rows = {
      {"", session.Strong(session.Say(Word::kColumnClient)), session.Say(Word::kColumnLastContact),
       session.Say(Word::kColumnLastTick), session.Say(Word::kColumnThisWeek), ""}};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    rows.push_back({std::to_string(i + 1), entry.display_name,
                    entry.last_contact_at ? SayMoment(session, *entry.last_contact_at) : "-",
                    entry.last_tick_on ? SayDay(session, *entry.last_tick_on) : "-",
                    std::to_string(entry.ticks_this_week), SayNeeds(session, entry)});
  }
  return {.text = entries.empty() ? session.Say(Word::kNoClientsYet) + "\n" : Columns(rows),
          .json = {{"caseload", ToJson(entries)}}};
}

Answer RegisterClient(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kMentor);
  const auto registered = Take(session.client().RegisterClient(
      {.display_name = arguments.Text("NAME"),
       .language = arguments.Has("--client-language") ? arguments.Text("--client-language") : "nl",
       .time_zone = arguments.Has("--time-zone") ? arguments.Text("--time-zone") : "Europe/Amsterdam",
       .request_id = {}}));
  Answer answer{.json = {{"person_id", registered.person_id}, {"dossier_id", registered.dossier_id}}};
  answer.json.update(ToJson(registered.activation_code));
  answer.text = session.Glad(session.Say(Word::kRegistered, {arguments.Text("NAME")})) + "\n" +
                session.Say(Word::kCodeIs, {session.Strong(registered.activation_code.code),
                                            SayMoment(session, registered.activation_code.expires_at)}) +
                "\n";
  // The dossier comes with the next sync.
  answer.wrote = true;
  return answer;
}

std::string SayGoals(const Session& session, const Dossier& dossier) {
  std::string text;
  const auto goals = Take(dossier.Goals());
  for (std::size_t g = 0; g < goals.size(); ++g) {
    text += std::to_string(g + 1) + "  " + session.Strong(goals[g].content.title) + "  " +
            session.Soft(SayState(session, goals[g].content.state)) + "\n";
    text += SayMilestones(session, g, Take(dossier.Milestones(goals[g].id)));
    const auto steps = Take(dossier.Steps(goals[g].id));
    for (std::size_t s = 0; s < steps.size(); ++s) {
      int done = 0;
      for (const auto& tick : Take(dossier.Ticks(steps[s].id)))
        done += tick.content.state == TickState::kDone ? 1 : 0;
      text += "   " + std::to_string(g + 1) + "." + std::to_string(s + 1) + "  " + steps[s].content.title +
              "  " + session.Soft(session.Say(Word::kTimesDone, {std::to_string(done)})) + "\n";
    }
  }
  return text;
}

Answer ShowDossier(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  Answer answer{.json = WholeDossier(dossier)};
  if (session.asked().json) return answer;
  answer.text = session.Strong(Take(dossier.Profile()).content.display_name) + "\n";
  if (const auto score = Take(dossier.Score())) {
    const long tenths = std::lround(*score * 10);
    const char* mark = session.language() == Language::kEnglish ? "." : ",";
    answer.text +=
        session.Say(Word::kScoreIs, {std::to_string(tenths / 10) + mark + std::to_string(tenths % 10)}) +
        "\n";
  }
  answer.text += SayGoals(session, dossier);
  for (const auto& contact : Take(dossier.Contacts())) {
    answer.text += SayMoment(session, contact.content.at) + "  " + SayKind(session, contact.content.kind) +
                   ", " + session.Say(Word::kMinutes, {std::to_string(contact.content.minutes)}) + "  " +
                   contact.content.words + SayPending(session, contact.pending) + "\n";
  }
  for (const auto& appointment : Take(dossier.Appointments())) {
    answer.text += session.Say(Word::kAppointmentIs, {SayAppointment(session, appointment)}) + "\n";
  }
  for (const auto& relation : Take(dossier.Relations())) {
    answer.text += relation.content.until
                       ? session.Say(Word::kCouldSeeUntil, {relation.content.display_name,
                                                            SayMoment(session, *relation.content.until)}) +
                             "\n"
                       : session.Say(Word::kCanSee, {relation.content.display_name}) + "\n";
  }
  return answer;
}

}  // namespace

std::vector<Command> CaseloadCommands() {
  using Kind = Parameter::Kind;
  return {
      {"caseload", "", Word::kHelpCaseload, {}, ShowCaseload},
      {"register",
       "",
       Word::kHelpRegister,
       {{"NAME", Kind::kText, true, Word::kHelpName},
        {"--client-language", Kind::kText, false, Word::kHelpClientLanguage},
        {"--time-zone", Kind::kText, false, Word::kHelpTimeZone}},
       RegisterClient},
      {"dossier", "", Word::kHelpDossier, {{"CLIENT", Kind::kText, false, Word::kHelpClient}}, ShowDossier},
  };
}

}  // namespace brug::app
