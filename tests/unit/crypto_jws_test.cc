#include <gtest/gtest.h>
#include <openssl/err.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <vector>

#include "proto/crypto/hash.h"
#include "proto/crypto/jws.h"
#include "proto/crypto/pem.h"
#include "tests/unit/crypto_seeded_random.h"
#include "tests/unit/crypto_threads.h"

namespace brug::crypto {

void PrintTo(JwsError error, std::ostream* out) { *out << "JwsError " << static_cast<int>(error); }

namespace {

using namespace std::literals;

constexpr std::string_view kTyp = "brug-session+jwt";
constexpr std::string_view kPayload = R"({"sub":"device","exp":1700000600})";

SigningKey KeyOfSeed(std::uint64_t seed) {
  SeededRandom random(seed);
  return SigningKey::Generate(random);
}

// Tokens of one organisation with one trusted key.
class JwsTest : public testing::Test {
 protected:
  JwsOutcome Verify(std::string_view token, std::string_view typ = kTyp) {
    return VerifyJws(token, typ, [this](std::string_view kid) -> std::optional<VerifyingKey> {
      asked_kids_.emplace_back(kid);
      if (kid != kid_) return std::nullopt;
      return key_.PublicKey();
    });
  }
  JwsError ErrorOf(std::string_view token) { return Verify(token).error; }

  std::string SigningInput(std::string_view header_json, std::string_view payload = kPayload) {
    return Base64UrlEncode(header_json) + "." + Base64UrlEncode(payload);
  }
  // A token with any header, rightly signed by the trusted key.
  std::string SignedWithHeader(std::string_view header_json, std::string_view payload = kPayload) {
    const std::string input = SigningInput(header_json, payload);
    return input + "." + Base64UrlEncode(key_.Sign(input));
  }
  std::string Header(std::string_view alg) {
    return R"({"alg":")" + std::string(alg) + R"(","typ":")" + std::string(kTyp) + R"(","kid":")" + kid_ +
           "\"}";
  }

  SigningKey key_ = KeyOfSeed(1);
  std::string kid_ = key_.PublicKey().KeyId();
  JwsSigner signer_{key_, kTyp};
  std::string token_ = signer_.Sign(kPayload).value();
  std::vector<std::string> asked_kids_;
};

TEST_F(JwsTest, ATokenGivesItsPayloadAndTheKeyThatSignedIt) {
  const JwsOutcome outcome = Verify(token_);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.payload, kPayload);
  EXPECT_EQ(outcome.kid, kid_);
  EXPECT_EQ(signer_.kid(), kid_);
  EXPECT_EQ(asked_kids_, std::vector<std::string>{kid_});
}

TEST_F(JwsTest, ATokenIsAnOrdinaryEs256Jws) {
  // Checked without libcjose: RFC 7515 section 5.2 and RFC 7518 section 3.4.
  const std::size_t first_dot = token_.find('.');
  const std::size_t second_dot = token_.find('.', first_dot + 1);
  EXPECT_EQ(Base64UrlDecode(token_.substr(0, first_dot)), Header("ES256"));
  EXPECT_EQ(Base64UrlDecode(token_.substr(first_dot + 1, second_dot - first_dot - 1)), kPayload);
  EXPECT_TRUE(
      key_.PublicKey().Verify(token_.substr(0, second_dot), *Base64UrlDecode(token_.substr(second_dot + 1))));
}

TEST_F(JwsTest, ATokenMadeElsewhereWithTheSameHeaderIsAccepted) {
  EXPECT_TRUE(Verify(SignedWithHeader(Header("ES256"))).ok());
}

TEST_F(JwsTest, ASignerCanBeMoved) {
  JwsSigner moved(std::move(signer_));
  JwsSigner assigned(KeyOfSeed(2), "other");
  assigned = std::move(moved);
  EXPECT_EQ(assigned.kid(), kid_);
  EXPECT_TRUE(Verify(*assigned.Sign(kPayload)).ok());
}

TEST_F(JwsTest, AlgNoneIsRefused) {
  EXPECT_EQ(ErrorOf(SigningInput(Header("none")) + "."), JwsError::kMalformed);
  EXPECT_EQ(ErrorOf(SigningInput(Header("none")) + "." + Base64UrlEncode(Bytes(64, '\0'))),
            JwsError::kHeader);
  EXPECT_EQ(ErrorOf(SignedWithHeader(Header("none"))), JwsError::kHeader);
  EXPECT_NE(ErrorOf(SignedWithHeader(Header("None"))), JwsError::kNone);
  EXPECT_TRUE(asked_kids_.empty());
}

