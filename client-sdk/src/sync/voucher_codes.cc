#include "client-sdk/src/sync/voucher_codes.h"

#include <set>
#include <utility>

namespace brug::sdk {

void VoucherCodes::Fetch(std::function<void()> done) {
  done_ = std::move(done);
  wanted_.clear();
  Holding* own = holdings_.FindOwn();
  if (own == nullptr) return std::exchange(done_, {})();
  auto wanted = Review(*own);
  if (wanted.ok()) wanted_ = std::move(*wanted);
  Next();
}

Result<std::deque<std::string>> VoucherCodes::Review(Holding& own) {
  auto view = holdings_.ViewOf(own);
  if (!view.ok()) return view.error();
  std::set<std::string> open;
  std::deque<std::string> wanted;
  for (const v1::Record& record : (*view)->ChildrenOf(rules::kVouchers)) {
    if (record.voucher().state() != v1::VOUCHER_STATE_OPEN) continue;
    open.insert(record.record_id());
    auto code = asking_.purse().FindCode(own, record.record_id());
    if (!code.ok()) return code.error();
    const int here = code->has_value() ? (*code)->code_number() : 0;
    if (here < record.voucher().code_number()) wanted.push_back(record.record_id());
  }
  // What could not be read must not look as if it were not there.
  if (auto error = (*view)->TakeError()) return *error;
  auto forgotten = asking_.purse().ForgetCodesBut(own, open);
  if (!forgotten.ok()) return forgotten.error();
  return wanted;
}

void VoucherCodes::Next() {
  if (wanted_.empty()) return std::exchange(done_, {})();
  v1::GetVoucherCodeRequest request;
  request.set_voucher_id(wanted_.front());
  wanted_.pop_front();
  asking_.Ask(Method::kGetVoucherCode, request.SerializeAsString(),
              [this](const Result<std::string>& answer) {
                const Holding* own = holdings_.FindOwn();
                if (answer.ok() && own != nullptr) {
                  outside_.Emit(Notify{.dossier_ids = {own->row.dossier_id}});
                } else if (!answer.ok() && (answer.error().code == ErrorCode::kUnavailable ||
                                            answer.error().code == ErrorCode::kSignInNeeded)) {
                  wanted_.clear();
                }
                Next();
              });
}

}  // namespace brug::sdk
