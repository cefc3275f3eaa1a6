#include "client-sdk/src/sync/statement_check.h"

#include <string>

#include "proto/crypto/bytes.h"
#include "proto/crypto/signature.h"

namespace brug::sdk {
namespace {

constexpr std::string_view kPurpose("brug.v1.Statement\0", 18);

Error NotValid() {
  return Error{.code = ErrorCode::kInternal,
               .reason = "STATEMENT_NOT_VALID",
               .field = {},
               .message = {},
               .retry_after_ms = {}};
}

bool IsSigned(const v1::Statement& statement, const v1::EnrolResponse& account) {
  for (const v1::OrganisationKey& key : account.organisation_keys()) {
    if (key.purpose() != v1::KEY_PURPOSE_STATEMENT || key.key_id() != statement.key_id()) continue;
    const auto verifying_key = crypto::VerifyingKey::FromSpkiDer(key.public_key());
    if (!verifying_key.has_value()) return false;
    return verifying_key->Verify(std::string(kPurpose) + statement.content(), statement.signature());
  }
  return false;
}

}  // namespace

Result<v1::StatementContent> CheckStatement(const v1::Statement& statement,
                                            const v1::EnrolResponse& account) {
  v1::StatementContent content;
  if (!IsSigned(statement, account) || !content.ParseFromString(statement.content())) return NotValid();
  if (content.organisation_id() != account.organisation_id()) return NotValid();
  if (content.person_id() != account.device().person_id()) return NotValid();
  return content;
}

bool IsAboutMoney(const v1::StatementContent& content) {
  return content.has_promise() || content.has_issue() || content.has_cancel() || content.has_redemption() ||
         content.has_undo();
}

bool IsWipeOrder(std::string_view base64url, const v1::EnrolResponse& account) {
  const auto bytes = crypto::Base64UrlDecode(base64url);
  v1::Statement statement;
  if (!bytes.has_value() || !statement.ParseFromString(*bytes)) return false;
  const auto content = CheckStatement(statement, account);
  return content.ok() && content->has_wipe() && content->wipe().device_id() == account.device().device_id();
}

}  // namespace brug::sdk
