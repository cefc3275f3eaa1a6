#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/domain/offer_book.h"

// What a promise and a voucher take, whoever decides it: the mentor alone, or a second person.
namespace brug::domain {

// A promise that can be made now: nothing was written yet.
struct PromiseToMake {
  v1::Scheme scheme;
  YearSoFar year;
  rules::Change change;
  bool second_person = false;
};
// Refused as RewardService.PromiseOffer says. `asked_by` is set: who promises.
[[nodiscard]] platform::Result<PromiseToMake> CheckPromise(const Desk& desk, const OpenedOffer& offer);

// The first instant after the last day on which the offer can be earned, as microseconds; 0 for no end.
[[nodiscard]] std::int64_t EndOf(const Desk& desk, const OpenedOffer& offer);

// Who decides, and by which request.
struct Decision {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::string request_id;
};

// Makes the promise: reserves the money, counts it for the year, freezes the steps, writes the record and
// states it to those concerned. The statement is the caller's own; nothing when they are none of those.
platform::Result<std::optional<v1::Statement>> MakePromise(Desk& desk, OpenedOffer& offer,
                                                           PromiseToMake&& promise, const Decision& decision);

// Gives the voucher of an earned offer: the same for the money that was reserved. NOT_EARNED, WRONG_STATE.
platform::Result<std::optional<v1::Statement>> GiveVoucher(Desk& desk, OpenedOffer& offer,
                                                           const Decision& decision);

// Writes `change` into the dossier as the caller's in this role.
platform::Result<void> CommitAs(Desk& desk, DossierWriter& writer, const rules::Change& change,
                                v1::Role role);

// Gives what was reserved for a promised offer back, to the budget and the year, and writes its end.
platform::Result<void> EndPromise(Desk& desk, OpenedOffer& offer, const rules::Change& change, v1::Role role);

}  // namespace brug::domain
