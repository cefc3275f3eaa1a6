#include "client-sdk/src/sync/voucher_codes.h"

#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "proto/crypto/bytes.h"

namespace brug::sdk {
namespace {

// Until when the token says that the voucher can be spent, in seconds since 1970; nothing when it does not
// read. Unchecked: it only tells whether another one is worth asking for.
std::optional<std::int64_t> EndOf(std::string_view token) {
  constexpr std::string_view kEnd = "\"exp\":";
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  token.remove_prefix(first + 1);
  const auto payload = crypto::Base64UrlDecode(token.substr(0, token.find('.')));
  const std::size_t at = payload ? payload->find(kEnd) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  std::int64_t seconds = 0;
  const char* digits = payload->data() + at + kEnd.size();
  const auto read = std::from_chars(digits, payload->data() + payload->size(), seconds);
  return read.ec == std::errc() ? std::optional(seconds) : std::nullopt;
}

// A code from before the voucher got another one, or a token from before the voucher was opened again.
// Numbers rise, over a restore of the service too.
bool IsOlder(const v1::VoucherCode& code, const v1::Voucher& voucher) {
  if (code.code_number() != voucher.code_number()) return code.code_number() < voucher.code_number();
  return EndOf(code.token()).value_or(voucher.expires_at().seconds()) < voucher.expires_at().seconds();
}

}  // namespace

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
    if (!code->has_value() || IsOlder(**code, record.voucher())) wanted.push_back(record.record_id());
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
