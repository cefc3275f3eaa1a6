// What a client has earned and can spend, and the code of the first voucher, for the counter of a shop.
//
//   show_a_voucher SERVER ROOT_CERTIFICATE DIRECTORY [PNG_FILE]
#include <brug/qr_code.h>

#include "client-sdk/samples/sample.h"

namespace {

// "2 of 3", and whether the service knows it yet.
void Print(const brug::Offer& offer) {
  std::cout << brug::FormatEuro(offer.amount_cents, "en") << ": " << offer.progress.done_count << " of "
            << offer.progress.needed_count;
  if (offer.progress.earned) {
    std::cout << (offer.progress.earned_confirmed ? ", earned" : ", earned, not confirmed yet");
  }
  std::cout << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = sample::Read(argc, argv);
  brug::Client client = sample::Open(arguments);

  // Brings new offers and vouchers, and the codes of vouchers. Without a signal, what came before is shown.
  const auto synced = client.SyncNow();
  if (!synced.ok()) std::cout << "Offline: " << synced.error().message << "\n";

  const brug::Dossier dossier = sample::Must(client.OwnDossier());
  for (const auto& offer : sample::Must(dossier.Offers())) Print(offer.content);

  const auto vouchers = sample::Must(dossier.Vouchers());
  if (vouchers.empty() || vouchers[0].content.state != brug::VoucherState::kOpen) {
    std::cout << "There is no voucher to spend.\n";
    return 0;
  }
  std::cout << "To spend: " << brug::FormatEuro(vouchers[0].content.remaining_cents, "en") << "\n";

  // From the device's own vault: this works in a cellar, too. Whoever reads it can spend it.
  const brug::VoucherCode code = sample::Must(dossier.ShowVoucherCode(vouchers[0].id));
  std::cout << "Code: " << code.code << "\n" << sample::Must(brug::DrawQrText(code.token));
  if (!arguments.more.empty()) {
    std::ofstream(arguments.more[0], std::ios::binary) << sample::Must(brug::DrawQrPng(code.token));
  }
}
