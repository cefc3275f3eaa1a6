#include "service/domain/statements.h"

#include <utility>

#include "proto/rules/apply.h"
#include "service/domain/journalled_ends.h"
#include "service/domain/organisation_records.h"
#include "service/domain/sealed_dossier.h"

namespace brug::domain {
namespace {

v1::Statement Sign(const OrganisationKeys& keys, const v1::StatementContent& content) {
  v1::Statement statement;
  statement.set_key_id(keys.statement.PublicKey().KeyId());
  statement.set_content(Serialise(content));
  statement.set_signature(keys.statement.Sign(std::string(kStatementPurpose) + '\0' + statement.content()));
  return statement;
}

v1::OrganisationKey PublicKeyOf(const crypto::SigningKey& key, v1::KeyPurpose purpose) {
  v1::OrganisationKey message;
  message.set_key_id(key.PublicKey().KeyId());
  message.set_public_key(key.PublicKey().spki_der());
  message.set_purpose(purpose);
  return message;
}

// A kept statement about a dossier is 'd', the dossier's id (36 bytes) and bytes sealed under its key; 'd'
// begins no serialised message, and neither does the 'o' below.
constexpr char kDossier = 'd';
constexpr std::size_t kIdBytes = 36;
// One about a dossier that is not known is 'o' and bytes sealed under the organisation's key.
constexpr char kOrganisation = 'o';

std::string PlaceOf(const std::string& person_id, std::int64_t number) {
  return "statement/" + person_id + "/" + std::to_string(number);
}

std::string KeepAs(const Desk& desk, const DossierAccess* access, const v1::StatementContent& content,
                   const v1::Statement& statement) {
  if (access == nullptr) return Serialise(statement);
  return kDossier + access->dossier_id +
         SealForDossier(*access, {"statement", content.person_id(), content.number()}, Serialise(statement),
                        desk.surroundings.random);
}

platform::Result<v1::Statement> Make(Desk& desk, const DossierAccess* access, const std::string& person_id,
                                     v1::StatementContent kind) {
  auto person = desk.transaction.FindPerson(person_id);
  if (!person) return platform::Failure{.log_detail = "a statement for a person who does not exist"};
  person->statements_count += 1;
  person->version += 1;
  kind.set_statement_id(crypto::NewUuidV4(desk.surroundings.random));
  kind.set_organisation_id(desk.keys->organisation_id);
  kind.set_person_id(person_id);
  kind.set_number(person->statements_count);
  *kind.mutable_made_at() = rules::ToTimestamp(desk.now);
  const v1::Statement statement = Sign(*desk.keys, kind);
  if (!desk.transaction.UpdatePerson(*person) ||
      !desk.transaction.InsertStatement(
          {person_id, person->statements_count, KeepAs(desk, access, kind, statement)})) {
    return platform::Failure{.log_detail = "two statements took one number"};
  }
  JournalIfEnd(desk, kind, statement);
  desk.hints.people.insert(person_id);
  return statement;
}

}  // namespace

platform::Result<v1::Statement> MakeStatement(Desk& desk, const std::string& person_id,
                                              v1::StatementContent kind) {
  return Make(desk, nullptr, person_id, std::move(kind));
}

platform::Result<v1::Statement> MakeStatementAbout(Desk& desk, const DossierAccess& access,
                                                   const std::string& person_id, v1::StatementContent kind) {
  return Make(desk, &access, person_id, std::move(kind));
}

bool IsAboutMoney(const v1::StatementContent& content) {
  return content.has_promise() || content.has_issue() || content.has_cancel() || content.has_redemption() ||
         content.has_undo();
}

std::optional<std::string> DossierOfMoney(const storage::MoneyReads& money,
                                          const v1::StatementContent& content) {
  if (content.has_promise()) return content.promise().dossier_id();
  if (content.has_issue()) return content.issue().dossier_id();
  std::string voucher_id;
  if (content.has_cancel()) voucher_id = content.cancel().voucher_id();
  if (content.has_redemption()) voucher_id = content.redemption().voucher_id();
  if (content.has_undo()) voucher_id = content.undo().voucher_id();
  const auto voucher = money.FindVoucher(voucher_id);
  return voucher ? std::optional(voucher->dossier_id) : std::nullopt;
}

std::int64_t StatementsBefore(const storage::BackupReads& backups) {
  return storage::StatementsSkippedBy(backups.NewestRestore().value_or(storage::RestoreRow()));
}

bool IsSealed(const storage::StatementRow& row) {
  return row.statement.starts_with(kOrganisation) || row.statement.starts_with(kDossier);
}

bool MayConcern(const storage::StatementRow& row, const std::set<std::string>& dossier_ids) {
  if (row.statement.starts_with(kOrganisation)) return true;
  return row.statement.starts_with(kDossier) && dossier_ids.contains(row.statement.substr(1, kIdBytes));
}

platform::Result<bool> KeepAgain(Desk& desk, const v1::StatementContent& content,
                                 const v1::Statement& statement) {
  const auto keep = [&](std::string bytes) {
    return desk.transaction.InsertStatement({content.person_id(), content.number(), std::move(bytes)});
  };
  if (!IsAboutMoney(content)) return keep(KeepAs(desk, nullptr, content, statement));
  if (const auto dossier_id = DossierOfMoney(desk.transaction, content)) {
    auto keys = desk.surroundings.keys.Dossier(*desk.keys, *dossier_id);
    if (!keys.ok() && keys.failure().reason != v1::ERROR_REASON_INTERNAL) return keys.failure();
    if (keys.ok()) {
      const DossierAccess access{desk.keys->organisation_id, *dossier_id, *keys};
      return keep(KeepAs(desk, &access, content, statement));
    }
  }
  return keep(kOrganisation + SealForOrganisation(*desk.keys, PlaceOf(content.person_id(), content.number()),
                                                  Serialise(statement), desk.surroundings.random));
}

platform::Result<v1::Statement> OpenStatement(const ReadingDesk& desk, const storage::StatementRow& row) {
  const platform::Failure damaged{.log_detail = "a kept statement cannot be read"};
  std::optional<std::string> plain = row.statement;
  if (row.statement.starts_with(kOrganisation)) {
    plain = OpenForOrganisation(*desk.keys, PlaceOf(row.person_id, row.number),
                                std::string_view(row.statement).substr(1));
  }
  if (row.statement.starts_with(kDossier)) {
    if (row.statement.size() <= 1 + kIdBytes) return damaged;
    const std::string dossier_id = row.statement.substr(1, kIdBytes);
    auto keys = desk.surroundings.keys.Dossier(*desk.keys, dossier_id);
    if (!keys.ok()) return keys.failure();
    plain = OpenForDossier({desk.keys->organisation_id, dossier_id, *keys},
                           {"statement", row.person_id, row.number},
                           std::string_view(row.statement).substr(1 + kIdBytes));
  }
  v1::Statement statement;
  if (!plain || !statement.ParseFromString(*plain)) return damaged;
  return statement;
}

v1::Statement MakeWipeOrder(const Surroundings& surroundings, const OrganisationKeys& keys,
                            const std::string& person_id, const std::string& device_id, rules::Instant now) {
  v1::StatementContent content;
  content.set_statement_id(crypto::NewUuidV4(surroundings.random));
  content.set_organisation_id(keys.organisation_id);
  content.set_person_id(person_id);
  *content.mutable_made_at() = rules::ToTimestamp(now);
  content.mutable_wipe()->set_device_id(device_id);
  return Sign(keys, content);
}

std::vector<v1::OrganisationKey> PublicKeys(const OrganisationKeys& keys) {
  std::vector<v1::OrganisationKey> all = {PublicKeyOf(keys.session, v1::KEY_PURPOSE_SESSION),
                                          PublicKeyOf(keys.statement, v1::KEY_PURPOSE_STATEMENT)};
  for (v1::OrganisationKey& key : PublicVoucherKeys(keys)) all.push_back(std::move(key));
  return all;
}

std::vector<v1::OrganisationKey> PublicVoucherKeys(const OrganisationKeys& keys) {
  std::vector<v1::OrganisationKey> all;
  for (auto key = keys.vouchers.rbegin(); key != keys.vouchers.rend(); ++key) {
    all.push_back(PublicKeyOf(*key, v1::KEY_PURPOSE_VOUCHER));
  }
  return all;
}

}  // namespace brug::domain
