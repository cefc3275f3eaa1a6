#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "proto/crypto/hash.h"
#include "proto/crypto/hash_of_parts.h"

namespace brug::crypto {
namespace {

// first, first + 1, ..., `size` bytes.
Bytes Counting(unsigned char first, std::size_t size) {
  Bytes bytes(size, '\0');
  std::iota(bytes.begin(), bytes.end(), static_cast<char>(first));
  return bytes;
}

TEST(Sha256, GivesTheExamplesOfFips180) {
  EXPECT_EQ(HexEncode(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(HexEncode(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameInParts) {
  EXPECT_EQ(Sha256OfParts().Finish(), Sha256(""));
  const std::string content(200'001, 'b');
  for (const std::size_t part_bytes : {1U, 63U, 64U, 65'536U, 200'001U}) {
    Sha256OfParts parts;
    for (std::size_t at = 0; at < content.size(); at += part_bytes)
      parts.Add(std::string_view(content).substr(at, part_bytes));
    EXPECT_EQ(std::move(parts).Finish(), Sha256(content)) << part_bytes;
  }
}

TEST(HmacSha256, GivesTheExamplesOfRfc4231) {
  EXPECT_EQ(HexEncode(HmacSha256(Bytes(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexEncode(HmacSha256(Bytes(20, '\xaa'), Bytes(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(HexEncode(HmacSha256(Counting(1, 25), Bytes(50, '\xcd'))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(
      HexEncode(HmacSha256(Bytes(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(
      HexEncode(HmacSha256(Bytes(131, '\xaa'),
                           "This is a test using a larger than block-size key and a larger than block-size "
                           "data. The key needs to be hashed before being used by the HMAC algorithm.")),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, AnEmptyKeyIsAKeyOfItsOwn) {
  constexpr std::string_view kEmptyKeyCode =
      "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  (void)HmacSha256("the key of an earlier call", "");
  EXPECT_EQ(HexEncode(HmacSha256({}, {})), kEmptyKeyCode);
  (void)HmacSha256("the key of an earlier call", "");
  EXPECT_EQ(HexEncode(HmacSha256("", "")), kEmptyKeyCode);
}

TEST(HkdfSha256, GivesTheExamplesOfRfc5869) {
  const Bytes short_key(22, '\x0b');
  EXPECT_EQ(
      HexEncode(HkdfSha256({.input_key = short_key, .salt = Counting(0, 13), .info = Counting(0xf0, 10)}, 42)
                    .view()),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(
      HexEncode(
          HkdfSha256({.input_key = Counting(0, 80), .salt = Counting(0x60, 80), .info = Counting(0xb0, 80)},
                     82)
              .view()),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
      "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(HexEncode(HkdfSha256({.input_key = short_key}, 42).view()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(HkdfSha256DeathTest, RefusesWhatItCannotGive) {
  EXPECT_DEATH((void)HkdfSha256({.input_key = "key"}, 0), "HKDF gives");
  EXPECT_DEATH((void)HkdfSha256({.input_key = "key"}, 255 * 32 + 1), "HKDF gives");
  EXPECT_DEATH((void)HkdfSha256({}, 32), "HKDF without a key");
}

TEST(HkdfSha256, GivesAsMuchAsRfc5869Allows) {
  EXPECT_EQ(HkdfSha256({.input_key = "key"}, 255 * 32).size(), 255u * 32);
}

RC_GTEST_PROP(Equal, IsEquality, (const Bytes& one, const Bytes& other)) {
  RC_ASSERT(Equal(one, other) == (one == other));
  RC_ASSERT(Equal(one, Bytes(one)));
}

TEST(Equal, SeesEverySingleBit) {
  const Bytes secret(32, '\x5a');
  for (std::size_t bit = 0; bit < secret.size() * 8; ++bit) {
    Bytes other = secret;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(Equal(secret, other)) << bit;
  }
}

}  // namespace
}  // namespace brug::crypto
