// Draws a text as a QR code, and looks at a token that is none: with Brug::vouchers alone, no client.
#include <brug/qr_code.h>
#include <brug/voucher_token.h>

#include <iostream>

int main() {
  const auto picture = brug::DrawQrPng("Brug");
  const auto token = brug::VerifyVoucherToken({.token = "no token", .jwks = R"({"keys":[]})", .now = {}});
  if (!picture.ok() || token.ok()) return 1;
  std::cout << picture->size() << " bytes; " << token.error().reason << "\n";
}
