#pragma once

#include <google/protobuf/message_lite.h>

#include <functional>
#include <string>
#include <string_view>

#include "service/domain/desk.h"

namespace brug::domain {

// What a repeated request is known by.
struct RequestName {
  // The RPC, as "RegisterClient".
  std::string_view rpc;
  // The caller's request_id; must be a UUID.
  const std::string& request_id;
  // The whole request.
  const google::protobuf::MessageLite& request;
};

// Answers a request once: runs `act`, which fills `response`, and keeps the answer; a repeated request gets
// the first answer again, the same id with other content is REQUEST_ID_REUSED. A failure is not kept: nothing
// was changed by it. The caller has checked that this may be done at all. `act` may call UnderDossierKey() of
// the answer it is given, so that an answer that concerns a client is sealed under their dossier's key and is
// gone with it.
class Answer {
 public:
  void UnderDossierKey(std::string dossier_id) { dossier_id_ = std::move(dossier_id); }

 private:
  friend platform::Result<void> AnswerOnce(Desk&, const RequestName&, google::protobuf::MessageLite&,
                                           const std::function<platform::Result<void>(Answer&)>&);
  std::string dossier_id_;
};
[[nodiscard]] platform::Result<void> AnswerOnce(Desk& desk, const RequestName& name,
                                                google::protobuf::MessageLite& response,
                                                const std::function<platform::Result<void>(Answer&)>& act);

// A request that the service answered, forgot, and knows again by what it led to.
struct ForgottenRequest {
  std::string rpc;
  std::string person_id;
  std::string request_id;
  // Under whose key the answer is kept.
  std::string dossier_id;
};
// Keeps the answer to it. What it asked is not known any more, so whatever the person asks of that RPC under
// that id gets this answer; another RPC is REQUEST_ID_REUSED. Does nothing when there is an answer.
[[nodiscard]] platform::Result<void> KeepAnswer(Desk& desk, const ForgottenRequest& request,
                                                const std::string& response);

}  // namespace brug::domain
