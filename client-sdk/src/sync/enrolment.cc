#include "client-sdk/src/sync/enrolment.h"

#include <utility>

#include "client-sdk/src/sync/answer_error.h"
#include "client-sdk/src/sync/filing.h"
#include "client-sdk/src/sync/statement_check.h"
#include "client-sdk/src/vault/error.h"
#include "proto/crypto/crockford.h"
#include "proto/crypto/hash.h"

namespace brug::sdk {
namespace {

Error AlreadyEnrolled() {
  return Error{.code = ErrorCode::kConflict,
               .reason = "ALREADY_ENROLLED",
               .field = {},
               .message = {},
               .retry_after_ms = {}};
}

// A device that waits for a yes has no statement yet; it gets one by sync.
bool IsRight(const v1::EnrolResponse& response, const std::string& public_key) {
  const v1::Device& device = response.device();
  if (device.device_id().empty() || device.person_id().empty() || response.organisation_id().empty())
    return false;
  if (!response.has_statement()) return device.state() == v1::DEVICE_STATE_WAITING;
  const auto content = CheckStatement(response.statement(), response);
  return content.ok() && content->enrolment().device_id() == device.device_id() &&
         content->enrolment().public_key_sha256() == crypto::Sha256(public_key);
}

}  // namespace

void Enrolment::Want(const EnrolWanted& wanted, Done done) {
  if (holdings_.enrolled()) return done(AlreadyEnrolled());
  auto code = crypto::NormaliseCode(wanted.activation_code);
  if (!code.has_value()) return done(FromReason(v1::ERROR_REASON_CODE_NOT_VALID, "activation_code"));
  auto public_key = holdings_.ports().key_store->PublicKey();
  if (!public_key.ok()) return done(FromKeyStore(public_key.error()));
  Attempt attempt{.typed_code = wanted.activation_code,
                  .code = std::move(*code),
                  .device_name = wanted.device_name,
                  .public_key = std::move(*public_key),
                  .done = std::move(done)};
  outside_.MakeCall(Method::kGetNonce, {}, v1::GetNonceRequest().SerializeAsString(),
                    [this, attempt = std::move(attempt)](const Answer& answer) {
                      v1::GetNonceResponse response;
                      if (!answer.status.ok()) return attempt.done(FromStatus(answer.status));
                      if (!response.ParseFromString(answer.response)) return attempt.done(AnswerNotValid());
                      Prove(attempt, response.nonce());
                    });
}

void Enrolment::Prove(const Attempt& attempt, const std::string& nonce) {
  auto signature = holdings_.ports().key_store->Sign(
      ProofMessage("brug.v1.Enrol", {nonce, attempt.public_key, attempt.code}));
  if (!signature.ok()) return attempt.done(FromKeyStore(signature.error()));
  v1::EnrolRequest request;
  request.set_activation_code(attempt.typed_code);
  request.set_public_key(attempt.public_key);
  request.set_nonce(nonce);
  request.set_signature(std::move(*signature));
  request.set_device_name(attempt.device_name);
  outside_.MakeCall(Method::kEnrol, {}, request.SerializeAsString(), [this, attempt](const Answer& answer) {
    v1::EnrolResponse response;
    if (!answer.status.ok()) return attempt.done(FromStatus(answer.status));
    if (!response.ParseFromString(answer.response)) return attempt.done(AnswerNotValid());
    auto kept = Keep(attempt, response);
    if (!kept.ok()) return attempt.done(kept.error());
    attempt.done(answer.response);
  });
}

Result<void> Enrolment::Keep(const Attempt& attempt, const v1::EnrolResponse& response) {
  if (holdings_.enrolled()) return AlreadyEnrolled();
  if (!IsRight(response, attempt.public_key)) return AnswerNotValid();
  auto transaction = Transaction::Begin(holdings_.ports().storage->transactions());
  if (!transaction.ok()) return transaction.error();
  auto kept = holdings_.KeepAccount(response);
  if (kept.ok()) kept = NoteKnownKinds(holdings_.ports().storage->replica());
  if (kept.ok()) kept = transaction->Commit();
  if (!kept.ok()) {
    holdings_.MarkStale();
    return kept;
  }
  // The code is spent and the account is kept. Without the nonce the next opening begins an epoch more.
  if (!holdings_.RenewNonce().ok()) holdings_.MarkStale();
  return {};
}

}  // namespace brug::sdk
