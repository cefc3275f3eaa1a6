#include "service/domain/caseload.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "proto/rules/apply.h"
#include "proto/rules/caseload.h"
#include "proto/rules/limits.h"
#include "proto/rules/relation.h"
#include "proto/rules/validate.h"
#include "service/domain/activation.h"
#include "service/domain/answers.h"
#include "service/domain/dossier_view.h"
#include "service/domain/dossier_writer.h"
#include "service/domain/handover.h"
#include "service/domain/paging.h"
#include "service/domain/relations.h"
#include "service/domain/teams.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::chrono::days kTeamContacts{28};

std::string Or(const std::string& value, std::string_view otherwise) {
  return value.empty() ? std::string(otherwise) : value;
}

Failure NotAllowed(std::string field) {
  return {.reason = v1::ERROR_REASON_NOT_ALLOWED, .field = std::move(field)};
}

Result<void> CheckNewClient(const rules::ZoneReader& zones, const v1::RegisterClientRequest& request) {
  if (const auto reason = rules::CheckText(request.display_name(), {rules::kNameBytesMax, true})) {
    return Failure{.reason = *reason, .field = "display_name"};
  }
  const std::string language = Or(request.language(), kLanguageDefault);
  if (language != "nl" && language != "en") {
    return Failure{.reason = v1::ERROR_REASON_UNKNOWN_NAME, .field = "language"};
  }
  if (!zones.FindZone(Or(request.time_zone(), kTimeZoneDefault))) {
    return Failure{.reason = v1::ERROR_REASON_UNKNOWN_NAME, .field = "time_zone"};
  }
  return {};
}

Result<void> OpenDossierFor(Desk& desk, const v1::RegisterClientRequest& request,
                            const v1::StaffMember& mentor, v1::RegisterClientResponse& response) {
  crypto::RandomSource& random = desk.surroundings.random;
  response.set_person_id(crypto::NewUuidV4(random));
  response.set_dossier_id(crypto::NewUuidV4(random));
  auto writer = DossierWriter::Make(desk, response.dossier_id());
  if (!writer.ok()) return writer.failure();
  v1::Profile profile;
  profile.set_client_person_id(response.person_id());
  profile.set_display_name(request.display_name());
  profile.set_language(Or(request.language(), kLanguageDefault));
  profile.set_time_zone(Or(request.time_zone(), kTimeZoneDefault));
  if (!desk.transaction.InsertPerson(
          {.person_id = response.person_id(), .dossier_id = response.dossier_id()})) {
    return Failure{.log_detail = "two people took one id"};
  }
  rules::Change change = rules::OpenDossier(profile, writer->ServiceOccasion());
  const auto begun = BeginRelation(desk, *writer, mentor, change);
  if (!begun.ok()) return begun.failure();
  const auto committed = writer->Commit(change, v1::LogEntry(), desk.now);
  if (!committed.ok()) return committed.failure();
  return {};
}

// All live relations of the caller, summed up, those first that need a person's attention.
Result<std::vector<v1::CaseloadEntry>> Summaries(const ReadingDesk& desk,
                                                 const std::vector<std::string>& dossier_ids) {
  std::vector<v1::CaseloadEntry> entries;
  for (const std::string& dossier_id : dossier_ids) {
    auto dossier = OpenDossierView(desk, dossier_id);
    if (!dossier.ok()) return dossier.failure();
    entries.push_back(rules::Summarise(*dossier, ZoneOfDossier(desk.surroundings, *dossier), desk.now));
    entries.back().set_dossier_id(dossier_id);
    const auto undamaged = CheckUndamaged(*dossier);
    if (!undamaged.ok()) return undamaged.failure();
  }
  std::sort(entries.begin(), entries.end(), rules::NeedsAttentionBefore);
  return entries;
}

bool NewestFirst(const v1::ContactEntry& a, const v1::ContactEntry& b) {
  const auto key = [](const v1::ContactEntry& entry) {
    return std::tuple(rules::ToInstant(entry.contact().at()), entry.contact_id());
  };
  return key(a) > key(b);
}

