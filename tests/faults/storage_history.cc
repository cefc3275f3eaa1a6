#include "tests/faults/storage_history.h"

#include <vector>

namespace brug::storage {
namespace {

std::string DossierOf(int dossier) { return "dossier-" + std::to_string(dossier); }
std::string MutationOf(int dossier, std::int64_t number) {
  return "mutation-" + std::to_string(number) + "-" + std::to_string(dossier);
}
std::string SealedOf(std::int64_t number) {
  return std::string(300 + number % 700, 's') + std::to_string(number);
}

// A record is written anew every tenth batch.
std::string TokenOf(std::int64_t number) { return "token-" + std::to_string(number % 10); }

// A voucher is issued in every batch and, in the next one, spent.
VoucherRow VoucherOf(const std::string& dossier_id, std::int64_t number) {
  const std::string of = dossier_id + "-" + std::to_string(number);
  return {.voucher_id = "voucher-" + of,
          .offer_id = "offer-" + of,
          .scheme_id = dossier_id,
          .state = 1,
          .amount_cents = number,
          .remaining_cents = number,
          .code_hmac = "code-" + of,
          .sealed_code = SealedOf(number)};
}

VoucherRow Spent(VoucherRow voucher) {
  voucher.state = 2;
  voucher.remaining_cents = 0;
  voucher.version = 2;
  return voucher;
}

bool Post(Transaction& t, const std::string& scheme_id, std::int64_t transfer, const char* to,
          std::int64_t amount_cents) {
  return t.AppendTransfer({.transfer_id = "transfer-" + std::to_string(transfer),
                           .scheme_id = scheme_id,
                           .number = transfer,
                           .from_account = transfer % 2 == 1 ? "outside" : "budget",
                           .to_account = to,
                           .amount_cents = amount_cents});
}

bool WriteMoney(Transaction& t, const std::string& id, std::int64_t number) {
  if (number == 1 && !t.InsertScheme({.scheme_id = id})) return false;
  if (number > 1 && !t.UpdateVoucher(Spent(VoucherOf(id, number - 1)))) return false;
  return Post(t, id, 2 * number - 1, "budget", number) && Post(t, id, 2 * number, "reserved", number) &&
         t.InsertVoucher(VoucherOf(id, number)) && t.AddPromised({id, id, 2026, number}, 1'000'000'000);
}

std::string WrongInMoney(const Snapshot& s, const std::string& id, std::int64_t newest) {
  const std::int64_t sum_cents = newest * (newest + 1) / 2;
  const auto accounts = s.AccountsOf(id);
  if (newest > 0 &&
      accounts != std::vector<AccountRow>{
                      {id, "budget", 0}, {id, "outside", -sum_cents}, {id, "reserved", sum_cents}}) {
    return id + ": an account";
  }
  const auto scheme = s.FindScheme(id);
  if ((scheme.has_value() ? scheme->transfers_count : 0) != 2 * newest) return id + ": the scheme";
  const auto transfers = s.TransfersAfter(id, 0, 2 * newest + 2);
  if (std::ssize(transfers) != 2 * newest) return id + ": a transfer";
  if (s.PromisedInYear(id, id, 2026) != sum_cents) return id + ": what is promised";
  for (std::int64_t number = 1; number <= newest; ++number) {
    const VoucherRow issued = VoucherOf(id, number);
    if (s.FindVoucherByCode(issued.code_hmac) != (number < newest ? Spent(issued) : issued)) {
      return id + ": a voucher";
    }
  }
  const auto totals = s.TotalsOfVouchers(id, 1);
  return totals.issued_count == newest && totals.remaining_cents == newest ? "" : id + ": the vouchers";
}

bool WriteOne(Transaction& t, int dossier, std::int64_t number) {
  const std::string id = DossierOf(dossier);
  t.PutRecord(
      id,
      {.token = TokenOf(number), .parent_token = "parent", .revision = number, .sealed = SealedOf(number)});
  t.PutProgress({.device_id = "device",
                 .dossier_id = id,
                 .sequence = number,
                 .mutation_id = MutationOf(dossier, number)});
  if (number == 1 && !t.InsertHead({.dossier_id = id})) return false;
  return t.AppendLogEntry(id, {.revision = number, .sealed = SealedOf(number)}) &&
         t.InsertOutcome(
             {.mutation_id = MutationOf(dossier, number), .dossier_id = id, .sealed = SealedOf(number)}) &&
         t.UpdateHead(number - 1, {.dossier_id = id, .revision = number}) && WriteMoney(t, id, number);
}

std::string WrongIn(const Snapshot& s, int dossier, std::int64_t newest) {
  const std::string id = DossierOf(dossier);
  const auto head = s.FindHead(id);
  if (head.has_value() != (newest > 0) || (head.has_value() && head->revision != newest))
    return id + ": the head";
  const auto progress = s.FindProgress("device", id);
  if (newest > 0 && progress->sequence != newest) return id + ": the progress";
  for (std::int64_t number = 1; number <= newest; ++number) {
    const auto entry = s.FindLogEntry(id, number);
    if (!entry.has_value() || entry->sealed != SealedOf(number)) return id + ": a log entry";
    if (!s.FindOutcome(MutationOf(dossier, number)).has_value()) return id + ": an outcome";
    if (number + 10 <= newest) continue;
    const auto record = s.FindRecord(id, TokenOf(number));
    if (!record.has_value() || record->revision != number || record->sealed != SealedOf(number)) {
      return id + ": a record";
    }
  }
  if (s.FindLogEntry(id, newest + 1).has_value()) return id + ": a log entry too many";
  if (s.FindOutcome(MutationOf(dossier, newest + 1)).has_value()) return id + ": an outcome too many";
  const auto records = s.RecordsAfter(id, newest, 1);
  return records.empty() ? WrongInMoney(s, id, newest) : id + ": a record too many";
}

}  // namespace

platform::Result<void> StorageHistory::WriteBatch(OrganisationStore& store, std::int64_t number) {
  std::vector<Work> works;
  for (int dossier = 0; dossier < kDossiers; ++dossier) {
    works.push_back([=](Transaction& t) { return WriteOne(t, dossier, number); });
    works.push_back([=](Transaction& t) {
      t.PutProgress({.device_id = "device", .dossier_id = DossierOf(dossier), .sequence = -1});
      (void)Post(t, DossierOf(dossier), 2 * number + 1, "budget", 1);
      return false;
    });
  }
  return store.Write(works);
}

std::optional<std::int64_t> StorageHistory::NewestBatch(const OrganisationStore& store, std::string* wrong) {
  std::int64_t newest = 0;
  const auto done = store.Read([&](const Snapshot& s) {
    const auto head = s.FindHead(DossierOf(0));
    newest = head.has_value() ? head->revision : 0;
    wrong->clear();
    for (int dossier = 0; dossier < kDossiers && wrong->empty(); ++dossier)
      *wrong = WrongIn(s, dossier, newest);
    if (wrong->empty()) return;
    *wrong += " at batch " + std::to_string(newest);
  });
  if (!done.ok()) *wrong = done.failure().log_detail;
  if (!wrong->empty()) return std::nullopt;
  return newest;
}

}  // namespace brug::storage
