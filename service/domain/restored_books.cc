#include "service/domain/restored_books.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "brug/v1/device.pb.h"
#include "brug/v1/offer.pb.h"
#include "brug/v1/scheme.pb.h"
#include "proto/crypto/random.h"
#include "proto/rules/scheme.h"
#include "service/domain/dossier_view.h"
#include "service/domain/ledger.h"
#include "service/domain/merchants.h"
#include "service/domain/offer_book.h"
#include "service/domain/offer_decisions.h"
#include "service/domain/relations.h"
#include "service/domain/restored_requests.h"
#include "service/domain/statements.h"
#include "service/domain/teams.h"
#include "service/domain/voucher_book.h"
#include "service/domain/voucher_codes.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

// Who said yes is not in a statement; that somebody did, the organisation signed.
constexpr std::string_view kAnsweredBefore = "answered before the restore";
constexpr int kComeBackInMs = 60'000;
constexpr std::int64_t kRowsMax = 200;
// Of the id of a scheme that was lost.
constexpr std::size_t kNameOfLostSchemeBytes = 8;

Failure ChangedMeanwhile() {
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = 1000,
          .log_detail = "a row changed while a statement was booked"};
}

// Moves an amount that a statement says was moved. What the account does not hold comes from `restored`,
// which alone may fall below zero.
Result<storage::TransferRow> PostAgain(Desk& desk, const Posting& posting) {
  const std::int64_t shortage =
      posting.amount_cents - BalanceOf(desk.transaction, posting.scheme_id, posting.from);
  if (shortage > 0 && posting.from != kRestoredAccount) {
    auto lent = Post(desk, {.scheme_id = posting.scheme_id,
                            .from = std::string(kRestoredAccount),
                            .to = posting.from,
                            .amount_cents = shortage,
                            .subject_id = posting.subject_id});
    if (!lent.ok()) return lent;
  }
  return Post(desk, posting);
}

// Empty while the profile is not there.
std::string ClientOf(const SealedDossier& dossier) {
  const auto profile = dossier.Find(rules::kProfileId);
  return profile ? profile->profile().client_person_id() : std::string();
}

v1::Record RecordOf(const DossierWriter& writer, const std::string& record_id, rules::Instant at) {
  if (auto record = writer.view().Find(record_id)) {
    record->set_revision(writer.next_revision());
    return *std::move(record);
  }
  v1::Record record;
  record.set_record_id(record_id);
  record.set_revision(writer.next_revision());
  *record.mutable_created_at() = rules::ToTimestamp(at);
  return record;
}

// ---- Promises

// Schemes come back with no statement, so one that promises name and the service forgot is made again, as
// little as they take: under the start of its id, for amounts like theirs, and with a second person for every
// new one.
Result<void> EnsureScheme(Desk& desk, const v1::Offer& offer) {
  if (desk.transaction.FindScheme(offer.scheme_id())) return {};
  v1::Scheme known;
  known.set_display_name(offer.scheme_id().substr(0, kNameOfLostSchemeBytes));
  known.set_amount_cents_min(offer.amount_cents());
  known.set_amount_cents_max(offer.amount_cents());
  known.set_four_eyes_above_cents(0);
  known.set_in_parts(true);
  auto completed = rules::CompleteScheme(known);
  if (const auto* violation = std::get_if<rules::Violation>(&completed)) return Refused(*violation);
  auto& scheme = std::get<v1::Scheme>(completed);
  scheme.set_scheme_id(offer.scheme_id());
  if (!desk.transaction.InsertScheme({.scheme_id = scheme.scheme_id(), .content = Serialise(scheme)})) {
    return ChangedMeanwhile();
  }
  return {};
}

