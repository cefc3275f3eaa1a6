#pragma once

#include <deque>
#include <functional>
#include <string>

#include "client-sdk/src/sync/asking.h"
#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/outside.h"

namespace brug::sdk {

// Sees to it that the client's own device has the codes of the vouchers that can be spent, and no others:
//
//   after a fetch that met no failure: codes kept = those of open vouchers, with their present number and end
//
// A failure only delays: the next fetch goes on.
class VoucherCodes {
 public:
  VoucherCodes(Holdings& holdings, Asking& asking, Outside& outside)
      : holdings_(holdings), asking_(asking), outside_(outside) {}

  // Forgets what is not open any more, and fetches what is not here yet, one at a time; then calls `done`,
  // perhaps at once. Not while one goes on.
  void Fetch(std::function<void()> done);

 private:
  // The vouchers whose code is to be fetched.
  [[nodiscard]] Result<std::deque<std::string>> Review(Holding& own);
  void Next();

  Holdings& holdings_;
  Asking& asking_;
  Outside& outside_;
  std::deque<std::string> wanted_;
  std::function<void()> done_;
};

}  // namespace brug::sdk
