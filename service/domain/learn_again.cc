#include "service/domain/learn_again.h"

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "proto/crypto/hash.h"
#include "proto/rules/relation.h"
#include "service/domain/caseload.h"
#include "service/domain/organisation_records.h"
#include "service/domain/relations.h"
#include "service/domain/restored_books.h"
#include "service/domain/restored_requests.h"
#include "service/domain/statements.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::int64_t kRowsMax = 200;

// What this organisation signed about this person; nothing for everything else.
std::optional<v1::StatementContent> CheckSigned(const OrganisationKeys& keys,
                                                const v1::Statement& statement) {
  const crypto::VerifyingKey key = keys.statement.PublicKey();
  if (statement.key_id() != key.KeyId()) return std::nullopt;
  if (!key.Verify(std::string(kStatementPurpose) + '\0' + statement.content(), statement.signature())) {
    return std::nullopt;
  }
  v1::StatementContent content;
  if (!content.ParseFromString(statement.content()) || content.organisation_id() != keys.organisation_id ||
      content.number() < 1) {
    return std::nullopt;
  }
  return content;
}

// What is kept for the person about access and devices, lowest number first. What cannot be opened is sealed,
// and so about money.
void ReadAll(const Desk& desk, const std::string& person_id,
             const std::function<void(v1::StatementContent)>& read) {
  const ReadingDesk reading{desk.surroundings, desk.transaction, desk.caller, desk.keys, desk.now};
  std::int64_t after = 0;
  while (true) {
    const auto rows = desk.transaction.StatementsFor(person_id, after, kRowsMax);
    for (const storage::StatementRow& row : rows) {
      after = row.number;
      const auto statement = OpenStatement(reading, row);
      v1::StatementContent content;
      if (statement.ok() && content.ParseFromString(statement->content())) read(std::move(content));
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsMax) return;
  }
}

// What the newest statement about a dossier says of the caller's access; nothing when none does.
std::optional<v1::StatementContent> NewestAbout(const Desk& desk, const std::string& dossier_id) {
  std::optional<v1::StatementContent> newest;
  ReadAll(desk, desk.caller.person_id, [&](v1::StatementContent content) {
    if (content.grant().dossier_id() == dossier_id || content.end().dossier_id() == dossier_id) {
      newest = std::move(content);
    }
  });
  return newest;
}

// Whether another device of the person has shown that this one was revoked before the service knew it again.
bool WasRevoked(const Desk& desk, const std::string& person_id, const std::string& device_id) {
  bool revoked = false;
  ReadAll(desk, person_id, [&](const v1::StatementContent& content) {
    revoked = revoked || content.wipe().device_id() == device_id;
  });
  return revoked;
}

Result<DossierWriter> OpenOrMake(Desk& desk, const std::string& dossier_id) {
  auto writer = DossierWriter::Open(desk, dossier_id);
  if (!writer.ok()) return writer.failure();
  if (writer->has_value()) return **std::move(writer);
  return DossierWriter::Make(desk, dossier_id);
}

// Makes the caller's access to a dossier what the newest statement about it says.
Result<void> FollowNewest(Desk& desk, const std::string& dossier_id) {
  const auto newest = NewestAbout(desk, dossier_id);
  if (!newest || desk.caller.Has(v1::ROLE_CLIENT)) return {};
  const bool live = RelationshipWith(desk.transaction, desk.caller, dossier_id) == Relationship::kLive;
  if (newest->has_grant() == live) return {};
  const auto staff_member = FindStaffMember(desk.transaction, *desk.keys, desk.caller.person_id);
  if (!staff_member || !IsMentor(*staff_member)) return {};
  auto writer = OpenOrMake(desk, dossier_id);
  if (!writer.ok()) return writer.failure();
  rules::Change change;
  auto followed = newest->has_grant() ? BeginRelationAgain(desk, *writer, *staff_member,
                                                           rules::ToInstant(newest->made_at()), change)
                                      : EndRelationAgain(desk, *writer, desk.caller.person_id, change);
  if (!followed.ok()) return followed;
  const auto committed = writer->Commit(change, v1::LogEntry(), desk.now);
  if (!committed.ok()) return committed.failure();
  return {};
}

