#pragma once

#include <functional>
#include <string>

#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/outside.h"
#include "client-sdk/src/sync/session.h"

namespace brug::sdk {

// Makes this device a person's: nonce, proof, account. Nothing is kept unless the answer is right in every
// part.
class Enrolment {
 public:
  // `done` gets what is to be replied.
  using Done = std::function<void(Result<std::string>)>;

  Enrolment(Holdings& holdings, Outside& outside) : holdings_(holdings), outside_(outside) {}

  void Want(const EnrolWanted& wanted, Done done);

 private:
  struct Attempt {
    std::string typed_code;
    std::string code;
    std::string device_name;
    std::string public_key;
    Done done;
  };

  void Prove(const Attempt& attempt, const std::string& nonce);
  [[nodiscard]] Result<void> Keep(const Attempt& attempt, const v1::EnrolResponse& response);

  Holdings& holdings_;
  Outside& outside_;
};

}  // namespace brug::sdk
