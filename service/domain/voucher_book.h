#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "brug/v1/statement.pb.h"
#include "service/domain/desk.h"
#include "service/domain/dossier_writer.h"
#include "service/storage/money.h"

// One voucher from the row to the record: the row is what the books have of it, the record what the client
// sees. Whatever changes one changes the other, by the same rule.
namespace brug::domain {

// A voucher that an operation works on.
struct OpenedVoucher {
  storage::VoucherRow row;
  DossierWriter writer;
};

// A failure when its dossier cannot be had.
[[nodiscard]] platform::Result<OpenedVoucher> OpenVoucher(Desk& desk, storage::VoucherRow row);

// What is left to write after the ledger was posted to.
struct VoucherChange {
  // As a rule of vouchers answered; may be empty.
  rules::Change change;
  // In which role the caller did it; unspecified when the log is not to say who.
  v1::Role role = v1::ROLE_UNSPECIFIED;
};
// Writes the record, and the row in its next version as the record has it. STORAGE_UNAVAILABLE when the row
// changed in the meantime: nothing of the operation may stay, and it may be tried again.
platform::Result<void> UpdateVoucher(Desk& desk, OpenedVoucher& voucher, const VoucherChange& what);

// What came back to the voucher, and is outstanding again, goes on to `account`.
platform::Result<void> MoveOn(Desk& desk, const storage::VoucherRow& voucher, std::string_view account,
                              std::int64_t amount_cents);

// How much more came from `account` for what was spent of the voucher than went there from it. From
// `restored`: by so much more was spent than it was given for, and what comes back to it pays that back
// first, whoever it comes from; only what is beyond it can be spent again. From the budget below zero: what
// was left of it and went back. Cost: all that was ever posted from or to the account.
[[nodiscard]] std::int64_t BorrowedFrom(const storage::MoneyReads& money, const storage::VoucherRow& voucher,
                                        std::string_view account);

}  // namespace brug::domain
