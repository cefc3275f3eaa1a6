#include "service/domain/statements.h"

#include <utility>

#include "proto/rules/apply.h"
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

}  // namespace

platform::Result<v1::Statement> MakeStatement(Desk& desk, const std::string& person_id,
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
      !desk.transaction.InsertStatement({person_id, person->statements_count, Serialise(statement)})) {
    return platform::Failure{.log_detail = "two statements took one number"};
  }
  desk.hints.people.insert(person_id);
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
  return {PublicKeyOf(keys.session, v1::KEY_PURPOSE_SESSION),
          PublicKeyOf(keys.statement, v1::KEY_PURPOSE_STATEMENT),
          PublicKeyOf(keys.voucher, v1::KEY_PURPOSE_VOUCHER)};
}

}  // namespace brug::domain