Result<std::vector<v1::ContactEntry>> ContactsOf(const ReadingDesk& desk, const std::string& dossier_id) {
  auto dossier = OpenDossierView(desk, dossier_id);
  if (!dossier.ok()) return dossier.failure();
  std::vector<v1::ContactEntry> contacts;
  for (const v1::Record& record : dossier->ChildrenOf(rules::kContacts)) {
    v1::ContactEntry entry;
    entry.set_dossier_id(dossier_id);
    entry.set_contact_id(record.record_id());
    *entry.mutable_contact() = record.contact();
    contacts.push_back(std::move(entry));
  }
  const auto undamaged = CheckUndamaged(*dossier);
  if (!undamaged.ok()) return undamaged.failure();
  return contacts;
}

// Everyone who works here, by name.
std::vector<v1::StaffMember> ActiveStaff(const ReadingDesk& desk) {
  std::vector<v1::StaffMember> staff = AllStaff(desk.snapshot, *desk.keys);
  std::erase_if(staff, [](const v1::StaffMember& staff_member) { return !staff_member.active(); });
  return staff;
}

Result<v1::TeamMember> TotalsOf(const ReadingDesk& desk, const v1::StaffMember& mentor) {
  v1::TeamMember member;
  *member.mutable_mentor() = mentor;
  for (const storage::RelationRow& relation : desk.snapshot.RelationsOfPerson(mentor.person_id(), false)) {
    member.add_dossier_ids(relation.dossier_id);
    auto dossier = OpenDossierView(desk, relation.dossier_id);
    if (!dossier.ok()) return dossier.failure();
    const auto summary = rules::Summarise(*dossier, ZoneOfDossier(desk.surroundings, *dossier), desk.now);
    member.set_quiet_count(member.quiet_count() + (summary.quiet() ? 1 : 0));
    auto contacts = ContactsOf(desk, relation.dossier_id);
    if (!contacts.ok()) return contacts.failure();
    for (const v1::ContactEntry& entry : *contacts) {
      if (rules::ToInstant(entry.contact().at()) + kTeamContacts < desk.now) continue;
      member.set_contacts_count(member.contacts_count() + 1);
    }
  }
  return member;
}

// Whether a mentor of the team walks beside the client of the dossier now: what a team lead may assign.
std::optional<std::vector<std::string>> PresentMentors(const Desk& desk, const std::string& dossier_id,
                                                       const std::string& team_id) {
  std::vector<std::string> mentors;
  bool of_team = false;
  for (const storage::RelationRow& relation : desk.transaction.RelationsOfDossier(dossier_id)) {
    if (relation.until_us != 0) continue;
    mentors.push_back(relation.person_id);
    const auto person = desk.transaction.FindPerson(relation.person_id);
    of_team = of_team || (person && person->team_id == team_id);
  }
  return of_team ? std::optional(mentors) : std::nullopt;
}

// Hands one dossier to the mentor. False when the mentor has it already.
Result<bool> AssignOne(Desk& desk, const std::string& dossier_id, const std::vector<std::string>& present,
                       const v1::StaffMember& mentor, const std::string& words) {
  if (present == std::vector<std::string>{mentor.person_id()}) return false;
  auto writer = DossierWriter::Open(desk, dossier_id);
  if (!writer.ok()) return writer.failure();
  if (!writer->has_value()) return Failure{.log_detail = "a relation with a dossier that does not exist"};
  v1::Handover handover;
  handover.set_from_person_id(present.front());
  handover.set_to_person_id(mentor.person_id());
  handover.set_to_display_name(mentor.display_name());
  handover.set_words(words);
  rules::Change change = rules::ReplaceMentor((*writer)->view(), crypto::NewUuidV4(desk.surroundings.random),
                                              handover, (*writer)->ServiceOccasion());
  const auto followed = FollowHandovers(desk, **writer, change);
  if (!followed.ok()) return followed.failure();
  // During a handover two mentors walk beside the client, and the new one may be one of them.
  bool has_access = false;
  for (const std::string& person_id : present) {
    has_access = has_access || person_id == mentor.person_id();
    if (person_id == mentor.person_id()) continue;
    const auto ended = EndRelation(desk, **writer, person_id, change);
    if (!ended.ok()) return ended.failure();
  }
  if (!has_access) {
    const auto begun = BeginRelation(desk, **writer, mentor, change);
    if (!begun.ok()) return begun.failure();
  }
  v1::LogEntry entry;
  entry.mutable_author()->set_person_id(desk.caller.person_id);
  entry.mutable_author()->set_role(v1::ROLE_TEAM_LEAD);
  entry.set_device_id(desk.caller.device_id);
  const auto committed = (*writer)->Commit(change, std::move(entry), desk.now);
  if (!committed.ok()) return committed.failure();
  return true;
}