// As a draft, whatever became of it since the backup: from there every promise may follow.
Result<OpenedOffer> OpenAsDraft(Desk& desk, const v1::PromiseStatement& statement, DossierWriter writer,
                                const std::string& client_id) {
  if (desk.transaction.FindOffer(statement.offer_id())) {
    auto offer = OpenOffer(desk, statement.offer_id());
    if (!offer.ok()) return offer;
    *offer->kept.mutable_offer() = statement.offer();
    offer->row.second_person = false;
    offer->row.answered_by.clear();
    if (auto updated = UpdateOffer(desk, *offer, v1::OFFER_STATE_DRAFT); !updated.ok()) {
      return updated.failure();
    }
    return offer;
  }
  OpenedOffer offer{.row = {.offer_id = statement.offer_id(),
                            .scheme_id = statement.offer().scheme_id(),
                            .dossier_id = statement.dossier_id(),
                            .beneficiary_id = client_id,
                            .state = v1::OFFER_STATE_DRAFT,
                            .since_us = ToMicroseconds(rules::ToInstant(statement.offer().promised_at()))},
                    .kept = {},
                    .writer = std::move(writer)};
  *offer.kept.mutable_offer() = statement.offer();
  SealOffer(offer.writer.access(), offer.kept, desk.surroundings.random, offer.row);
  if (!desk.transaction.InsertOffer(offer.row)) return ChangedMeanwhile();
  return offer;
}

Result<void> BookPromise(Desk& desk, const v1::PromiseStatement& statement) {
  auto writer = DossierWriter::Open(desk, statement.dossier_id());
  if (!writer.ok()) return writer.failure();
  const std::string client_id = writer->has_value() ? ClientOf((*writer)->view()) : std::string();
  // Whose it is is known once the client is back.
  if (client_id.empty()) return {};
  if (auto made = EnsureScheme(desk, statement.offer()); !made.ok()) return made;
  auto offer = OpenAsDraft(desk, statement, **std::move(writer), client_id);
  if (!offer.ok()) return offer.failure();
  const rules::Instant promised_at = rules::ToInstant(statement.offer().promised_at());
  storage::OfferRow& booked = offer->row;
  booked.amount_cents = statement.offer().amount_cents();
  booked.year = YearOf({desk.surroundings, desk.transaction, offer->writer.view(), promised_at}, booked).year;
  booked.ends_at_us = EndOf(desk, *offer);
  booked.second_person = statement.second_person();
  if (booked.second_person) booked.answered_by = kAnsweredBefore;
  booked.statements_count = std::max(booked.statements_count, statement.offer_number());
  const auto posted = PostAgain(desk, {.scheme_id = booked.scheme_id,
                                       .from = std::string(kBudgetAccount),
                                       .to = std::string(kReservedAccount),
                                       .amount_cents = booked.amount_cents,
                                       .subject_id = booked.offer_id});
  if (!posted.ok()) return posted.failure();
  if (!desk.transaction.AddPromised({booked.scheme_id, booked.dossier_id, booked.year, booked.amount_cents},
                                    std::numeric_limits<std::int64_t>::max())) {
    return ChangedMeanwhile();
  }
  if (auto updated = UpdateOffer(desk, *offer, v1::OFFER_STATE_PROMISED); !updated.ok()) return updated;
  v1::Record record = RecordOf(offer->writer, booked.offer_id, promised_at);
  *record.mutable_offer() = statement.offer();
  return CommitAs(desk, offer->writer, {.records = {std::move(record)}, .overwritten = {}},
                  v1::ROLE_UNSPECIFIED);
}

// ---- Vouchers

// The offer goes on from where it stands: what it reserves is there while it is promised or requested, and
// else has to come from the budget again.
std::string_view AccountOf(const storage::OfferRow& offer) {
  return offer.state == v1::OFFER_STATE_LAPSED ? kBudgetAccount : kReservedAccount;
}

