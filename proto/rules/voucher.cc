#include "proto/rules/voucher.h"

#include <string>

#include "proto/rules/offer.h"
#include "proto/rules/scene.h"

namespace brug::rules {
namespace {

std::optional<v1::Record> FindVoucher(const DossierReader& dossier, std::string_view voucher_id) {
  auto record = dossier.Find(voucher_id);
  if (!record || !record->has_voucher()) return std::nullopt;
  return record;
}

bool HasExpired(const v1::Voucher& voucher, Instant at) { return at >= ToInstant(voucher.expires_at()); }

// The change that leaves `remaining_cents` in `state`, which the caller has held against the table.
Change Left(v1::Record record, std::int64_t remaining_cents, v1::VoucherState state,
            const Occasion& occasion) {
  record.mutable_voucher()->set_remaining_cents(remaining_cents);
  record.mutable_voucher()->set_state(state);
  record.set_revision(occasion.revision);
  return Made(std::move(record));
}

// The voucher, that can be spent now. Refused: NOT_FOUND, WRONG_STATE.
std::variant<v1::Record, Violation> FindSpendable(const DossierReader& dossier, std::string_view voucher_id,
                                                  const Occasion& occasion) {
  auto record = FindVoucher(dossier, voucher_id);
  if (!record) return Violation{v1::ERROR_REASON_NOT_FOUND, "voucher_id"};
  if (!IsSpendable(record->voucher(), occasion.at)) {
    return Violation{v1::ERROR_REASON_WRONG_STATE, "voucher_id"};
  }
  return *std::move(record);
}

bool CanSpend(const v1::Voucher& voucher, std::int64_t amount_cents) {
  if (amount_cents < 1 || amount_cents > voucher.remaining_cents()) return false;
  return voucher.in_parts() || amount_cents == voucher.remaining_cents();
}

}  // namespace

bool IsSpendable(const v1::Voucher& voucher, Instant at) {
  return voucher.state() == v1::VOUCHER_STATE_OPEN && !HasExpired(voucher, at);
}

std::variant<Change, Violation> RedeemVoucher(const DossierReader& dossier, std::string_view voucher_id,
                                              std::int64_t amount_cents, const Occasion& occasion) {
  auto found = FindSpendable(dossier, voucher_id, occasion);
  if (std::holds_alternative<Violation>(found)) return Violation{v1::ERROR_REASON_VOUCHER_NOT_VALID, ""};
  auto& record = std::get<v1::Record>(found);
  if (!CanSpend(record.voucher(), amount_cents)) {
    return Violation{v1::ERROR_REASON_OUT_OF_RANGE, "amount_cents"};
  }
  const std::int64_t left = record.voucher().remaining_cents() - amount_cents;
  return Left(std::move(record), left, left == 0 ? v1::VOUCHER_STATE_REDEEMED : v1::VOUCHER_STATE_OPEN,
              occasion);
}

std::variant<Change, Violation> UndoRedemption(const DossierReader& dossier, std::string_view voucher_id,
                                               std::int64_t amount_cents, const Occasion& occasion) {
  auto record = FindVoucher(dossier, voucher_id);
  if (!record) return Violation{v1::ERROR_REASON_NOT_FOUND, "voucher_id"};
  v1::Voucher& voucher = *record->mutable_voucher();
  if (amount_cents < 1 || amount_cents > voucher.amount_cents() - voucher.remaining_cents()) {
    return Violation{v1::ERROR_REASON_OUT_OF_RANGE, "amount_cents"};
  }
  if (!MayFollow(voucher.state(), v1::VOUCHER_STATE_OPEN)) return Change{};
  const Instant expires_at_least = occasion.at + kOpenedAgainFor;
  if (ToInstant(voucher.expires_at()) < expires_at_least) {
    *voucher.mutable_expires_at() = ToTimestamp(expires_at_least);
  }
  const std::int64_t left = voucher.remaining_cents() + amount_cents;
  return Left(*std::move(record), left, v1::VOUCHER_STATE_OPEN, occasion);
}

std::variant<Change, Violation> ExpireVoucher(const DossierReader& dossier, std::string_view voucher_id,
                                              const Occasion& occasion) {
  auto record = FindVoucher(dossier, voucher_id);
  if (!record) return Violation{v1::ERROR_REASON_NOT_FOUND, "voucher_id"};
  if (!MayFollow(record->voucher().state(), v1::VOUCHER_STATE_EXPIRED) ||
      !HasExpired(record->voucher(), occasion.at)) {
    return Violation{v1::ERROR_REASON_WRONG_STATE, "voucher_id"};
  }
  return Left(*std::move(record), 0, v1::VOUCHER_STATE_EXPIRED, occasion);
}

std::variant<Change, Violation> CancelVoucher(const DossierReader& dossier, std::string_view voucher_id,
                                              const Occasion& occasion) {
  auto found = FindSpendable(dossier, voucher_id, occasion);
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  return Left(std::get<v1::Record>(std::move(found)), 0, v1::VOUCHER_STATE_CANCELLED, occasion);
}

std::variant<Change, Violation> ReplaceVoucherCode(const DossierReader& dossier, std::string_view voucher_id,
                                                   const Occasion& occasion) {
  auto found = FindSpendable(dossier, voucher_id, occasion);
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  record.mutable_voucher()->set_code_number(record.voucher().code_number() + 1);
  record.set_revision(occasion.revision);
  return Made(std::move(record));
}

}  // namespace brug::rules
