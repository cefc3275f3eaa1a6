// A shop takes a voucher: it looks at the token without asking anyone, spends it, and sees its day.
//
//   redeem_a_voucher SERVER ROOT_CERTIFICATE DIRECTORY TOKEN [CENTS]
#include <brug/voucher_token.h>

#include <chrono>

#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  const auto arguments = sample::Read(argc, argv);
  if (arguments.more.empty()) {
    std::cerr << "A token is needed: what the QR code says.\n";
    return 2;
  }
  brug::Client client = sample::Open(arguments);
  brug::Rewards rewards = client.Rewards();

  // A key set that was fetched earlier does as well. This says that the voucher is genuine, not that it is
  // unspent: only redeeming says that.
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const brug::VoucherToken voucher =
      sample::Must(brug::VerifyVoucherToken({.token = arguments.more[0],
                                             .jwks = sample::Must(rewards.GetVoucherKeys()),
                                             .now = now,
                                             .language = "en"}));
  std::cout << "Genuine, given for " << brug::FormatEuro(voucher.amount_cents, "en") << ".\n";

  const std::int64_t cents = arguments.more.size() > 1 ? std::stoll(arguments.more[1]) : 0;
  const auto redeemed =
      rewards.RedeemVoucher({.code = {}, .token = arguments.more[0], .amount_cents = cents});
  if (!redeemed.ok()) {
    // No answer came? It may have been spent: calling again with the same content repeats the same request.
    if (redeemed.error().code == brug::ErrorCode::kUnavailable) std::cerr << "Please try that again.\n";
    sample::Fail(redeemed.error());
  }
  std::cout << "Spent: " << brug::FormatEuro(redeemed->redemption.amount_cents, "en")
            << "; left: " << brug::FormatEuro(redeemed->remaining_cents, "en") << "\n";

  const brug::RedemptionDay day = sample::Must(rewards.ListRedemptions());
  std::cout << "Today: " << day.redemptions.size() << ", " << brug::FormatEuro(day.total_cents, "en") << "\n";
  std::cout << "Receipts on this device: " << sample::Must(rewards.Receipts()).size() << "\n";
}
