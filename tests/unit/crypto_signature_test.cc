#include <gtest/gtest.h>
#include <openssl/err.h>
#include <rapidcheck/gtest.h>

#include <atomic>

#include "proto/crypto/pem.h"
#include "proto/crypto/signature.h"
#include "tests/unit/crypto_samples.h"
#include "tests/unit/crypto_seeded_random.h"
#include "tests/unit/crypto_threads.h"

namespace brug::crypto {
namespace {

using namespace std::literals;

// RFC 6979 appendix A.2.5: a P-256 key pair, and its signature of "sample" with SHA-256.
constexpr std::string_view kScalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view kX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
constexpr std::string_view kY = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr std::string_view kSampleR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
constexpr std::string_view kSampleS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
// The curve's order.
constexpr std::string_view kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kSpkiPrefix = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

Bytes Hex(std::string_view text) { return *HexDecode(text); }

SigningKey KeyOfSeed(std::uint64_t seed) {
  SeededRandom random(seed);
  return SigningKey::Generate(random);
}

VerifyingKey ExampleKey() { return *VerifyingKey::FromSpkiDer(Hex(kSpkiPrefix) + Hex(kX) + Hex(kY)); }

TEST(SigningKey, IsTheExampleOfRfc6979ForItsScalar) {
  ScriptedRandom random(Hex(kScalar));
  const SigningKey key = SigningKey::Generate(random);
  EXPECT_EQ(HexEncode(key.PublicKey().x()), kX);
  EXPECT_EQ(HexEncode(key.PublicKey().y()), kY);
  EXPECT_EQ(key.PublicKey(), ExampleKey());
}

TEST(SigningKey, IsDrawnAgainUntilItIsAPrivateScalar) {
  ScriptedRandom random(Bytes(32, '\0') + Hex(kOrder) + Bytes(32, '\xff') + Hex(kScalar));
  EXPECT_EQ(SigningKey::Generate(random).PublicKey(), ExampleKey());
  EXPECT_EQ(random.drawn_bytes(), 4u * 32);
}

TEST(VerifyingKey, VerifiesTheExampleOfRfc6979) {
  EXPECT_TRUE(ExampleKey().Verify("sample", Hex(kSampleR) + Hex(kSampleS)));
  EXPECT_FALSE(ExampleKey().Verify("test", Hex(kSampleR) + Hex(kSampleS)));
}

TEST(VerifyingKey, VerifiesTheExampleOfRfc7515) {
  const VerifyingKey key = *VerifyingKey::FromSpkiDer(
      Hex(kSpkiPrefix) + *Base64UrlDecode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU") +
      *Base64UrlDecode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  EXPECT_TRUE(key.Verify(
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ",
      *Base64UrlDecode(
          "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")));
}

RC_GTEST_PROP(Signature, VerifiesWhatWasSigned, (std::uint64_t seed, const Bytes& message)) {
  const SigningKey key = KeyOfSeed(seed);
  const Bytes signature = key.Sign(message);
  RC_ASSERT(signature.size() == kSignatureBytes);
  RC_ASSERT(key.PublicKey().Verify(message, signature));
  RC_ASSERT(!key.PublicKey().Verify(message + '\0', signature));
  RC_ASSERT(!KeyOfSeed(seed + 1).PublicKey().Verify(message, signature));
}

TEST(Signature, AnyChangedBitFails) {
  const SigningKey key = KeyOfSeed(1);
  const Bytes signature = key.Sign("message");
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Bytes changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(key.PublicKey().Verify("message", changed)) << "bit " << bit;
  }
}

TEST(Signature, OfAnotherLengthOrOutOfRangeFails) {
  const SigningKey key = KeyOfSeed(1);
  const Bytes signature = key.Sign("message");
  for (std::size_t size = 0; size < signature.size(); ++size) {
    EXPECT_FALSE(key.PublicKey().Verify("message", signature.substr(0, size)));
  }
  EXPECT_FALSE(key.PublicKey().Verify("message", signature + '\0'));
  EXPECT_FALSE(key.PublicKey().Verify("message", Bytes(64, '\0')));
  EXPECT_FALSE(key.PublicKey().Verify("message", Bytes(64, '\xff')));
  EXPECT_FALSE(key.PublicKey().Verify("message", Hex(kOrder) + Hex(kOrder)));
  EXPECT_FALSE(key.PublicKey().Verify("message", signature.substr(32) + signature.substr(0, 32)));
}

TEST(SigningKey, ComesBackFromPkcs8) {
  const SigningKey key = KeyOfSeed(1);
  const auto from_der = SigningKey::FromPkcs8Der(key.ToPkcs8Der().view());
  const auto from_pem = SigningKey::FromPkcs8Pem(key.ToPkcs8Pem().view());
  ASSERT_TRUE(from_der.has_value() && from_pem.has_value());
  EXPECT_EQ(from_der->PublicKey(), key.PublicKey());
  EXPECT_EQ(from_pem->PublicKey(), key.PublicKey());
  EXPECT_TRUE(key.PublicKey().Verify("message", from_pem->Sign("message")));
}

TEST(SigningKey, ReadsAndWritesWhatOpenSslDoes) {
  const auto key = SigningKey::FromPkcs8Pem(samples::kP256Key);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(HexEncode(key->PublicKey().spki_der()), samples::kP256SpkiHex);
  EXPECT_EQ(key->ToPkcs8Pem().view(), samples::kP256Key);
}

TEST(SigningKey, WithItsCurveSpelledOutIsWrittenWithTheCurvesName) {
  const auto key = SigningKey::FromPkcs8Pem(samples::kP256ExplicitKey);
  if (!key) return;  // Refusing it is as good.
  EXPECT_EQ(key->ToPkcs8Pem().view(), samples::kP256Key);
}

TEST(SigningKey, OfAnotherKindIsRefused) {
  for (const std::string_view pem : {samples::kP384Key, samples::kEd25519Key, samples::kP256Sec1Key,
                                     samples::kP256EncryptedKey, samples::kP256Certificate, ""sv}) {
    EXPECT_FALSE(SigningKey::FromPkcs8Pem(pem).has_value()) << pem;
  }
}

TEST(SigningKey, OfAnUnknownKindIsRefused) {
  Bytes der = *PemDecode("PRIVATE KEY", samples::kEd25519Key);
  const std::size_t algorithm_at = der.find("\x06\x03\x2b\x65\x70"sv);
  ASSERT_NE(algorithm_at, Bytes::npos);
  der[algorithm_at + 4] = '\x7f';
  EXPECT_FALSE(SigningKey::FromPkcs8Der(der).has_value());
}

TEST(SigningKey, CutOrFollowedByAnythingIsRefused) {
  const SecretBytes der = KeyOfSeed(1).ToPkcs8Der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(SigningKey::FromPkcs8Der(der.view().substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(SigningKey::FromPkcs8Der(Bytes(der.view()) + '\0').has_value());
  EXPECT_FALSE(SigningKey::FromPkcs8Der(Bytes(kPkcs8BytesMax + 1, '\x30')).has_value());
}

TEST(SigningKey, WhosePublicHalfIsAnothersIsRefused) {
  const SigningKey key = KeyOfSeed(1);
  const SigningKey other = KeyOfSeed(2);
  Bytes der(key.ToPkcs8Der().view());
  const std::size_t point_at = der.find(key.PublicKey().x());
  ASSERT_NE(point_at, Bytes::npos);
  der.replace(point_at, 64, Bytes(other.PublicKey().x()) + Bytes(other.PublicKey().y()));
  EXPECT_FALSE(SigningKey::FromPkcs8Der(der).has_value());
}

TEST(SigningKey, OfZeroOrOfTheOrderIsRefused) {
  const SigningKey key = KeyOfSeed(1);
  const Bytes der(key.ToPkcs8Der().view());
  const std::size_t scalar_at = der.find("\x02\x01\x01\x04\x20"sv) + 5;
  ASSERT_LT(scalar_at, der.size());
  EXPECT_TRUE(SigningKey::FromPkcs8Der(der).has_value());
  EXPECT_FALSE(SigningKey::FromPkcs8Der(Bytes(der).replace(scalar_at, 32, Bytes(32, '\0'))).has_value());
  EXPECT_FALSE(SigningKey::FromPkcs8Der(Bytes(der).replace(scalar_at, 32, Hex(kOrder))).has_value());
}

TEST(VerifyingKey, ComesBackFromItsSpki) {
  const VerifyingKey key = KeyOfSeed(1).PublicKey();
  const auto read = VerifyingKey::FromSpkiDer(key.spki_der());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, key);
  EXPECT_NE(*read, KeyOfSeed(2).PublicKey());
}

TEST(VerifyingKey, OfAnotherKindOrFormIsRefused) {
  ASSERT_TRUE(VerifyingKey::FromSpkiDer(Hex(samples::kP256SpkiHex)).has_value());
  for (const std::string_view hex : {samples::kP256CompressedSpkiHex, samples::kP256ExplicitSpkiHex,
                                     samples::kP384SpkiHex, samples::kP256SpkiHex.substr(2), ""sv}) {
    EXPECT_FALSE(VerifyingKey::FromSpkiDer(Hex(hex)).has_value()) << hex;
  }
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(Hex(samples::kP256SpkiHex) + '\0').has_value());
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(Bytes(91, '\0')).has_value());
  for (std::size_t at = 0; at < kSpkiPrefix.size() / 2; ++at) {
    Bytes changed = Hex(samples::kP256SpkiHex);
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(VerifyingKey::FromSpkiDer(changed).has_value()) << at;
  }
  Bytes hybrid = Hex(samples::kP256SpkiHex);
  hybrid[26] = '\x07';  // y of that key is odd, so this is its valid hybrid form
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(hybrid).has_value());
}