Result<void> BookIssue(Desk& desk, const v1::IssueStatement& statement) {
  const auto row = desk.transaction.FindOffer(statement.voucher().offer_id());
  if (!row || row->year == 0) return {};
  auto offer = OpenOffer(desk, row->offer_id);
  if (!offer.ok()) return offer.failure();
  const v1::Voucher& issued = statement.voucher();
  const rules::Instant issued_at = rules::ToInstant(issued.issued_at());
  storage::VoucherRow voucher{.voucher_id = statement.voucher_id(),
                              .offer_id = row->offer_id,
                              .scheme_id = row->scheme_id,
                              .dossier_id = row->dossier_id,
                              .beneficiary_id = row->beneficiary_id,
                              .state = v1::VOUCHER_STATE_OPEN,
                              .amount_cents = issued.amount_cents(),
                              .remaining_cents = issued.amount_cents(),
                              .issued_at_us = ToMicroseconds(issued_at),
                              .expires_at_us = ToMicroseconds(rules::ToInstant(issued.expires_at())),
                              .in_parts = issued.in_parts(),
                              .code_number = issued.code_number(),
                              .statements_count = statement.voucher_number()};
  v1::Record told = RecordOf(offer->writer, row->offer_id, issued_at);
  if (told.offer().has_earned_at()) {
    voucher.earned_at_us = ToMicroseconds(rules::ToInstant(told.offer().earned_at()));
  }
  // The code that the client has is known to their phone alone: it fetches this one in its place.
  GiveNewCodeAfterRestore(desk, offer->writer.access(), voucher);
  const auto posted = PostAgain(desk, {.scheme_id = row->scheme_id,
                                       .from = std::string(AccountOf(*row)),
                                       .to = std::string(kOutstandingAccount),
                                       .amount_cents = voucher.amount_cents,
                                       .subject_id = voucher.voucher_id});
  if (!posted.ok()) return posted.failure();
  if (row->state == v1::OFFER_STATE_LAPSED &&
      !desk.transaction.AddPromised({row->scheme_id, row->dossier_id, row->year, row->amount_cents},
                                    std::numeric_limits<std::int64_t>::max())) {
    return ChangedMeanwhile();
  }
  if (!desk.transaction.InsertVoucher(voucher)) return ChangedMeanwhile();
  if (offer->row.second_person) offer->row.answered_by = kAnsweredBefore;
  if (auto updated = UpdateOffer(desk, *offer, v1::OFFER_STATE_ISSUED); !updated.ok()) return updated;
  told.mutable_offer()->set_state(v1::OFFER_STATE_ISSUED);
  told.mutable_offer()->set_voucher_id(voucher.voucher_id);
  told.mutable_offer()->clear_refusal_words();
  told.mutable_offer()->clear_lapse_reason();
  if (!told.offer().has_earned_at()) *told.mutable_offer()->mutable_earned_at() = issued.issued_at();
  v1::Record record = RecordOf(offer->writer, voucher.voucher_id, issued_at);
  *record.mutable_voucher() = issued;
  record.mutable_voucher()->set_code_number(static_cast<std::int32_t>(voucher.code_number));
  return CommitAs(desk, offer->writer, {.records = {std::move(told), std::move(record)}, .overwritten = {}},
                  v1::ROLE_UNSPECIFIED);
}

// Writes what is left of a voucher to row and record.
Result<void> Leave(Desk& desk, OpenedVoucher& voucher, std::int64_t remaining_cents, v1::VoucherState state) {
  v1::Record record = RecordOf(voucher.writer, voucher.row.voucher_id, desk.now);
  record.mutable_voucher()->set_remaining_cents(remaining_cents);
  record.mutable_voucher()->set_state(state);
  record.mutable_voucher()->set_code_number(static_cast<std::int32_t>(voucher.row.code_number));
  *record.mutable_voucher()->mutable_expires_at() =
      rules::ToTimestamp(FromMicroseconds(voucher.row.expires_at_us));
  return UpdateVoucher(desk, voucher,
                       {{.records = {std::move(record)}, .overwritten = {}}, v1::ROLE_UNSPECIFIED});
}

