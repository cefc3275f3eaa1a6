#include "client-sdk/src/sync/purse.h"

#include <utility>

#include "client-sdk/src/sync/kept_request.h"
#include "client-sdk/src/vault/error.h"
#include "client-sdk/src/vault/message.h"

namespace brug::sdk {
namespace {

Place CodePlace(std::string_view token) { return Place{.kind = "voucher code", .owner = token}; }

Error TooManyWait() {
  return Error{
      .code = ErrorCode::kLimit, .reason = "OUTBOX_FULL", .field = {}, .message = {}, .retry_after_ms = {}};
}

}  // namespace

Result<std::optional<v1::VoucherCode>> Purse::FindCode(const Holding& holding,
                                                       std::string_view voucher_id) const {
  const Bytes token = holding.key->VoucherToken(voucher_id);
  auto rows = holdings_.ports().storage->replica().ListVoucherCodes(holding.row.dossier_id);
  if (!rows.ok()) return rows.error();
  for (const VoucherCodeRow& row : *rows) {
    if (row.token != token) continue;
    auto code = OpenMessage<v1::VoucherCode>(*holding.key, row.sealed, CodePlace(row.token));
    if (!code.ok()) return code.error();
    return std::optional<v1::VoucherCode>(std::move(*code));
  }
  return std::optional<v1::VoucherCode>();
}

Result<void> Purse::KeepCode(const Holding& holding, const v1::VoucherCode& code) {
  auto present = FindCode(holding, code.voucher_id());
  if (!present.ok()) return present.error();
  if (present->has_value() && (*present)->code_number() > code.code_number()) return {};
  VoucherCodeRow row{.token = holding.key->VoucherToken(code.voucher_id()), .sealed = {}};
  row.sealed = SealMessage(*holding.key, code, CodePlace(row.token), *holdings_.ports().random);
  return holdings_.ports().storage->replica().PutVoucherCode(holding.row.dossier_id, row);
}

Result<bool> Purse::ForgetCodesBut(const Holding& holding, const std::set<std::string>& open_voucher_ids) {
  Storage& storage = *holdings_.ports().storage;
  auto rows = storage.replica().ListVoucherCodes(holding.row.dossier_id);
  if (!rows.ok()) return rows.error();
  std::set<Bytes> open;
  for (const std::string& id : open_voucher_ids) open.insert(holding.key->VoucherToken(id));
  std::erase_if(*rows, [&open](const VoucherCodeRow& row) { return open.contains(row.token); });
  if (rows->empty()) return false;
  auto transaction = Transaction::Begin(storage.transactions());
  if (!transaction.ok()) return transaction.error();
  for (const VoucherCodeRow& row : *rows) {
    auto removed =
        storage.replica().RemoveVoucherCode({.dossier_id = holding.row.dossier_id, .token = row.token});
    if (!removed.ok()) return removed.error();
  }
  auto done = transaction->Commit();
  if (done.ok()) done = storage.transactions().Scrub();
  if (!done.ok()) return done.error();
  return true;
}

Result<KeptRequest> Purse::Remember(Method method, const std::string& content) {
  const Bytes name = holdings_.vault().RequestToken(PathOf(method), content);
  auto row = holdings_.ports().storage->unanswered().FindRequest(name);
  if (!row.ok()) return row.error();
  if (row->has_value()) return OpenRequest(holdings_.vault(), **row);
  return Add(method, content, name);
}

Result<KeptRequest> Purse::Add(Method method, const std::string& content, const Bytes& name) {
  Storage& storage = *holdings_.ports().storage;
  auto rows = storage.unanswered().ListRequests();
  if (!rows.ok()) return rows.error();
  if (rows->size() >= kRequestsMax) return TooManyWait();
  KeptRequest request{.name = name,
                      .request_id = crypto::NewUuidV4(*holdings_.ports().random),
                      .path = PathOf(method),
                      .first_tried_at = holdings_.ports().clock->Now(),
                      .content = content};
  const UnansweredRow row{.name = name,
                          .ordinal = rows->empty() ? 1 : rows->back().ordinal + 1,
                          .sealed = SealRequest(holdings_.vault(), request, *holdings_.ports().random)};
  auto transaction = Transaction::Begin(storage.transactions());
  if (!transaction.ok()) return transaction.error();
  auto done = storage.unanswered().AddRequest(row);
  if (done.ok()) done = transaction->Commit();
  if (!done.ok()) return done.error();
  return request;
}

Result<void> Purse::Forget(const KeptRequest& request) {
  Unanswered& unanswered = holdings_.ports().storage->unanswered();
  auto row = unanswered.FindRequest(request.name);
  if (!row.ok()) return row.error();
  if (!row->has_value()) return {};
  auto present = OpenRequest(holdings_.vault(), **row);
  if (!present.ok()) return present.error();
  if (present->request_id != request.request_id) return {};
  return unanswered.RemoveRequest(request.name);
}

Result<std::vector<KeptRequest>> Purse::ListRequests() const {
  auto rows = holdings_.ports().storage->unanswered().ListRequests();
  if (!rows.ok()) return rows.error();
  std::vector<KeptRequest> requests;
  for (const UnansweredRow& row : *rows) {
    auto request = OpenRequest(holdings_.vault(), row);
    if (!request.ok()) return request.error();
    requests.push_back(std::move(*request));
  }
  return requests;
}

}  // namespace brug::sdk