// Keeps a checked statement under the number it has; false when there is one.
Result<bool> Keep(Desk& desk, const v1::StatementContent& content, const v1::Statement& statement) {
  auto kept = KeepAgain(desk, content, statement);
  if (!kept.ok() || !*kept) return kept;
  auto person = desk.transaction.FindPerson(content.person_id());
  if (person && person->statements_count < content.number()) {
    person->statements_count = content.number();
    person->version += 1;
    if (!desk.transaction.UpdatePerson(*person)) return Failure{.log_detail = "a person changed meanwhile"};
  }
  return true;
}

// A client whom the service forgot, and their dossier with a profile as the service gives it when nothing is
// said: what they wrote in it is with them, and no statement has their name.
Result<void> MakeClientAgain(Desk& desk, const v1::StatementContent& content) {
  const std::string& dossier_id = content.enrolment().dossier_id();
  if (!desk.transaction.InsertPerson({.person_id = content.person_id(),
                                      .dossier_id = dossier_id,
                                      .statements_count = StatementsBefore(desk.transaction)})) {
    return Failure{.log_detail = "two people took one id"};
  }
  auto writer = OpenOrMake(desk, dossier_id);
  if (!writer.ok()) return writer.failure();
  if (writer->view().Find(rules::kProfileId)) return {};
  v1::Profile profile;
  profile.set_client_person_id(content.person_id());
  profile.set_language(std::string(kLanguageDefault));
  profile.set_time_zone(std::string(kTimeZoneDefault));
  const auto change = rules::OpenDossier(profile, writer->ServiceOccasion());
  const auto committed = writer->Commit(change, v1::LogEntry(), desk.now);
  if (!committed.ok()) return committed.failure();
  return {};
}

// A member of staff whom the service forgot, without the name, which no statement has.
Result<void> MakeStaffAgain(Desk& desk, const v1::StatementContent& content) {
  v1::StaffMember staff_member;
  for (const int role : content.enrolment().roles()) staff_member.add_roles(static_cast<v1::Role>(role));
  const std::string& person_id = content.person_id();
  if (!desk.transaction.InsertPerson(
          {.person_id = person_id,
           .staff = true,
           .statements_count = StatementsBefore(desk.transaction),
           .sealed = SealForOrganisation(*desk.keys, "person/" + person_id, Serialise(staff_member),
                                         desk.surroundings.random)})) {
    return Failure{.log_detail = "two people took one id"};
  }
  return {};
}

struct Shown {
  v1::StatementContent content;
  const v1::Statement& statement;
};

// One that cannot be followed must not hold back what else the device has to say.
void Try(Desk& desk, const std::string& id, const std::function<Result<void>()>& what) {
  Result<void> done;
  desk.transaction.Attempt([&](storage::Transaction&) {
    done = what();
    return done.ok();
  });
  if (!done.ok()) desk.hints.PassOver(id, done.failure());
}

Result<void> RevokeAgain(Desk& desk, const std::string& device_id) {
  const auto device = desk.transaction.FindDevice(device_id);
  if (!device || device->person_id != desk.caller.person_id) return {};
  if (desk.transaction.UpdateDeviceState(device_id, device->state, v1::DEVICE_STATE_REVOKED)) return {};
  return Failure{.log_detail = "a device changed its state during the operation"};
}

Result<void> LearnAccess(Desk& desk, const std::vector<Shown>& shown) {
  std::set<std::string> dossier_ids;
  for (const auto& [content, statement] : shown) {
    const auto kept = Keep(desk, content, statement);
    if (!kept.ok()) return kept.failure();
    if (!*kept) continue;
    if (content.has_grant()) dossier_ids.insert(content.grant().dossier_id());
    if (content.has_end()) dossier_ids.insert(content.end().dossier_id());
    if (content.has_wipe()) {
      if (auto revoked = RevokeAgain(desk, content.wipe().device_id()); !revoked.ok()) return revoked;
    }
  }
  for (const std::string& dossier_id : dossier_ids) {
    Try(desk, dossier_id, [&] { return FollowNewest(desk, dossier_id); });
  }
  return {};
}

Result<void> LearnMoney(Desk& desk, const std::vector<Shown>& shown) {
  std::vector<const Shown*> fresh;
  std::set<std::string> dossier_ids;
  for (const Shown& one : shown) {
    const auto kept = Keep(desk, one.content, one.statement);
    if (!kept.ok()) return kept.failure();
    if (!*kept) continue;
    fresh.push_back(&one);
    if (auto dossier_id = DossierOfMoney(desk.transaction, one.content)) dossier_ids.insert(*dossier_id);
  }
  BookKept(desk, dossier_ids);
  for (const Shown* one : fresh) {
    Try(desk, one->content.statement_id(), [&] { return UseRequestId(desk, one->content, one->statement); });
  }
  return {};
}

