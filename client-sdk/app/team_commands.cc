#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// A team lead's view: totals and no stories.
namespace brug::app {
namespace {

// Dossiers that change hands in one call.
constexpr std::size_t kAssignedMax = 100;

Answer ShowTeam(Session& session, const Arguments&) {
  session.MeAs(Role::kTeamLead);
  const Team team = Take(session.client().GetTeam());
  std::vector<std::vector<std::string>> rows = {
      {session.Strong(team.display_name), session.Say(Word::kColumnClients), session.Say(Word::kColumnQuiet),
       session.Say(Word::kColumnContacts)}};
  for (const auto& member : team.members) {
    rows.push_back({member.mentor.display_name, std::to_string(member.dossier_ids.size()),
                    std::to_string(member.quiet_count), std::to_string(member.contacts_count)});
  }
  return {.text = Columns(rows), .json = ToJson(team)};
}

const TeamMember& FindMember(const Session& session, const Team& team, const std::string& who,
                             std::string_view option) {
  for (const auto& member : team.members) {
    if (member.mentor.person_id == who || member.mentor.display_name == who) return member;
  }
  session.Refuse("NOT_FOUND", option, session.Say(Word::kNobodyCalled, {who}));
}

Answer Assign(Session& session, const Arguments& arguments) {
  session.MeAs(Role::kTeamLead);
  const Team team = Take(session.client().GetTeam());
  const std::string to = FindMember(session, team, arguments.Text("--to"), "--to").mentor.person_id;
  std::vector<std::string> ids = arguments.All("--dossier");
  if (ids.empty() && arguments.Has("--from"))
    ids = FindMember(session, team, arguments.Text("--from"), "--from").dossier_ids;
  if (ids.empty()) session.Refuse("MISSING", "--from", session.Say(Word::kSayWhichDossiers));
  int count = 0;
  for (std::size_t begin = 0; begin < ids.size(); begin += kAssignedMax) {
    const std::size_t end = std::min(begin + kAssignedMax, ids.size());
    count += Take(
        session.client().AssignDossiers({.dossier_ids = {ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                                         ids.begin() + static_cast<std::ptrdiff_t>(end)},
                                         .to_person_id = to,
                                         .words = arguments.Text("--words"),
                                         .request_id = {}}));
  }
  return {.text = session.Say(Word::kAssigned, {std::to_string(count)}) + "\n",
          .json = {{"assigned", count}}};
}

}  // namespace

std::vector<Command> TeamCommands() {
  using Kind = Parameter::Kind;
  return {
      {"team", "", Word::kHelpTeam, {}, ShowTeam},
      {"assign",
       "",
       Word::kHelpAssign,
       {{"--to", Kind::kText, true, Word::kHelpToMentor},
        {"--from", Kind::kText, false, Word::kHelpFromMentor},
        {"--dossier", Kind::kMany, false, Word::kHelpDossierId},
        {"--words", Kind::kText, false, Word::kHelpWords}},
       Assign},
  };
}

}  // namespace brug::app
