#pragma once

#include <string>

#include "brug/v1/error.pb.h"

namespace brug::rules {

// What is wrong with a message, and where: a reason from the contract and a path from the message's root, as
// "tick_step.date" or "pillars[2].domains[0].levels". `field` is empty when no single field is to blame.
struct Violation {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  std::string field;

  friend bool operator==(const Violation&, const Violation&) = default;
};

}  // namespace brug::rules