Result<void> BookCancel(Desk& desk, const v1::CancelStatement& statement) {
  auto row = desk.transaction.FindVoucher(statement.voucher_id());
  // One that seems to be spent may be opened again by an undo that comes later.
  if (!row || row->state == v1::VOUCHER_STATE_CANCELLED) return {};
  auto voucher = OpenVoucher(desk, *std::move(row));
  if (!voucher.ok()) return voucher.failure();
  auto returned = MoveOn(desk, voucher->row, kBudgetAccount, voucher->row.remaining_cents);
  if (!returned.ok()) return returned;
  voucher->row.statements_count = std::max(voucher->row.statements_count, statement.voucher_number());
  return Leave(desk, *voucher, 0, v1::VOUCHER_STATE_CANCELLED);
}

// ---- Redemptions

struct Spent {
  const v1::Redemption& redemption;
  const std::string& merchant_id;
  std::int64_t voucher_number = 0;
};

// What the voucher does not hold any more comes from where it went: from the budget when it was taken back or
// expired, and what that did not get from `restored`. So the shop gets its money, and the voucher does not
// fall below zero.
Result<void> Cover(Desk& desk, const storage::VoucherRow& voucher, const v1::Redemption& redemption,
                   std::int64_t shortage_cents) {
  const auto from = [&](std::string_view account, std::int64_t amount_cents) -> Result<void> {
    if (amount_cents == 0) return {};
    const auto posted = PostAgain(desk, {.scheme_id = voucher.scheme_id,
                                         .from = std::string(account),
                                         .to = std::string(kOutstandingAccount),
                                         .amount_cents = amount_cents,
                                         .subject_id = redemption.redemption_id()});
    if (!posted.ok()) return posted.failure();
    return {};
  };
  std::int64_t returned_cents = 0;
  if (voucher.state == v1::VOUCHER_STATE_CANCELLED || voucher.state == v1::VOUCHER_STATE_EXPIRED) {
    const std::int64_t gone_cents = -BorrowedFrom(desk.transaction, voucher, kBudgetAccount);
    returned_cents = std::clamp<std::int64_t>(gone_cents, 0, shortage_cents);
  }
  if (auto covered = from(kBudgetAccount, returned_cents); !covered.ok()) return covered;
  return from(kRestoredAccount, shortage_cents - returned_cents);
}

Result<void> BookRedemption(Desk& desk, const Spent& spent) {
  if (desk.transaction.FindRedemption(spent.redemption.redemption_id())) return {};
  auto row = desk.transaction.FindVoucher(spent.redemption.voucher_id());
  if (!row) return {};
  auto voucher = OpenVoucher(desk, *std::move(row));
  if (!voucher.ok()) return voucher.failure();
  const std::int64_t amount_cents = spent.redemption.amount_cents();
  const std::int64_t held_cents = std::min(amount_cents, voucher->row.remaining_cents);
  auto covered = Cover(desk, voucher->row, spent.redemption, amount_cents - held_cents);
  if (!covered.ok()) return covered;
  const auto posted = Post(desk, {.scheme_id = voucher->row.scheme_id,
                                  .from = std::string(kOutstandingAccount),
                                  .to = RedeemedAccount(spent.merchant_id),
                                  .amount_cents = amount_cents,
                                  .subject_id = spent.redemption.redemption_id()});
  if (!posted.ok()) return posted.failure();
  if (!desk.transaction.InsertRedemption(
          {.redemption_id = spent.redemption.redemption_id(),
           .voucher_id = voucher->row.voucher_id,
           .scheme_id = voucher->row.scheme_id,
           .merchant_id = spent.merchant_id,
           .amount_cents = amount_cents,
           .redeemed_at_us = ToMicroseconds(rules::ToInstant(spent.redemption.redeemed_at())),
           .transfer_id = posted->transfer_id})) {
    return ChangedMeanwhile();
  }
  voucher->row.statements_count = std::max(voucher->row.statements_count, spent.voucher_number);
  const std::int64_t left = voucher->row.remaining_cents - held_cents;
  const bool open = voucher->row.state == v1::VOUCHER_STATE_OPEN;
  return Leave(
      desk, *voucher, left,
      open && left == 0 ? v1::VOUCHER_STATE_REDEEMED : static_cast<v1::VoucherState>(voucher->row.state));
}

