#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "brug/v1/reward_service.pb.h"
#include "proto/crypto/bytes.h"
#include "proto/crypto/crockford.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {

// What a service does about vouchers, as far as a device can tell: it spends once for each request id, and
// gives the code that it has for a voucher. Hangs in a ScriptedService as long as it lives.
class Till {
 public:
  explicit Till(ScriptedService& service) : service_(service) {
    service_.answer_other = [this](const Call& call) { return Take(call); };
  }
  Till(const Till&) = delete;
  Till& operator=(const Till&) = delete;
  ~Till() { service_.answer_other = {}; }

  // ---- Script
  std::map<std::string, v1::VoucherCode> codes;             // by voucher
  std::optional<v1::ErrorReason> refusal;                   // of every call
  std::optional<CallStatus> status;                         // the same, in full
  std::function<void(v1::RedeemVoucherResponse&)> distort;  // before it leaves
  std::function<void(v1::GetVoucherCodeResponse&)> distort_code;

  // ---- What happened
  std::vector<std::string> request_ids;                       // of redemptions, as they came
  std::map<std::string, v1::RedeemVoucherResponse> redeemed;  // by request id
  int codes_asked = 0;

  // The voucher as it stands in the dossier now, with a code when it is open.
  void Put(const std::string& voucher_id, v1::VoucherState state, int code_number = 1,
           std::int64_t end_seconds = 0) {
    v1::Record record;
    record.set_record_id(voucher_id);
    v1::Voucher& voucher = *record.mutable_voucher();
    voucher.set_offer_id(Id(9));
    voucher.set_amount_cents(4'000);
    voucher.set_remaining_cents(state == v1::VOUCHER_STATE_OPEN ? 4'000 : 0);
    voucher.set_state(state);
    voucher.set_code_number(code_number);
    voucher.mutable_expires_at()->set_seconds(end_seconds);
    service_.WriteRecord(kDossier, record);
    codes[voucher_id] = CodeOf(voucher_id, code_number);
    if (end_seconds > 0) codes[voucher_id].set_token(TokenUntil(end_seconds));
  }

  static std::string TokenUntil(std::int64_t end_seconds) {
    return "head." + crypto::Base64UrlEncode(R"({"cents":4000,"exp":)" + std::to_string(end_seconds) + "}") +
           ".signature";
  }

  static v1::VoucherCode CodeOf(const std::string& voucher_id, int number) {
    static const std::vector<std::string> kCodes = {"7K2QXM4T9B0HJ3WR", "3N8VC1ZD5YKA6TPE",
                                                    "0123456789ABCDEF"};
    v1::VoucherCode code;
    code.set_voucher_id(voucher_id);
    code.set_code_number(number);
    const std::string& symbols = kCodes.at(static_cast<std::size_t>(number - 1));
    code.set_code(symbols + crypto::CheckSymbol(symbols));
    code.set_token("kanarie.token." + symbols);
    return code;
  }

 private:
  std::optional<Answer> Take(const Call& call) {
    if (status) {
      Answer answer;
      answer.call_id = call.call_id;
      answer.status = *status;
      return answer;
    }
    if (refusal) return Refused(call, CallCode::kRefused, *refusal);
    switch (call.method) {
      case Method::kRedeemVoucher:
        return Redeem(call);
      case Method::kGetVoucherCode:
        return GetCode(call);
      case Method::kReplaceVoucherCode:
        return ReplaceCode(call);
      default:
        return std::nullopt;
    }
  }

  Answer Redeem(const Call& call) {
    v1::RedeemVoucherRequest request;
    EXPECT_TRUE(request.ParseFromString(call.request));
    request_ids.push_back(request.request_id());
    auto& response = redeemed[request.request_id()];
    if (!response.has_redemption()) {
      response.mutable_redemption()->set_redemption_id(Id(500 + static_cast<int>(redeemed.size())));
      response.mutable_redemption()->set_amount_cents(request.amount_cents());
      v1::StatementContent content = service_.NextContent(kMerchant);
      *content.mutable_redemption()->mutable_redemption() = response.redemption();
      content.mutable_redemption()->set_merchant_id(kMerchant);
      content.mutable_redemption()->set_merchant_display_name("Schoenenhuis");
      *response.mutable_statement() = service_.Sign(content);
      service_.Keep(content, response.statement());
    }
    v1::RedeemVoucherResponse said = response;
    if (distort) distort(said);
    return Fine(call, said);
  }

  Answer GetCode(const Call& call) {
    v1::GetVoucherCodeRequest request;
    EXPECT_TRUE(request.ParseFromString(call.request));
    ++codes_asked;
    v1::GetVoucherCodeResponse response;
    *response.mutable_code() = codes.at(request.voucher_id());
    if (distort_code) distort_code(response);
    return Fine(call, response);
  }

  Answer ReplaceCode(const Call& call) {
    v1::ReplaceVoucherCodeRequest request;
    EXPECT_TRUE(request.ParseFromString(call.request));
    Put(request.voucher_id(), v1::VOUCHER_STATE_OPEN, codes.at(request.voucher_id()).code_number() + 1);
    v1::ReplaceVoucherCodeResponse response;
    *response.mutable_code() = codes.at(request.voucher_id());
    return Fine(call, response);
  }

  ScriptedService& service_;
};

}  // namespace brug::sdk