Result<std::string> TeamOfCaller(const storage::DirectoryReads& directory, const Caller& caller) {
  const auto person = directory.FindPerson(caller.person_id);
  if (!person || person->team_id.empty()) return NotAllowed("");
  return person->team_id;
}

}  // namespace

Result<v1::RegisterClientResponse> RegisterClient(Desk& desk, const v1::RegisterClientRequest& request) {
  const auto checked = CheckNewClient(desk.surroundings.zones, request);
  if (!checked.ok()) return checked.failure();
  const auto mentor = FindStaffMember(desk.transaction, *desk.keys, desk.caller.person_id);
  if (!mentor || !IsMentor(*mentor)) return NotAllowed("");
  v1::RegisterClientResponse response;
  const auto answered = AnswerOnce(
      desk, {"RegisterClient", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        auto opened = OpenDossierFor(desk, request, *mentor, response);
        if (!opened.ok()) return opened;
        answer.UnderDossierKey(response.dossier_id());
        auto code =
            MakeActivationCode(desk.surroundings, desk.keys->organisation_id, response.person_id(), desk.now);
        if (!code.ok()) return code.failure();
        response.set_activation_code(code->text);
        *response.mutable_expires_at() = rules::ToTimestamp(code->expires_at);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListCaseloadResponse> ListCaseload(const ReadingDesk& desk,
                                              const v1::ListCaseloadRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  auto entries = Summaries(desk, ReadableDossiers(desk.snapshot, desk.caller));
  if (!entries.ok()) return entries.failure();
  v1::ListCaseloadResponse response;
  for (auto& entry :
       PageFrom(*entries, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_entries() = std::move(entry);
  }
  return response;
}

Result<v1::ListContactsResponse> ListContacts(const ReadingDesk& desk,
                                              const v1::ListContactsRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  std::vector<std::string> dossier_ids = ReadableDossiers(desk.snapshot, desk.caller);
  if (!request.dossier_id().empty()) dossier_ids = {request.dossier_id()};
  std::vector<v1::ContactEntry> contacts;
  for (const std::string& dossier_id : dossier_ids) {
    auto more = ContactsOf(desk, dossier_id);
    if (!more.ok()) return more.failure();
    std::move(more->begin(), more->end(), std::back_inserter(contacts));
  }
  std::sort(contacts.begin(), contacts.end(), NewestFirst);
  v1::ListContactsResponse response;
  for (auto& entry :
       PageFrom(contacts, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_contacts() = std::move(entry);
  }
  return response;
}

Result<v1::ListColleaguesResponse> ListColleagues(const ReadingDesk& desk,
                                                  const v1::ListColleaguesRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  std::vector<v1::StaffMember> mentors = ActiveStaff(desk);
  std::erase_if(mentors, [](const v1::StaffMember& staff_member) { return !IsMentor(staff_member); });
  v1::ListColleaguesResponse response;
  for (auto& mentor :
       PageFrom(mentors, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_colleagues() = std::move(mentor);
  }
  return response;
}

Result<v1::ListHandoversResponse> ListHandovers(const ReadingDesk& desk,
                                                const v1::ListHandoversRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  std::vector<storage::HandoverRow> waiting = desk.snapshot.HandoversTo(desk.caller.person_id);
  std::erase_if(waiting, [](const storage::HandoverRow& row) {
    return row.state != v1::HANDOVER_STATE_PROPOSED && row.state != v1::HANDOVER_STATE_AGREED;
  });
  v1::ListHandoversResponse response;
  for (const auto& row :
       PageFrom(waiting, *page_size, request.page_token(), response.mutable_next_page_token())) {
    auto dossier = OpenDossierView(desk, row.dossier_id);
    if (!dossier.ok()) return dossier.failure();
    const auto record = dossier->Find(row.handover_id);
    v1::HandoverEntry& entry = *response.add_handovers();
    entry.set_handover_id(row.handover_id);
    entry.set_dossier_id(row.dossier_id);
    entry.set_client_display_name(ClientName(*dossier));
    if (record) *entry.mutable_handover() = record->handover();
  }
  return response;
}

Result<v1::AnswerHandoverResponse> AnswerHandover(Desk& desk, const v1::AnswerHandoverRequest& request) {
  const auto row = desk.transaction.FindHandover(request.handover_id());
  if (!row) return NotAllowed("handover_id");
  v1::AnswerHandoverResponse response;
  const auto answered = AnswerOnce(
      desk, {"AnswerHandover", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        answer.UnderDossierKey(row->dossier_id);
        auto writer = DossierWriter::Open(desk, row->dossier_id);
        if (!writer.ok()) return writer.failure();
        if (!writer->has_value()) return Failure{.log_detail = "a handover of a dossier that does not exist"};
        v1::Author author;
        author.set_person_id(desk.caller.person_id);
        author.set_role(v1::ROLE_MENTOR);
        auto applied = rules::AcceptHandover((*writer)->view(), request.handover_id(), request.accept(),
                                             (*writer)->OccasionFor(author, desk.now));
        if (const auto* violation = std::get_if<rules::Violation>(&applied)) {
          return Failure{.reason = violation->reason, .field = violation->field};
        }
        auto& change = std::get<rules::Change>(applied);
        const auto followed = FollowHandovers(desk, **writer, change);
        if (!followed.ok()) return followed.failure();
        v1::LogEntry entry;
        *entry.mutable_author() = author;
        entry.set_device_id(desk.caller.device_id);
        const auto committed = (*writer)->Commit(change, std::move(entry), desk.now);
        if (!committed.ok()) return committed.failure();
        response.set_state(change.records.front().handover().state());
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::GetTeamResponse> GetTeam(const ReadingDesk& desk, const v1::GetTeamRequest&) {
  const auto team_id = TeamOfCaller(desk.snapshot, desk.caller);
  if (!team_id.ok()) return team_id.failure();
  v1::GetTeamResponse response;
  response.set_team_id(*team_id);
  response.set_display_name(TeamName(desk.snapshot, *desk.keys, *team_id));
  for (const v1::StaffMember& staff_member : AllStaff(desk.snapshot, *desk.keys)) {
    if (staff_member.team_id() != *team_id) continue;
    auto member = TotalsOf(desk, staff_member);
    if (!member.ok()) return member.failure();
    // Whoever left or has another role now stays in sight for as long as clients wait for somebody else.
    const bool works_as_mentor = staff_member.active() && IsMentor(staff_member);
    if (!works_as_mentor && member->dossier_ids().empty()) continue;
    *response.add_members() = *std::move(member);
  }
  return response;
}

Result<v1::AssignDossiersResponse> AssignDossiers(Desk& desk, const v1::AssignDossiersRequest& request) {
  if (request.dossier_ids_size() == 0)
    return Failure{.reason = v1::ERROR_REASON_MISSING, .field = "dossier_ids"};
  if (request.dossier_ids_size() > kAssignedDossiersMax) {
    return Failure{.reason = v1::ERROR_REASON_TOO_MANY, .field = "dossier_ids"};
  }
  if (const auto reason = rules::CheckText(request.words(), {rules::kWordsBytesMax, false})) {
    return Failure{.reason = *reason, .field = "words"};
  }
  const auto team_id = TeamOfCaller(desk.transaction, desk.caller);
  if (!team_id.ok()) return team_id.failure();
  const auto mentor = FindStaffMember(desk.transaction, *desk.keys, request.to_person_id());
  if (!mentor || !IsMentor(*mentor) || mentor->team_id() != *team_id) return NotAllowed("to_person_id");
  for (int i = 0; i < request.dossier_ids_size(); ++i) {
    if (PresentMentors(desk, request.dossier_ids(i), *team_id)) continue;
    return NotAllowed("dossier_ids[" + std::to_string(i) + "]");
  }
  v1::AssignDossiersResponse response;
  const auto answered = AnswerOnce(
      desk, {"AssignDossiers", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        for (const std::string& dossier_id : request.dossier_ids()) {
          const auto present = PresentMentors(desk, dossier_id, *team_id);
          const auto assigned = AssignOne(desk, dossier_id, *present, *mentor, request.words());
          if (!assigned.ok()) return assigned.failure();
          response.set_assigned_count(response.assigned_count() + (*assigned ? 1 : 0));
        }
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

}  // namespace brug::domain