std::optional<v1::StatementContent> EnrolmentShown(const OrganisationKeys& keys,
                                                   const v1::OpenSessionRequest& request) {
  auto content = CheckSigned(keys, request.enrolment());
  const bool fits = content && content->enrolment().device_id() == request.device_id() &&
                    content->enrolment().public_key_sha256() == crypto::Sha256(request.public_key());
  return fits ? std::move(content) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> LastKnownOfForgotten(const storage::Snapshot& snapshot, const Caller& caller,
                                                 const v1::SyncRequest& request) {
  if (request.statements_seen() <= 0) return std::nullopt;
  const std::int64_t known = snapshot.LastStatementNumber(caller.person_id, request.statements_seen());
  if (known == request.statements_seen() || !snapshot.NewestRestore()) return std::nullopt;
  return known;
}

std::optional<std::int64_t> LastKnownOfForgotten(const ReadingDesk& desk, const v1::SyncRequest& request) {
  return LastKnownOfForgotten(desk.snapshot, desk.caller, request);
}

std::int64_t NewestGrant(const Desk& desk, const std::string& person_id, const std::string& dossier_id) {
  std::int64_t newest = 0;
  ReadAll(desk, person_id, [&](const v1::StatementContent& content) {
    if (content.grant().dossier_id() == dossier_id) newest = content.number();
  });
  return newest;
}

std::int64_t NumberOf(const v1::Statement& statement) {
  v1::StatementContent content;
  return content.ParseFromString(statement.content()) ? content.number() : 0;
}

Result<void> LearnAgain(Desk& desk, const v1::SyncRequest& request) {
  if (request.statements().empty() || !desk.transaction.NewestRestore()) return {};
  std::vector<Shown> about_access;
  std::vector<Shown> about_money;
  for (const v1::Statement& statement : request.statements()) {
    const auto content = CheckSigned(*desk.keys, statement);
    if (!content || content->person_id() != desk.caller.person_id) continue;
    (IsAboutMoney(*content) ? about_money : about_access).push_back({*content, statement});
  }
  // With access there is a dossier, under whose key the others are kept.
  if (auto learned = LearnAccess(desk, about_access); !learned.ok()) return learned;
  return LearnMoney(desk, about_money);
}

Result<void> LearnDeviceAgain(Desk& desk, const v1::OpenSessionRequest& request) {
  if (!request.has_enrolment() || !desk.transaction.NewestRestore()) return {};
  const auto content = EnrolmentShown(*desk.keys, request);
  if (!content || desk.transaction.FindDevice(request.device_id())) return {};
  if (!desk.transaction.FindPerson(content->person_id())) {
    auto made = content->enrolment().dossier_id().empty() ? MakeStaffAgain(desk, *content)
                                                          : MakeClientAgain(desk, *content);
    if (!made.ok()) return made;
  }
  const bool revoked = WasRevoked(desk, content->person_id(), request.device_id());
  const storage::DeviceRow device{
      .device_id = request.device_id(),
      .person_id = content->person_id(),
      .public_key = request.public_key(),
      .state = revoked ? v1::DEVICE_STATE_REVOKED : v1::DEVICE_STATE_LIVE,
      .sealed_name =
          SealForOrganisation(*desk.keys, "device/" + request.device_id(), "", desk.surroundings.random),
      .enrolled_at_us = ToMicroseconds(rules::ToInstant(content->made_at()))};
  if (!desk.transaction.InsertDevice(device)) return Failure{.log_detail = "two devices took one id"};
  const auto kept = Keep(desk, *content, request.enrolment());
  if (!kept.ok()) return kept.failure();
  // What others showed of a promise waited for whose it is.
  if (!content->enrolment().dossier_id().empty()) BookKept(desk, {content->enrolment().dossier_id()});
  desk.hints.people.insert(content->person_id());
  return {};
}

std::string KeyShownFor(const OrganisationKeys& keys, const v1::OpenSessionRequest& request) {
  return EnrolmentShown(keys, request) ? request.public_key() : std::string();
}

}  // namespace brug::domain
