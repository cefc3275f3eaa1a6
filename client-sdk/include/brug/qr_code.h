#pragma once

#include <brug/result.h>

#include <string>
#include <string_view>

// A text as a QR code, for showing a voucher's token. In Brug::vouchers, as <brug/voucher_token.h>.
namespace brug {

struct QrOptions {
  // How many pixels of the PNG one dot is wide, 1 to 32.
  int dot_pixels = 6;
  // Whether the terminal has light letters on a dark ground, as most have.
  bool dark_ground = true;
  std::string language = "nl";  // of the error's message
};

// The code with its quiet zone as a PNG file, black on white. Pure; safe from any thread. A few ms.
// Errors: TEXT_TOO_LONG (over 2,331 bytes: no QR code holds more at this strength), OUT_OF_RANGE
// (dot_pixels), MISSING (no text).
[[nodiscard]] Result<std::string> DrawQrPng(std::string_view text, const QrOptions& options = {});

// The same in lines of text for a terminal (UTF-8 half blocks, two dots a character high). A voucher's token
// takes some 90 columns: a narrower terminal breaks the lines, and then nothing can be read.
[[nodiscard]] Result<std::string> DrawQrText(std::string_view text, const QrOptions& options = {});

}  // namespace brug
