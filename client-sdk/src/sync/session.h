#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/outside.h"

namespace brug::sdk {

// Why something did not succeed, and what follows from that.
struct Failure {
  Error error;
  bool try_again = false;  // by itself, later
  bool sign_in = false;    // the service asks for a new session
};

[[nodiscard]] Failure FailureOf(const CallStatus& status);
// Whether it came with a valid wipe order for this device.
[[nodiscard]] bool HasWipeOrder(const CallStatus& status, const Holdings& holdings);
// Something on the device failed.
[[nodiscard]] Failure LocalFailure(Error error);

// What a device signs: PURPOSE, a zero byte, and the fields, each preceded by its length.
[[nodiscard]] std::string ProofMessage(std::string_view purpose,
                                       std::initializer_list<std::string_view> fields);

// The access token, in memory alone, and how to come by it.
class Session {
 public:
  using Then = std::function<void(const std::optional<Failure>&)>;

  Session(Holdings& holdings, Outside& outside) : holdings_(holdings), outside_(outside) {}

  // Calls `then` without a failure once there is a token, at once if there is one. All who wait share one
  // sign-in.
  void Ensure(Then then);
  // The token is not good any more.
  void Forget() { token_.clear(); }
  void Abandon();
  [[nodiscard]] const std::string& token() const { return token_; }

 private:
  void AskNonce();
  void Open(const std::string& nonce);
  [[nodiscard]] Result<void> ShowEnrolment(v1::OpenSessionRequest& request);
  void Finish(const std::optional<Failure>& failure);

  Holdings& holdings_;
  Outside& outside_;
  std::string token_;
  bool proof_repeated_ = false;
  std::vector<Then> waiting_;
};

}  // namespace brug::sdk