Result<void> BookUndo(Desk& desk, const v1::UndoStatement& statement) {
  const Spent spent{statement.redemption(), statement.merchant_id(), statement.voucher_number()};
  if (auto booked = BookRedemption(desk, spent); !booked.ok()) return booked;
  auto redemption = desk.transaction.FindRedemption(statement.redemption().redemption_id());
  if (!redemption || redemption->undone_at_us != 0) return {};
  auto voucher = OpenVoucher(desk, *desk.transaction.FindVoucher(redemption->voucher_id));
  if (!voucher.ok()) return voucher.failure();
  const std::int64_t amount_cents = redemption->amount_cents;
  const auto reversed = Post(desk, {.scheme_id = redemption->scheme_id,
                                    .from = RedeemedAccount(redemption->merchant_id),
                                    .to = std::string(kOutstandingAccount),
                                    .amount_cents = amount_cents,
                                    .subject_id = redemption->redemption_id,
                                    .reverses_id = redemption->transfer_id});
  if (!reversed.ok()) return reversed.failure();
  if (!desk.transaction.UndoRedemption(redemption->redemption_id, ToMicroseconds(desk.now))) {
    return ChangedMeanwhile();
  }
  // Every order of the same statements ends alike: what is left is not what a statement says, which others
  // may still contradict, but what was not spent and not lent.
  const bool cancelled = voucher->row.state == v1::VOUCHER_STATE_CANCELLED;
  const std::int64_t lent_cents =
      std::min(amount_cents, BorrowedFrom(desk.transaction, voucher->row, kRestoredAccount));
  auto moved_on = MoveOn(desk, voucher->row, kRestoredAccount, lent_cents);
  if (moved_on.ok() && cancelled) {
    moved_on = MoveOn(desk, voucher->row, kBudgetAccount, amount_cents - lent_cents);
  }
  if (!moved_on.ok()) return moved_on;
  voucher->row.statements_count = std::max(voucher->row.statements_count, statement.voucher_number());
  if (cancelled) return UpdateVoucher(desk, *voucher, {});
  const std::int64_t left = voucher->row.remaining_cents + amount_cents - lent_cents;
  // While it was open before the restore its code may have leaked and got another in its place.
  if (voucher->row.state != v1::VOUCHER_STATE_OPEN && left > 0) {
    GiveNewCodeAfterRestore(desk, voucher->writer.access(), voucher->row);
  }
  voucher->row.expires_at_us =
      std::max(voucher->row.expires_at_us, ToMicroseconds(rules::ToInstant(statement.expires_at())));
  return Leave(desk, *voucher, left, left == 0 ? v1::VOUCHER_STATE_REDEEMED : v1::VOUCHER_STATE_OPEN);
}

Result<void> BookOne(Desk& desk, const v1::StatementContent& content) {
  if (content.has_promise()) return BookPromise(desk, content.promise());
  if (content.has_issue()) return BookIssue(desk, content.issue());
  if (content.has_cancel()) return BookCancel(desk, content.cancel());
  if (content.has_undo()) return BookUndo(desk, content.undo());
  return BookRedemption(desk, {content.redemption().redemption(), content.redemption().merchant_id(),
                               content.redemption().voucher_number()});
}

// ---- Codes

// One whose dossier cannot be written keeps no code that could be spent: its client asks for another.
Result<void> RenewCode(Desk& desk, const storage::VoucherRow& row) {
  const bool renewed = desk.transaction.Attempt([&](storage::Transaction&) {
    auto voucher = OpenVoucher(desk, row);
    if (!voucher.ok() || !voucher->writer.view().Find(row.voucher_id)) return false;
    GiveNewCodeAfterRestore(desk, voucher->writer.access(), voucher->row);
    return Leave(desk, *voucher, row.remaining_cents, v1::VOUCHER_STATE_OPEN).ok();
  });
  if (renewed) return {};
  storage::VoucherRow without = row;
  without.code_hmac = crypto::RandomBytes(desk.surroundings.random, row.code_hmac.size());
  without.version += 1;
  if (!desk.transaction.UpdateVoucher(without)) return ChangedMeanwhile();
  return {};
}