TEST_F(JwsTest, Hs256WithThePublicKeyAsItsSecretIsRefused) {
  const std::string input = SigningInput(Header("HS256"));
  const Bytes& spki = key_.PublicKey().spki_der();
  for (const Bytes& secret : {spki, PemEncode("PUBLIC KEY", spki), key_.PublicKey().ToJwk()}) {
    const Bytes code = HmacSha256(secret, input);
    EXPECT_EQ(ErrorOf(input + "." + Base64UrlEncode(code)), JwsError::kMalformed);
    EXPECT_EQ(ErrorOf(input + "." + Base64UrlEncode(code + code)), JwsError::kHeader);
  }
  EXPECT_TRUE(asked_kids_.empty());
}

TEST_F(JwsTest, EveryOtherAlgorithmIsRefused) {
  for (const std::string_view alg :
       {"ES384", "ES512", "RS256", "PS256", "HS512", "EdDSA", "es256", "", "ES256 "}) {
    EXPECT_NE(ErrorOf(SignedWithHeader(Header(alg))), JwsError::kNone) << alg;
  }
  EXPECT_TRUE(asked_kids_.empty());
}

TEST_F(JwsTest, AnotherKeysSignatureIsRefused) {
  const std::string input = SigningInput(Header("ES256"));
  EXPECT_EQ(ErrorOf(input + "." + Base64UrlEncode(KeyOfSeed(2).Sign(input))), JwsError::kSignature);
}

