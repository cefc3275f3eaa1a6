#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/outside.h"
#include "client-sdk/src/sync/purse.h"
#include "client-sdk/src/sync/session.h"

namespace brug::sdk {

// Calls that are made for the app, in a session. Not tried again, but for once with a new session when the
// service asks for one.
//
// A call that changes something about money (IsOnce) is made under an id:
//
//   the id is on disk before the call is made, and leaves once what the answer brought is on disk
//
// so that the same content asked again, in this process or in a later one, is the same request until it has
// been answered. It never leaves with an error: a commit that failed may be found done after a crash.
class Asking {
 public:
  using Done = std::function<void(Result<std::string>)>;

  Asking(Holdings& holdings, Session& session, Outside& outside)
      : holdings_(holdings), session_(session), outside_(outside), purse_(holdings) {}

  // `done` gets the serialised answer.
  void Ask(Method method, const std::string& content, Done done);

  [[nodiscard]] Purse& purse() { return purse_; }
  [[nodiscard]] const Purse& purse() const { return purse_; }

 private:
  struct Question {
    Method method;
    std::string request;              // as it is sent
    std::optional<KeptRequest> kept;  // when it is to be done once
    Done done;
  };
  using Asked = std::shared_ptr<const Question>;

  void Make(const Asked& asked, bool renewed);
  void Take(const Asked& asked, bool renewed, const Answer& answer);
  [[nodiscard]] Result<void> Keep(const Question& asked, const std::string& response);
  void Settle(const KeptRequest& kept);

  Holdings& holdings_;
  Session& session_;
  Outside& outside_;
  Purse purse_;
};

}  // namespace brug::sdk
