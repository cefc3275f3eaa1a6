#include <brug/qr_code.h>
#include <png.h>
#include <qrencode.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "client-sdk/src/vouchers/voucher_error.h"

namespace brug {
namespace {

// What the standard asks for around a code, in dots.
constexpr int kQuietDots = 4;
// Version 40 at level M, bytes.
constexpr std::size_t kTextBytesMax = 2'331;
constexpr int kDotPixelsMax = 32;

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

// A code with its quiet zone. `dark(x, y)`: whether that dot is dark.
class Picture {
 public:
  explicit Picture(std::unique_ptr<QRcode, FreeCode> code) : code_(std::move(code)) {}

  [[nodiscard]] int width() const { return code_->width + 2 * kQuietDots; }
  [[nodiscard]] bool dark(int x, int y) const {
    const int column = x - kQuietDots;
    const int row = y - kQuietDots;
    if (column < 0 || row < 0 || column >= code_->width || row >= code_->width) return false;
    return (code_->data[static_cast<std::size_t>(row) * static_cast<std::size_t>(code_->width) +
                        static_cast<std::size_t>(column)] &
            1) != 0;
  }

 private:
  std::unique_ptr<QRcode, FreeCode> code_;
};

Result<Picture> Encode(std::string_view text, QRecLevel level, const std::string& language) {
  if (text.empty()) return sdk::VoucherError("MISSING", "text", language);
  if (text.size() > kTextBytesMax) return sdk::VoucherError("TEXT_TOO_LONG", "text", language);
  std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()),
                        /*version=*/0, level));
  if (code == nullptr) return sdk::VoucherError("TEXT_TOO_LONG", "text", language);
  return Picture(std::move(code));
}

// One byte a pixel, dark 0 and light 255.
std::vector<unsigned char> Pixels(const Picture& picture, int dot_pixels) {
  const int side = picture.width() * dot_pixels;
  std::vector<unsigned char> pixels;
  pixels.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      pixels.push_back(picture.dark(x / dot_pixels, y / dot_pixels) ? 0 : 255);
    }
  }
  return pixels;
}

}  // namespace

Result<std::string> DrawQrPng(std::string_view text, const QrOptions& options) {
  if (options.dot_pixels < 1 || options.dot_pixels > kDotPixelsMax) {
    return sdk::VoucherError("OUT_OF_RANGE", "dot_pixels", options.language);
  }
  auto picture = Encode(text, QR_ECLEVEL_M, options.language);
  if (!picture.ok()) return picture.error();
  const auto pixels = Pixels(*picture, options.dot_pixels);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture->width() * options.dot_pixels);
  image.height = image.width;
  image.format = PNG_FORMAT_GRAY;
  std::string file(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = file.size();
  const int written = png_image_write_to_memory(&image, file.data(), &size, /*convert_to_8_bit=*/0,
                                                pixels.data(), /*row_stride=*/0, /*colormap=*/nullptr);
  png_image_free(&image);
  if (written == 0) return sdk::VoucherError("TEXT_TOO_LONG", "text", options.language);
  file.resize(size);
  return file;
}

Result<std::string> DrawQrText(std::string_view text, const QrOptions& options) {
  // A screen is never torn or stained: fewer dots are worth more there than a stronger code.
  auto picture = Encode(text, QR_ECLEVEL_L, options.language);
  if (!picture.ok()) return picture.error();
  std::string lines;
  for (int y = 0; y < picture->width(); y += 2) {
    for (int x = 0; x < picture->width(); ++x) {
      // Below the last row there is nothing, which on a dark ground is dark.
      const bool upper = picture->dark(x, y) != options.dark_ground;
      const bool lower = y + 1 < picture->width() && picture->dark(x, y + 1) != options.dark_ground;
      lines += upper ? (lower ? "\u2588" : "\u2580") : (lower ? "\u2584" : " ");
    }
    lines += '\n';
  }
  return lines;
}

}  // namespace brug