TEST_F(JwsTest, ARefusedTokenLeavesNothingInTheErrorQueueThatTlsShares) {
  ERR_clear_error();
  const std::string input = SigningInput(Header("ES256"));
  EXPECT_EQ(ErrorOf(input + "." + Base64UrlEncode(Bytes(64, '\xff'))), JwsError::kSignature);
  EXPECT_EQ(ErrorOf(input + "." + Base64UrlEncode(Bytes(64, '\0'))), JwsError::kSignature);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_F(JwsTest, AnUnknownKidIsRefused) {
  const JwsSigner stranger(KeyOfSeed(2), kTyp);
  EXPECT_EQ(ErrorOf(*stranger.Sign(kPayload)), JwsError::kUnknownKey);
  EXPECT_EQ(asked_kids_, std::vector<std::string>{stranger.kid()});
}

TEST_F(JwsTest, ATokenOfAnotherPurposeIsRefused) {
  EXPECT_EQ(Verify(token_, "brug-voucher+jwt").error, JwsError::kHeader);
  EXPECT_EQ(Verify(*JwsSigner(key_, "brug-voucher+jwt").Sign(kPayload)).error, JwsError::kHeader);
}

TEST_F(JwsTest, AnyOtherHeaderIsRefusedEvenWhenRightlySigned) {
  const std::string kid = "\"kid\":\"" + kid_ + "\"";
  const std::string typ = R"("typ":"brug-session+jwt")";
  for (const std::string& header : {
           "{\"alg\":\"ES256\"," + typ + "," + kid + ",\"crit\":[\"exp\"],\"exp\":1}",
           "{\"alg\":\"ES256\"," + typ + "," + kid + ",\"crit\":[\"alg\"]}",
           "{\"alg\":\"ES256\"," + typ + "," + kid + ",\"b64\":false}",
           "{\"alg\":\"ES256\"," + typ + "," + kid + ",\"jwk\":" + KeyOfSeed(2).PublicKey().ToJwk() + "}",
           "{\"alg\":\"ES256\"," + typ + "," + kid + ",\"jku\":\"https://example.com/keys\"}",
           "{\"alg\":\"ES256\",\"alg\":\"ES256\"," + typ + "," + kid + "}",
           "{\"alg\":\"ES256\"," + typ + "," + kid + "," + kid + "}",
           "{" + typ + ",\"alg\":\"ES256\"," + kid + "}",
           "{\"alg\":\"ES256\"," + typ + ", " + kid + "}",
           "{\"alg\":\"ES256\"," + typ + "," + kid + "}\n",
           "{\"alg\":\"ES256\"," + typ + "}",
           "{\"alg\":\"ES256\"," + typ + ",\"kid\":\"\"}",
           "{\"alg\":\"ES256\"," + typ + ",\"kid\":\"" + std::string(65, 'a') + "\"}",
           "{\"alg\":\"ES256\"," + typ + ",\"kid\":\"a/b\"}",
           "{\"alg\":\"ES256\"," + typ + ",\"kid\":7}",
           "{\"alg\":\"ES256\"," + kid + "}",
           "{" + typ + "," + kid + "}",
           "{\"alg\":[\"ES256\"]," + typ + "," + kid + "}",
           "{}"s,
           "[]"s,
           "null"s,
           "7"s,
           ""s,
           "{"s,
           "\xff\xfe"s,
           std::string(4000, '['),
       }) {
    EXPECT_NE(ErrorOf(SignedWithHeader(header)), JwsError::kNone) << header;
  }
  EXPECT_TRUE(asked_kids_.empty());
}

TEST_F(JwsTest, ATruncatedTokenIsRefused) {
  for (std::size_t size = 0; size < token_.size(); ++size) {
    EXPECT_NE(ErrorOf(std::string_view(token_).substr(0, size)), JwsError::kNone) << size;
  }
}

TEST_F(JwsTest, AnyChangedCharacterIsRefused) {
  for (std::size_t at = 0; at < token_.size(); ++at) {
    for (const char other : "AZaz09-_.=+/ \n"s + '\0' + '\xff') {
      if (token_[at] == other) continue;
      std::string changed = token_;
      changed[at] = other;
      const JwsOutcome outcome = Verify(changed);
      EXPECT_FALSE(outcome.ok()) << changed;
      EXPECT_TRUE(outcome.payload.empty() && outcome.kid.empty());
    }
  }
}

TEST_F(JwsTest, ATokenHasOneSpelling) {
  for (const std::string& spelling :
       {token_ + "=", token_ + "==", token_ + "=garbage", token_ + ".", token_ + ".AAAA", token_ + "A",
        token_ + "AA", token_ + " ", " " + token_, token_ + "\n", "." + token_,
        token_ + std::string(1, '\0')}) {
    EXPECT_EQ(ErrorOf(spelling), JwsError::kMalformed) << spelling;
  }
  // Its signature's last character carries four bits that no byte needs.
  std::string unused_bits = token_;
  unused_bits.back() = static_cast<char>(unused_bits.back() + 1);
  EXPECT_EQ(ErrorOf(unused_bits), JwsError::kMalformed);
}

TEST_F(JwsTest, ASignatureOfAnotherLengthIsRefused) {
  const std::string input = SigningInput(Header("ES256"));
  const Bytes signature = key_.Sign(input);
  const Bytes padded = '\0' + signature.substr(0, 32) + '\0' + signature.substr(32);
  EXPECT_TRUE(Verify(input + "." + Base64UrlEncode(signature)).ok());
  EXPECT_EQ(ErrorOf(input + "." + Base64UrlEncode(padded)), JwsError::kMalformed);
  EXPECT_EQ(ErrorOf(input + "."), JwsError::kMalformed);
}

TEST_F(JwsTest, ALongTokenIsNotLookedAt) {
  EXPECT_EQ(ErrorOf(std::string(100'000, 'A')), JwsError::kTooLong);
  EXPECT_EQ(ErrorOf(SignedWithHeader(Header("ES256"), Bytes(100'000, ' '))), JwsError::kTooLong);
  EXPECT_EQ(ErrorOf(std::string(kJwsBytesMax + 1, 'A')), JwsError::kTooLong);
  EXPECT_EQ(ErrorOf(std::string(kJwsBytesMax, 'A')), JwsError::kMalformed);
  EXPECT_TRUE(asked_kids_.empty());
}

TEST_F(JwsTest, WhatIsSignedCanBeVerifiedUpToTheLimit) {
  std::size_t size = 5'900;
  std::size_t signed_count = 0;
  for (; const auto token = signer_.Sign(Bytes(size, ' ')); ++size, ++signed_count) {
    ASSERT_LE(token->size(), kJwsBytesMax);
    ASSERT_TRUE(Verify(*token).ok()) << size;
  }
  EXPECT_GT(signed_count, 0u);
  EXPECT_FALSE(signer_.Sign(Bytes(100'000, ' ')).has_value());
  EXPECT_TRUE(JwsSigner(key_, std::string(64, 'a')).Sign(Bytes(5'800, ' ')).has_value());
}

TEST_F(JwsTest, WhatAProgrammerGetsWrongIsAnAssertion) {
  EXPECT_DEATH((void)signer_.Sign(""), "payload");
  for (const std::string& typ : {""s, "JWT"s, "a\"b"s, "a b"s, std::string(65, 'a')}) {
    EXPECT_DEATH(JwsSigner(key_, typ), "a typ is") << typ;
    EXPECT_DEATH((void)Verify(token_, typ), "a typ is") << typ;
  }
}

RC_GTEST_FIXTURE_PROP(JwsTest, AnyPayloadComesBack, (const Bytes& payload)) {
  RC_PRE(!payload.empty() && payload.size() < 5'000);
  RC_ASSERT(Verify(*signer_.Sign(payload)).payload == payload);
}

RC_GTEST_FIXTURE_PROP(JwsTest, NoiseIsRefused, ()) {
  const auto noise = *rc::gen::container<std::string>(rc::gen::elementOf("..eyJhbGciOiJFUzI1NiJ9-_="s));
  RC_ASSERT(!Verify(noise).ok());
}

TEST_F(JwsTest, OneSignerServesManyThreadsAtOnce) {
  std::atomic<int> verified = 0;
  AtOnce(4, [&](int thread) {
    for (int round = 0; round < 50; ++round) {
      const std::string payload = std::to_string(thread * 50 + round);
      const auto trusted = [this](std::string_view) { return std::optional(key_.PublicKey()); };
      if (VerifyJws(*signer_.Sign(payload), kTyp, trusted).payload == payload) ++verified;
    }
  });
  EXPECT_EQ(verified, 200);
}

}  // namespace
}  // namespace brug::crypto
