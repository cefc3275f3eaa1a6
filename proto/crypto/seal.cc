#include "proto/crypto/seal.h"

#include "proto/crypto/hash.h"
#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kNonceAt = 1;
constexpr std::size_t kCiphertextAt = kNonceAt + kNonceBytes;
static_assert(kCiphertextAt + kTagBytes == kSealOverheadBytes);

using OwnedCipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreedBy<&EVP_CIPHER_CTX_free>>;

enum class Direction { kOpen = 0, kSeal = 1 };

// A context that knows the cipher and the direction, so that each call sets key and nonce only. It holds the
// key schedule of the last call until the next one or the end of the thread.
OwnedCipherContext NewContext(Direction direction) {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  OwnedCipherContext context(EVP_CIPHER_CTX_new());
  Demand(cipher != nullptr && context != nullptr &&
             EVP_CipherInit_ex2(context.get(), cipher, nullptr, nullptr, static_cast<int>(direction),
                                nullptr) == 1,
         "OpenSSL has no AES-256-GCM");
  return context;
}

EVP_CIPHER_CTX* ThreadContext(Direction direction) {
  thread_local const OwnedCipherContext opening = NewContext(Direction::kOpen);
  thread_local const OwnedCipherContext sealing = NewContext(Direction::kSeal);
  return direction == Direction::kSeal ? sealing.get() : opening.get();
}

bool Start(EVP_CIPHER_CTX* context, std::string_view key, const unsigned char* nonce,
           std::string_view associated_data) {
  int size = 0;
  return EVP_CipherInit_ex2(context, nullptr, Data(key), nonce, -1, nullptr) == 1 &&
         EVP_CipherUpdate(context, nullptr, &size, Data(associated_data),
                          static_cast<int>(associated_data.size())) == 1;
}

// `out` has room for `in`.
bool Run(EVP_CIPHER_CTX* context, std::string_view in, unsigned char* out) {
  int size = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &size, Data(in), static_cast<int>(in.size())) == 1;
}

bool Finish(EVP_CIPHER_CTX* context) {
  unsigned char nothing[kTagBytes];
  int size = 0;
  return EVP_CipherFinal_ex(context, nothing, &size) == 1;
}

}  // namespace

SealingKey SealingKey::Generate(RandomSource& random) {
  return SealingKey(RandomSecret(random, kSealingKeyBytes));
}

std::optional<SealingKey> SealingKey::FromBytes(std::string_view bytes) {
  if (bytes.size() != kSealingKeyBytes) return std::nullopt;
  return SealingKey(SecretBytes::CopyOf(bytes));
}

SealingKey SealingKey::Clone() const { return SealingKey(key_.Clone()); }

Bytes SealingKey::Seal(std::string_view plaintext, std::string_view associated_data,
                       RandomSource& random) const {
  Demand(key_.size() == kSealingKeyBytes, "sealing with a key that was moved from");
  Demand(plaintext.size() <= kSealPlaintextBytesMax && associated_data.size() <= kSealPlaintextBytesMax,
         "too much to seal at once");
  Bytes sealed(plaintext.size() + kSealOverheadBytes, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(sealed.data());
  sealed[0] = kFormat;
  random.Fill({bytes + kNonceAt, kNonceBytes});
  EVP_CIPHER_CTX* const context = ThreadContext(Direction::kSeal);
  Demand(Start(context, key_.view(), bytes + kNonceAt, associated_data) &&
             Run(context, plaintext, bytes + kCiphertextAt) && Finish(context) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                                 bytes + kCiphertextAt + plaintext.size()) == 1,
         "AES-256-GCM failed");
  return sealed;
}

std::optional<Bytes> SealingKey::Open(std::string_view sealed, std::string_view associated_data) const {
  Demand(key_.size() == kSealingKeyBytes, "opening with a key that was moved from");
  Demand(associated_data.size() <= kSealPlaintextBytesMax, "too much associated data");
  if (sealed.size() < kSealOverheadBytes || sealed.size() - kSealOverheadBytes > kSealPlaintextBytesMax ||
      sealed[0] != kFormat) {
    return std::nullopt;
  }
  const ErrorScope errors;
  Bytes plaintext(sealed.size() - kSealOverheadBytes, '\0');
  Bytes tag(sealed.substr(sealed.size() - kTagBytes));
  EVP_CIPHER_CTX* const context = ThreadContext(Direction::kOpen);
  Demand(Start(context, key_.view(), Data(sealed) + kNonceAt, associated_data) &&
             Run(context, sealed.substr(kCiphertextAt, plaintext.size()),
                 reinterpret_cast<unsigned char*>(plaintext.data())) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1,
         "AES-256-GCM failed");
  if (!Finish(context)) {
    WipeAndClear(plaintext);
    return std::nullopt;
  }
  return plaintext;
}

Bytes SealingKey::Wrap(const SealingKey& inner, std::string_view associated_data,
                       RandomSource& random) const {
  return Seal(inner.bytes(), associated_data, random);
}

std::optional<SealingKey> SealingKey::Unwrap(std::string_view wrapped,
                                             std::string_view associated_data) const {
  std::optional<Bytes> bytes = Open(wrapped, associated_data);
  if (!bytes) return std::nullopt;
  std::optional<SealingKey> key = FromBytes(*bytes);
  WipeAndClear(*bytes);
  return key;
}

SealingKey DeriveKey(const SealingKey& key, std::string_view info) {
  const SecretBytes derived = HkdfSha256({.input_key = key.bytes(), .info = info}, kSealingKeyBytes);
  return *SealingKey::FromBytes(derived.view());
}

}  // namespace brug::crypto