TEST(VerifyingKey, OffTheCurveIsRefused) {
  const Bytes prefix = Hex(kSpkiPrefix);
  const Bytes field_prime = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(prefix + Hex(kX) + Hex(kX)).has_value());
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(prefix + Bytes(64, '\0')).has_value());
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(prefix + Bytes(64, '\xff')).has_value());
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(prefix + field_prime + Hex(kY)).has_value());
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Bytes changed = ExampleKey().spki_der();
    changed[27 + bit / 8] = static_cast<char>(changed[27 + bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(VerifyingKey::FromSpkiDer(changed).has_value()) << bit;
  }
}

TEST(VerifyingKey, KeyIdIsTheThumbprintOfRfc7638) {
  // RFC 7638 has an RSA example alone; this P-256 one stands in RFC 9449 section 6.1.
  const VerifyingKey key = *VerifyingKey::FromSpkiDer(
      Hex(kSpkiPrefix) + *Base64UrlDecode("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs") +
      *Base64UrlDecode("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"));
  EXPECT_EQ(key.KeyId(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  EXPECT_EQ(key.ToJwk(), R"({"crv":"P-256","kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
                         R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","use":"sig","alg":"ES256",)"
                         R"("kid":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})");
}

TEST(Keys, LeaveTheErrorQueueThatTlsSharesAsItWas) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
  const unsigned long earlier_error = ERR_peek_error();
  const SigningKey key = KeyOfSeed(1);
  EXPECT_FALSE(SigningKey::FromPkcs8Der("\x30\x03zzz").has_value());
  EXPECT_FALSE(SigningKey::FromPkcs8Pem(samples::kP384Key).has_value());
  EXPECT_FALSE(SigningKey::FromPkcs8Pem("no key").has_value());
  EXPECT_FALSE(VerifyingKey::FromSpkiDer(Hex(kSpkiPrefix) + Hex(kX) + Hex(kX)).has_value());
  EXPECT_FALSE(key.PublicKey().Verify("message", Bytes(64, '\xff')));
  EXPECT_FALSE(key.PublicKey().Verify("message", key.Sign("other")));
  EXPECT_EQ(ERR_peek_last_error(), earlier_error);
  EXPECT_EQ(ERR_get_error(), earlier_error);
  EXPECT_EQ(ERR_get_error(), 0u);
}

TEST(SigningKey, ServesManyThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 50;
  const SigningKey key = KeyOfSeed(1);
  std::atomic<int> verified = 0;
  AtOnce(kThreads, [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      const Bytes message = std::to_string(thread) + "/" + std::to_string(round);
      if (key.PublicKey().Verify(message, key.Sign(message))) ++verified;
    }
  });
  EXPECT_EQ(verified, kThreads * kRounds);
}

}  // namespace
}  // namespace brug::crypto