// ---- What waits

struct Kept {
  v1::StatementContent content;
  v1::Statement statement;
};

std::string NameOf(const storage::StatementRow& row) {
  return row.person_id + "/" + std::to_string(row.number);
}

// What is kept of the person about money, of those that are wanted.
void AddKept(Desk& desk, const std::string& person_id,
             const std::function<bool(const storage::StatementRow&)>& wanted, std::vector<Kept>& kept) {
  const ReadingDesk reading{desk.surroundings, desk.transaction, desk.caller, desk.keys, desk.now};
  std::int64_t after = 0;
  while (true) {
    const auto rows = desk.transaction.StatementsFor(person_id, after, kRowsMax);
    for (const storage::StatementRow& row : rows) {
      after = row.number;
      if (!wanted(row)) continue;
      auto statement = OpenStatement(reading, row);
      v1::StatementContent content;
      if (!statement.ok() || !content.ParseFromString(statement->content())) {
        desk.hints.PassOver(NameOf(row), Failure{.log_detail = "a kept statement cannot be read"});
      } else if (IsAboutMoney(content)) {
        kept.push_back({std::move(content), *std::move(statement)});
      }
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsMax) return;
  }
}

// A promise before its voucher, that before what became of it, the lowest number first; of two that say the
// same that of whoever asked, for it is the answer that they got.
auto PlaceOf(const Kept& kept) {
  const v1::StatementContent& content = kept.content;
  const bool from_merchant = content.has_redemption() || content.has_undo();
  const std::string& merchant_id =
      content.has_undo() ? content.undo().merchant_id() : content.redemption().merchant_id();
  const int rank = content.has_promise() ? 0 : content.has_issue() ? 1 : 2;
  const std::int64_t number = content.redemption().voucher_number() + content.undo().voucher_number() +
                              content.cancel().voucher_number();
  return std::tuple(rank, number, from_merchant && merchant_id != content.person_id(), content.person_id());
}

// Whether every live device of the person, and one at least, has shown what it keeps.
bool HasShownAll(const storage::DirectoryReads& directory, const std::string& person_id,
                 const storage::RestoreRow& restore) {
  auto devices = directory.DevicesOf(person_id);
  std::erase_if(devices, [](const auto& device) { return device.state != v1::DEVICE_STATE_LIVE; });
  return !devices.empty() && std::ranges::all_of(devices, [&](const storage::DeviceRow& device) {
    return device.restore_shown == restore.restore_id;
  });
}

std::int64_t CountWaiting(Desk& desk) {
  std::vector<Kept> kept;
  for (const storage::PersonRow& person : AllStaffRows(desk.transaction)) {
    AddKept(desk, person.person_id, IsSealed, kept);
  }
  return std::ranges::count_if(kept,
                               [&](const Kept& one) { return !IsBooked(desk.transaction, one.content); });
}

void BookKeptOne(Desk& desk, const Kept& kept) {
  if (IsBooked(desk.transaction, kept.content)) return;
  Result<void> booked;
  desk.transaction.Attempt([&](storage::Transaction&) {
    booked = BookOne(desk, kept.content);
    if (booked.ok()) booked = UseRequestId(desk, kept.content, kept.statement);
    return booked.ok();
  });
  if (!booked.ok()) desk.hints.PassOver(kept.content.statement_id(), booked.failure());
}

}  // namespace

Result<std::int64_t> RenewCodes(Desk& desk) {
  std::int64_t renewed_count = 0;
  storage::PageOf page{.after = "", .rows_max = kRowsMax};
  while (true) {
    const auto rows = desk.transaction.ListVouchers(page);
    for (const storage::VoucherRow& row : rows) {
      if (row.state != v1::VOUCHER_STATE_OPEN) continue;
      auto renewed = RenewCode(desk, row);
      if (!renewed.ok()) return renewed.failure();
      renewed_count += 1;
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsMax) return renewed_count;
    page.after = rows.back().voucher_id;
  }
}

