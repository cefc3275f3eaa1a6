#include "client-sdk/src/sync/session.h"

#include <utility>

#include "client-sdk/src/sync/answer_error.h"
#include "client-sdk/src/sync/statement_check.h"
#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

// Where the service puts a wipe order in the metadata of ErrorInfo: base64url of a serialised Statement.
constexpr const char* kWipeStatement = "wipe_statement";

}  // namespace

bool HasWipeOrder(const CallStatus& status, const Holdings& holdings) {
  const auto order = status.metadata.find(kWipeStatement);
  return order != status.metadata.end() && holdings.enrolled() &&
         IsWipeOrder(order->second, holdings.account());
}

Failure FailureOf(const CallStatus& status) {
  Failure failure;
  failure.error = FromStatus(status);
  failure.try_again = status.code == CallCode::kUnavailable || status.retry_after_ms.has_value();
  // A revoked device is told so in its session; the order to wipe comes when it asks for a new one.
  failure.sign_in =
      status.reason == v1::ERROR_REASON_SIGN_IN_NEEDED || status.reason == v1::ERROR_REASON_DEVICE_REVOKED ||
      (status.code == CallCode::kUnauthenticated && status.reason == v1::ERROR_REASON_UNSPECIFIED);
  return failure;
}

Failure LocalFailure(Error error) {
  Failure failure;
  failure.error = std::move(error);
  return failure;
}

std::string ProofMessage(std::string_view purpose, std::initializer_list<std::string_view> fields) {
  std::string message(purpose);
  message += '\0';
  for (const std::string_view field : fields) {
    for (int shift = 24; shift >= 0; shift -= 8) message += static_cast<char>((field.size() >> shift) & 0xFF);
    message += field;
  }
  return message;
}

void Session::Ensure(Then then) {
  if (!token_.empty()) {
    then(std::nullopt);
    return;
  }
  waiting_.push_back(std::move(then));
  if (waiting_.size() > 1) return;
  proof_repeated_ = false;
  AskNonce();
}

void Session::Abandon() {
  waiting_.clear();
  token_.clear();
}

void Session::AskNonce() {
  outside_.MakeCall(Method::kGetNonce, {}, v1::GetNonceRequest().SerializeAsString(),
                    [this](const Answer& answer) {
                      v1::GetNonceResponse response;
                      if (!answer.status.ok()) return Finish(FailureOf(answer.status));
                      if (!response.ParseFromString(answer.response))
                        return Finish(LocalFailure(AnswerNotValid()));
                      Open(response.nonce());
                    });
}

void Session::Open(const std::string& nonce) {
  const v1::EnrolResponse& account = holdings_.account();
  v1::OpenSessionRequest request;
  request.set_device_id(account.device().device_id());
  request.set_organisation_id(account.organisation_id());
  request.set_nonce(nonce);
  auto signature = holdings_.ports().key_store->Sign(
      ProofMessage("brug.v1.OpenSession", {nonce, account.organisation_id(), account.device().device_id()}));
  if (!signature.ok()) return Finish(LocalFailure(FromKeyStore(signature.error())));
  request.set_signature(std::move(*signature));
  // A service that refuses this device may have forgotten it.
  if (proof_repeated_) {
    auto shown = ShowEnrolment(request);
    if (!shown.ok()) return Finish(LocalFailure(shown.error()));
  }
  outside_.MakeCall(Method::kOpenSession, {}, request.SerializeAsString(), [this](const Answer& answer) {
    v1::OpenSessionResponse response;
    if (!answer.status.ok()) {
      // A nonce lives two minutes: on a slow line it may have gone stale, and once is worth another.
      if (answer.status.reason == v1::ERROR_REASON_PROOF_NOT_VALID && !std::exchange(proof_repeated_, true)) {
        return AskNonce();
      }
      return Finish(FailureOf(answer.status));
    }
    if (!response.ParseFromString(answer.response) || response.access_token().empty()) {
      return Finish(LocalFailure(AnswerNotValid()));
    }
    token_ = response.access_token();
    Finish(std::nullopt);
  });
}

Result<void> Session::ShowEnrolment(v1::OpenSessionRequest& request) {
  auto enrolment = holdings_.FindEnrolment();
  if (!enrolment.ok()) return enrolment.error();
  if (!enrolment->has_value()) return {};
  auto public_key = holdings_.ports().key_store->PublicKey();
  if (!public_key.ok()) return FromKeyStore(public_key.error());
  *request.mutable_enrolment() = **std::move(enrolment);
  request.set_public_key(std::move(*public_key));
  return {};
}

void Session::Finish(const std::optional<Failure>& failure) {
  for (const Then& then : std::exchange(waiting_, {})) then(failure);
}

}  // namespace brug::sdk
