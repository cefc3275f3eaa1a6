// Checking a voucher's token without signal, and drawing it.
#include <brug/qr_code.h>
#include <brug/voucher_token.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "proto/crypto/jws.h"
#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"
#include "tests/unit/crypto_seeded_random.h"

namespace brug {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

crypto::SigningKey KeyOfSeed(std::uint64_t seed) {
  crypto::SeededRandom random(seed);
  return crypto::SigningKey::Generate(random);
}

std::string SetOf(const std::vector<const crypto::SigningKey*>& keys) {
  std::string set;
  for (const auto* key : keys) set += (set.empty() ? "" : ",") + key->PublicKey().ToJwk();
  return R"({"keys":[)" + set + "]}";
}

class Tokens : public testing::Test {
 protected:
  json Payload() const {
    return {{"iss", "0b8f6a3e-7c1d-4e5f-8a9b-0000000000f1"},
            {"jti", "0b8f6a3e-7c1d-8e5f-8a9b-000000000028"},
            {"num", 2},
            {"cents", 4'000},
            {"cur", "EUR"},
            {"iat", 1'795'255'200},
            {"exp", 1'826'791'200}};
  }
  std::string TokenOf(const json& payload) const { return signer_.Sign(payload.dump()).value(); }
  // Any header over the usual payload, signed by the right key.
  std::string WithHeader(const std::string& header) const {
    const std::string input =
        crypto::Base64UrlEncode(header) + "." + crypto::Base64UrlEncode(Payload().dump());
    return input + "." + crypto::Base64UrlEncode(key_.Sign(input));
  }
  std::string Header(const std::string& algorithm, const std::string& typ = "brug-voucher+jwt") const {
    return R"({"alg":")" + algorithm + R"(","typ":")" + typ + R"(","kid":")" + signer_.kid() + "\"}";
  }

  Result<VoucherToken> Check(const std::string& token, const std::string& language = "nl") const {
    return VerifyVoucherToken({.token = token, .jwks = jwks_, .now = now_, .language = language});
  }
  std::string ReasonOf(const std::string& token) const {
    const auto checked = Check(token);
    if (checked.ok()) return "";
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalid);
    EXPECT_FALSE(checked.error().message.empty()) << checked.error().reason;
    return checked.error().reason;
  }

  crypto::SigningKey key_ = KeyOfSeed(1);
  crypto::SigningKey newer_key_ = KeyOfSeed(2);
  crypto::JwsSigner signer_{key_, "brug-voucher+jwt"};
  std::string jwks_ = SetOf({&newer_key_, &key_});
  Instant now_{std::chrono::seconds(1'795'300'000)};
};

TEST_F(Tokens, OneThatIsRightSaysWhatItIsWorth) {
  const auto token = Check(TokenOf(Payload()));
  ASSERT_TRUE(token.ok()) << token.error().reason;
  EXPECT_EQ(*token, (VoucherToken{.organisation_id = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000f1",
                                  .voucher_id = "0b8f6a3e-7c1d-8e5f-8a9b-000000000028",
                                  .code_number = 2,
                                  .amount_cents = 4'000,
                                  .issued_at = Instant(std::chrono::seconds(1'795'255'200)),
                                  .expires_at = Instant(std::chrono::seconds(1'826'791'200)),
                                  .key_id = signer_.kid()}));
}

TEST_F(Tokens, AnyKeyOfTheSetIsGoodAndTheSetMayHoldOthersToo) {
  jwks_ = R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},)" + key_.PublicKey().ToJwk() + "],\"more\":1}";
  EXPECT_EQ(ReasonOf(TokenOf(Payload())), "");
}

TEST_F(Tokens, AnotherAlgorithmIsRefused) {
  for (const char* algorithm : {"HS256", "RS256", "ES384", "PS256", "es256", ""}) {
    EXPECT_EQ(ReasonOf(WithHeader(Header(algorithm))), "TOKEN_ALGORITHM") << algorithm;
  }
}

TEST_F(Tokens, OneThatIsNotSignedIsRefused) {
  const std::string payload = crypto::Base64UrlEncode(Payload().dump());
  for (const char* none : {"none", "None", "NONE", "nOnE"}) {
    EXPECT_EQ(ReasonOf(crypto::Base64UrlEncode(Header(none)) + "." + payload + "."), "TOKEN_NOT_SIGNED");
    EXPECT_EQ(ReasonOf(WithHeader(Header(none))), "TOKEN_NOT_SIGNED");
  }
}

TEST_F(Tokens, ATokenForAnotherPurposeIsRefused) {
  EXPECT_EQ(ReasonOf(WithHeader(Header("ES256", "brug-session+jwt"))), "TOKEN_OF_ANOTHER_KIND");
  EXPECT_EQ(ReasonOf(WithHeader(R"({"alg":"ES256"})")), "TOKEN_OF_ANOTHER_KIND");
}

TEST_F(Tokens, AKeyThatIsNotInTheSetIsRefused) {
  jwks_ = SetOf({&newer_key_});
  EXPECT_EQ(ReasonOf(TokenOf(Payload())), "TOKEN_KEY_UNKNOWN");
  jwks_ = R"({"keys":[]})";
  EXPECT_EQ(ReasonOf(TokenOf(Payload())), "TOKEN_KEY_UNKNOWN");
}

TEST_F(Tokens, AKeyThatIsCalledByAnothersNameIsNotThatKey) {
  json wrong = json::parse(newer_key_.PublicKey().ToJwk());
  wrong["kid"] = signer_.kid();
  jwks_ = json{{"keys", {wrong}}}.dump();
  EXPECT_EQ(ReasonOf(TokenOf(Payload())), "TOKEN_KEY_UNKNOWN");
}

TEST_F(Tokens, AChangedAmountIsRefusedAsIsAnyOtherChange) {
  const std::string token = TokenOf(Payload());
  json more = Payload();
  more["cents"] = 6'000;
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  EXPECT_EQ(
      ReasonOf(token.substr(0, first + 1) + crypto::Base64UrlEncode(more.dump()) + token.substr(second)),
      "TOKEN_CHANGED");
  // The last symbol of a segment is left out: some of its bits mean nothing, and it is refused for its form.
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(ReasonOf(changed), "") << at;
  }
  EXPECT_EQ(ReasonOf(token), "");
}

TEST_F(Tokens, OneWhoseTimeHasPassedIsRefusedFromThatSecondOn) {
  const std::string token = TokenOf(Payload());
  now_ = Instant(std::chrono::seconds(1'826'791'200)) - std::chrono::microseconds(1);
  EXPECT_EQ(ReasonOf(token), "");
  now_ += std::chrono::microseconds(1);
  EXPECT_EQ(ReasonOf(token), "TOKEN_EXPIRED");
}

TEST_F(Tokens, WhatIsNoTokenIsCalledSo) {
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("7K2QX"),
        std::string("https://example.org"), std::string(9'000, 'A'),
        crypto::Base64UrlEncode("[]") + ".e30.e30", crypto::Base64UrlEncode("{}") + ".e30.e30"}) {
    EXPECT_EQ(ReasonOf(text), "TOKEN_MALFORMED") << text.substr(0, 40);
  }
  const std::string token = TokenOf(Payload());
  EXPECT_EQ(ReasonOf(token.substr(0, token.rfind('.'))), "TOKEN_MALFORMED") << "cut off";
}

TEST_F(Tokens, APayloadThatIsNoVouchersIsRefusedThoughSigned) {
  for (const char* field : {"iss", "jti", "num", "cents", "cur", "iat", "exp"}) {
    json less = Payload();
    less.erase(field);
    EXPECT_EQ(ReasonOf(TokenOf(less)), "TOKEN_MALFORMED") << field;
    json other = Payload();
    other[field] = json::array();
    EXPECT_EQ(ReasonOf(TokenOf(other)), "TOKEN_MALFORMED") << field;
  }
  for (const json& cents : {json(-1), json(40.5), json("4000"), json(18'446'744'073'709'551'615U)}) {
    json wrong = Payload();
    wrong["cents"] = cents;
    EXPECT_EQ(ReasonOf(TokenOf(wrong)), "TOKEN_MALFORMED") << cents;
  }
  json dollars = Payload();
  dollars["cur"] = "USD";
  EXPECT_EQ(ReasonOf(TokenOf(dollars)), "TOKEN_MALFORMED");
  json endless = Payload();
  endless["exp"] = 9'223'372'036'854'775'807;
  EXPECT_EQ(ReasonOf(TokenOf(endless)), "TOKEN_MALFORMED");
}

TEST_F(Tokens, AKeySetThatCannotBeReadIsNamed) {
  for (const std::string& jwks :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"keys":{}})"),
        std::string(R"({"keys":["x"]})"), std::string(70'000, ' ')}) {
    jwks_ = jwks;
    const auto checked = Check(TokenOf(Payload()));
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().reason, "KEYS_NOT_VALID");
    EXPECT_EQ(checked.error().field, "jwks");
  }
}

TEST_F(Tokens, AKeyThatIsNoPointOfTheCurveIsLeftOut) {
  json bent = json::parse(key_.PublicKey().ToJwk());
  bent["y"] = bent["x"];
  jwks_ = json{{"keys", {bent}}}.dump();
  EXPECT_EQ(ReasonOf(TokenOf(Payload())), "TOKEN_KEY_UNKNOWN");
  bent["y"] = "AAAA";
  jwks_ = json{{"keys", {bent}}}.dump();
  EXPECT_EQ(ReasonOf(TokenOf(Payload())), "TOKEN_KEY_UNKNOWN");
}

TEST_F(Tokens, MessagesAreInThePersonsLanguage) {
  EXPECT_THAT(Check("x", "nl").error().message, HasSubstr("geen bon"));
  EXPECT_THAT(Check("x", "en").error().message, HasSubstr("no voucher"));
}

// ---- An independent JOSE

TEST_F(Tokens, AnIndependentJoseReadsThemAndOursReadsItsOwn) {
  const brug::TemporaryFolder folder(brug::TemporaryFolder::InMemory());
  const auto write = [&folder](const std::string& name, const std::string& text) {
    std::ofstream(folder.path() + "/" + name) << text;
  };
  write("jwks.json", jwks_);
  write("token", TokenOf(Payload()));
  const auto read =
      tidy::RunCommand("node '" BRUG_SOURCE_DIR "/tests/unit/voucher_token.mjs' '" + folder.path() + "'");
  ASSERT_EQ(read.exit_code, 0) << read.output;
  const json said = json::parse(read.output);
  EXPECT_EQ(said["payload"], Payload());
  EXPECT_EQ(said["header"]["kid"], signer_.kid());
  EXPECT_EQ(said["changed"], "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") << "it can refuse";
  jwks_ = said["own_jwks"].dump();
  const auto checked = Check(said["own_token"]);
  ASSERT_TRUE(checked.ok()) << checked.error().reason;
  EXPECT_EQ(checked->amount_cents, 2'500);
}

// ---- The QR

class Qr : public Tokens {
 protected:
  // What an independent reader sees in the picture.
  std::string Scan(const std::string& png) {
    std::ofstream(folder_.path() + "/qr.png", std::ios::binary) << png;
    return tidy::RunCommand("zbarimg --nodbus --quiet --raw -Sbinary '" + folder_.path() + "/qr.png'").output;
  }

  brug::TemporaryFolder folder_{brug::TemporaryFolder::InMemory()};
};

TEST_F(Qr, AnIndependentReaderReadsTheTokenFromThePng) {
  const std::string token = TokenOf(Payload());
  for (const int pixels : {2, 6, 16}) {
    const auto png = DrawQrPng(token, {.dot_pixels = pixels});
    ASSERT_TRUE(png.ok()) << png.error().reason;
    EXPECT_THAT(*png, StartsWith("\x89PNG\r\n"));
    EXPECT_EQ(Scan(*png), token) << pixels;
  }
  EXPECT_EQ(ReasonOf(Scan(DrawQrPng(token).value())), "") << "and it is good";
}

TEST_F(Qr, AnotherTextGivesAnotherPicture) { EXPECT_EQ(Scan(DrawQrPng("een ander").value()), "een ander"); }

TEST_F(Qr, TheTextForATerminalShowsTheSameDots) {
  const std::string token = TokenOf(Payload());
  for (const bool dark_ground : {true, false}) {
    const auto lines = DrawQrText(token, {.dark_ground = dark_ground});
    ASSERT_TRUE(lines.ok());
    // Two pixels for each character, as a terminal would paint it: a plain picture that zbar can read.
    std::vector<std::string> rows;
    std::istringstream in(*lines);
    for (std::string line; std::getline(in, line);) {
      std::string upper;
      std::string lower;
      for (std::size_t at = 0; at < line.size();) {
        const bool blank = line[at] == ' ';
        const std::string block = blank ? " " : line.substr(at, 3);
        at += block.size();
        const bool top = block == "\u2588" || block == "\u2580";
        const bool bottom = block == "\u2588" || block == "\u2584";
        upper += top == dark_ground ? "255 255 255 255 " : "0 0 0 0 ";
        lower += bottom == dark_ground ? "255 255 255 255 " : "0 0 0 0 ";
      }
      for (int i = 0; i < 4; ++i) rows.push_back(upper);
      for (int i = 0; i < 4; ++i) rows.push_back(lower);
    }
    const auto columns = std::count(rows[0].begin(), rows[0].end(), ' ');
    EXPECT_LE(columns / 4, 100) << "fits a terminal";
    std::ofstream picture(folder_.path() + "/qr.pgm");
    picture << "P2\n" << columns << " " << rows.size() << "\n255\n";
    for (const auto& row : rows) picture << row << "\n";
    picture.close();
    const auto read =
        tidy::RunCommand("zbarimg --nodbus --quiet --raw -Sbinary '" + folder_.path() + "/qr.pgm'");
    EXPECT_EQ(read.output, token) << "dark ground: " << dark_ground;
  }
}

TEST_F(Qr, WhatCannotBeDrawnIsNamed) {
  EXPECT_EQ(DrawQrPng("").error().reason, "MISSING");
  EXPECT_EQ(DrawQrText("").error().reason, "MISSING");
  EXPECT_TRUE(DrawQrPng(std::string(2'331, 'a'), {.dot_pixels = 1}).ok());
  EXPECT_EQ(DrawQrPng(std::string(2'332, 'a')).error().reason, "TEXT_TOO_LONG");
  EXPECT_EQ(DrawQrText(std::string(2'332, 'a')).error().reason, "TEXT_TOO_LONG");
  EXPECT_EQ(DrawQrPng("x", {.dot_pixels = 0}).error().field, "dot_pixels");
  EXPECT_EQ(DrawQrPng("x", {.dot_pixels = 33}).error().reason, "OUT_OF_RANGE");
  EXPECT_THAT(DrawQrPng("", {.language = "en"}).error().message, HasSubstr("nothing"));
}

}  // namespace
}  // namespace brug