bool IsBooked(const storage::MoneyReads& money, const v1::StatementContent& content) {
  if (content.has_promise()) {
    const auto offer = money.FindOffer(content.promise().offer_id());
    return offer && offer->year != 0;
  }
  if (content.has_issue()) return money.FindVoucher(content.issue().voucher_id()).has_value();
  if (content.has_cancel()) {
    const auto voucher = money.FindVoucher(content.cancel().voucher_id());
    return voucher && voucher->state == v1::VOUCHER_STATE_CANCELLED;
  }
  if (content.has_redemption()) {
    return money.FindRedemption(content.redemption().redemption().redemption_id()).has_value();
  }
  const auto redemption = money.FindRedemption(content.undo().redemption().redemption_id());
  return redemption && redemption->undone_at_us != 0;
}

void BookKept(Desk& desk, const std::set<std::string>& dossier_ids) {
  if (dossier_ids.empty()) return;
  std::set<std::string> people;
  for (const storage::PersonRow& person : AllStaffRows(desk.transaction)) people.insert(person.person_id);
  for (const std::string& dossier_id : dossier_ids) {
    const auto writer = DossierWriter::Open(desk, dossier_id);
    if (writer.ok() && writer->has_value()) people.insert(ClientOf((*writer)->view()));
  }
  std::vector<Kept> kept;
  const auto wanted = [&](const storage::StatementRow& row) { return MayConcern(row, dossier_ids); };
  for (const std::string& person_id : people) AddKept(desk, person_id, wanted, kept);
  std::ranges::sort(kept, {}, PlaceOf);
  for (const Kept& one : kept) BookKeptOne(desk, one);
}

Result<void> CheckReleased(const storage::BackupReads& backups) {
  if (!IsHeldBack(backups)) return {};
  return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                 .retry_delay_ms = kComeBackInMs,
                 .log_detail = "the service was restored and is not released yet"};
}

bool IsHeldBack(const storage::BackupReads& backups) {
  const auto restore = backups.NewestRestore();
  return restore && restore->released_at_us == 0;
}

Result<v1::ReleaseRestoreResponse> ReleaseRestore(Desk& desk, const v1::ReleaseRestoreRequest& request) {
  const auto restore = desk.transaction.NewestRestore();
  if (!restore) return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "organisation_id"};
  v1::ReleaseRestoreResponse response;
  for (const v1::StaffMember& staff_member : AllStaff(desk.transaction, *desk.keys)) {
    if (desk.transaction.AgreementsOf(staff_member.person_id()).empty()) continue;
    if (!HasShownAll(desk.transaction, staff_member.person_id(), *restore)) {
      *response.add_merchants_not_heard() = staff_member;
    }
  }
  for (const storage::SchemeRow& scheme : desk.transaction.ListSchemes()) {
    const std::int64_t restored = BalanceOf(desk.transaction, scheme.scheme_id, kRestoredAccount);
    response.set_shortage_cents(response.shortage_cents() - std::min<std::int64_t>(restored, 0));
  }
  response.set_statements_waiting(CountWaiting(desk));
  if (!request.only_tell() && restore->released_at_us == 0 &&
      !desk.transaction.MarkReleased(restore->number, ToMicroseconds(desk.now))) {
    return ChangedMeanwhile();
  }
  const std::int64_t released_at_us = request.only_tell() || restore->released_at_us != 0
                                          ? restore->released_at_us
                                          : ToMicroseconds(desk.now);
  if (released_at_us != 0) {
    *response.mutable_released_at() = rules::ToTimestamp(FromMicroseconds(released_at_us));
  }
  *response.mutable_restored_at() = rules::ToTimestamp(FromMicroseconds(restore->restored_at_us));
  return response;
}

}  // namespace brug::domain
