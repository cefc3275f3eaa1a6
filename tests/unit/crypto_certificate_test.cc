#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <rapidcheck/gtest.h>

#include <memory>

#include "proto/crypto/certificate.h"
#include "proto/crypto/pem.h"
#include "tests/unit/crypto_samples.h"
#include "tests/unit/crypto_seeded_random.h"

namespace brug::crypto {
namespace {

using namespace std::literals;

constexpr Validity kValidity = {.not_before_unix_s = 1'700'000'000, .not_after_unix_s = 1'900'000'000};
constexpr std::int64_t kWithinUnixS = 1'800'000'000;

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using OwnedX509 = std::unique_ptr<X509, FreeX509>;

OwnedX509 Parse(const std::string& pem) {
  const Bytes der = *PemDecode("CERTIFICATE", pem);
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  return OwnedX509(d2i_X509(nullptr, &in, static_cast<long>(der.size())));
}

// What OpenSSL's own verification says of a TLS server's certificate at that time; X509_V_OK is 0.
int Verification(const std::string& authority_pem, const std::string& server_pem, std::int64_t unix_s) {
  const OwnedX509 authority = Parse(authority_pem);
  const OwnedX509 server = Parse(server_pem);
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, authority.get());
  X509_STORE_CTX* const context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, server.get(), nullptr);
  X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), unix_s);
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context), X509_V_FLAG_X509_STRICT);
  X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return error;
}

class CertificateAuthorityTest : public testing::Test {
 protected:
  std::string Issue(const ServerNames& names) {
    return authority_.IssuePem(server_key_.PublicKey(), names, kValidity, random_).value();
  }
  bool Issues(const ServerNames& names) {
    return authority_.IssuePem(server_key_.PublicKey(), names, kValidity, random_).has_value();
  }

  SeededRandom random_{1};
  CertificateAuthority authority_ = CertificateAuthority::Create("Brug demo", kValidity, random_);
  SigningKey server_key_ = SigningKey::Generate(random_);
};

TEST_F(CertificateAuthorityTest, ItsServersAreTrustedByWhoTrustsIt) {
  const std::string server = Issue({.dns_names = {"localhost"}});
  EXPECT_EQ(Verification(authority_.certificate_pem(), server, kWithinUnixS), X509_V_OK);
  EXPECT_EQ(Verification(authority_.certificate_pem(), server, kValidity.not_before_unix_s), X509_V_OK);
  EXPECT_EQ(Verification(authority_.certificate_pem(), server, kValidity.not_after_unix_s - 1), X509_V_OK);
}

TEST_F(CertificateAuthorityTest, ItsServersAreTrustedOnlyWhileValid) {
  const std::string server = Issue({.dns_names = {"localhost"}});
  EXPECT_NE(Verification(authority_.certificate_pem(), server, kValidity.not_before_unix_s - 1), X509_V_OK);
  EXPECT_NE(Verification(authority_.certificate_pem(), server, kValidity.not_after_unix_s + 1), X509_V_OK);
}

TEST_F(CertificateAuthorityTest, ItsServersAreNotTrustedByWhoTrustsAnother) {
  const auto other = CertificateAuthority::Create("Brug demo", kValidity, random_);
  EXPECT_NE(Verification(other.certificate_pem(), Issue({.dns_names = {"localhost"}}), kWithinUnixS),
            X509_V_OK);
}

TEST_F(CertificateAuthorityTest, AServerAnswersToItsNamesAlone) {
  const OwnedX509 server =
      Parse(Issue({.dns_names = {"localhost", "*.brug.example"}, .ip_addresses = {"127.0.0.1", "::1"}}));
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(server.get(), "alphen.brug.example", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "other.example", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_host(server.get(), "Brug server", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.2", 0), 0);
}

TEST_F(CertificateAuthorityTest, AnAddressAloneIsName) {
  EXPECT_TRUE(Issues({.ip_addresses = {"127.0.0.1"}}));
}

TEST_F(CertificateAuthorityTest, WhatIsNoNameIsRefused) {
  EXPECT_FALSE(Issues({}));
  for (const std::string& name : {""s,
                                  "."s,
                                  "a..b"s,
                                  ".a"s,
                                  "a."s,
                                  "-a"s,
                                  "a-"s,
                                  "a b"s,
                                  "a_b"s,
                                  "127.0.0.1"s,
                                  "*"s,
                                  "*."s,
                                  "a.*.b"s,
                                  "*a.b"s,
                                  "a\0b"s,
                                  "DNS:a"s,
                                  "a@b"s,
                                  "a[b"s,
                                  "a`b"s,
                                  "a{b"s,
                                  "a/b"s,
                                  "a.1"s,
                                  "caf\u00e9.nl"s,
                                  std::string(64, 'a'),
                                  std::string(254, 'a')}) {
    EXPECT_FALSE(Issues({.dns_names = {"localhost", name}})) << name;
  }
  for (const std::string& address : {""s, "localhost"s, "256.0.0.1"s, "1.2.3"s, ":::"s}) {
    EXPECT_FALSE(Issues({.ip_addresses = {"127.0.0.1", address}})) << address;
  }
  EXPECT_TRUE(Issues({.dns_names = {std::string(63, 'a') + ".A9-z.nl", "a.1-2"}}));
}

TEST_F(CertificateAuthorityTest, SerialsDiffer) {
  const OwnedX509 one = Parse(Issue({.dns_names = {"localhost"}}));
  const OwnedX509 other = Parse(Issue({.dns_names = {"localhost"}}));
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.get()), X509_get0_serialNumber(other.get())), 0);
}

TEST_F(CertificateAuthorityTest, AServerIsNoAuthority) {
  const OwnedX509 server = Parse(Issue({.dns_names = {"localhost"}}));
  EXPECT_EQ(X509_get_extension_flags(server.get()) & EXFLAG_CA, 0u);
  EXPECT_EQ(X509_get_key_usage(server.get()), static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_extended_key_usage(server.get()), static_cast<std::uint32_t>(XKU_SSL_SERVER));
}

TEST_F(CertificateAuthorityTest, ItSignsServersAndNoFurtherAuthority) {
  const OwnedX509 authority = Parse(authority_.certificate_pem());
  EXPECT_EQ(X509_check_ca(authority.get()), 1);
  EXPECT_EQ(X509_get_pathlen(authority.get()), 0);
  EXPECT_EQ(X509_get_key_usage(authority.get()), static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
}

TEST_F(CertificateAuthorityTest, FactsAreThoseOfTheServersKey) {
  const auto facts = ReadCertificate(Issue({.dns_names = {"localhost"}}));
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->key_type, KeyType::kEcdsaP256);
  EXPECT_EQ(facts->spki_pin, SpkiPin(server_key_.PublicKey().spki_der()));
  EXPECT_EQ(facts->validity.not_before_unix_s, kValidity.not_before_unix_s);
  EXPECT_EQ(facts->validity.not_after_unix_s, kValidity.not_after_unix_s);
}

TEST_F(CertificateAuthorityTest, OfAChainTheFirstIsRead) {
  const auto facts = ReadCertificate(Issue({.dns_names = {"localhost"}}) + authority_.certificate_pem());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->spki_pin, SpkiPin(server_key_.PublicKey().spki_der()));
}

TEST_F(CertificateAuthorityTest, WhatAProgrammerGetsWrongIsAnAssertion) {
  constexpr Validity kBackwards = {.not_before_unix_s = 2, .not_after_unix_s = 1};
  constexpr Validity kBefore1970 = {.not_before_unix_s = -1, .not_after_unix_s = 1};
  constexpr Validity kAfter9999 = {.not_before_unix_s = 1, .not_after_unix_s = 253402300800};
  for (const Validity& validity : {kBackwards, kBefore1970, kAfter9999}) {
    EXPECT_DEATH((void)CertificateAuthority::Create("Brug", validity, random_), "validity");
  }
  EXPECT_DEATH((void)CertificateAuthority::Create("", kValidity, random_), "common name");
  EXPECT_DEATH((void)CertificateAuthority::Create(std::string(65, 'a'), kValidity, random_), "common name");
}

TEST(ReadCertificate, TellsTheKeyTypesApart) {
  const struct {
    std::string_view pem;
    KeyType key_type;
    std::string_view pin;
  } certificates[] = {{samples::kP256Certificate, KeyType::kEcdsaP256, samples::kP256Pin},
                      {samples::kP384Certificate, KeyType::kEcdsaOther, samples::kP384Pin},
                      {samples::kRsaCertificate, KeyType::kRsa, samples::kRsaPin},
                      {samples::kRsaPssCertificate, KeyType::kRsa, samples::kRsaPssPin},
                      {samples::kEd25519Certificate, KeyType::kOther, samples::kEd25519Pin}};
  for (const auto& certificate : certificates) {
    const auto facts = ReadCertificate(certificate.pem);
    ASSERT_TRUE(facts.has_value()) << certificate.pem;
    EXPECT_EQ(facts->key_type, certificate.key_type) << certificate.pem;
    EXPECT_EQ(facts->spki_pin, certificate.pin);
  }
}

TEST(ReadCertificate, TellsWhenItIsValid) {
  const auto facts = ReadCertificate(samples::kP256Certificate);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->validity.not_before_unix_s, samples::kP256CertificateNotBeforeUnixS);
  EXPECT_EQ(facts->validity.not_after_unix_s, samples::kP256CertificateNotAfterUnixS);
}

TEST(ReadCertificate, WithAnUnknownKeyIsOfAnotherType) {
  Bytes der = *PemDecode("CERTIFICATE", samples::kEd25519Certificate);
  const std::size_t key_algorithm_at = der.find("\x30\x05\x06\x03\x2b\x65\x70\x03"sv);
  ASSERT_NE(key_algorithm_at, Bytes::npos);
  der[key_algorithm_at + 6] = '\x7f';
  const auto facts = ReadCertificate(PemEncode("CERTIFICATE", der));
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->key_type, KeyType::kOther);
}

TEST(ReadCertificate, WhatIsNoneIsRefusedAndLeavesNoErrorBehind) {
  ERR_clear_error();
  EXPECT_FALSE(ReadCertificate("").has_value());
  EXPECT_FALSE(ReadCertificate(samples::kP256Key).has_value());
  const Bytes der = *PemDecode("CERTIFICATE", samples::kP256Certificate);
  EXPECT_FALSE(ReadCertificate(PemEncode("CERTIFICATE", der + '\0')).has_value());
  for (std::size_t size = 1; size < der.size(); ++size) {
    EXPECT_FALSE(ReadCertificate(PemEncode("CERTIFICATE", der.substr(0, size))).has_value()) << size;
  }
  EXPECT_EQ(ERR_peek_error(), 0u);
}

RC_GTEST_PROP(ReadCertificate, SurvivesDamage, ()) {
  Bytes der = *PemDecode("CERTIFICATE", samples::kP256Certificate);
  const auto at = *rc::gen::inRange<std::size_t>(0, der.size());
  der[at] = *rc::gen::arbitrary<char>();
  (void)ReadCertificate(PemEncode("CERTIFICATE", der));
}

RC_GTEST_PROP(Pem, GivesBackWhatWasWritten, (const Bytes& der)) {
  RC_PRE(!der.empty());
  RC_ASSERT(PemDecode("BRUG", "before\n" + PemEncode("OTHER", "x") + PemEncode("BRUG", der) + "after") ==
            der);
}

TEST(PemDeathTest, NothingIsNoContent) {
  EXPECT_DEATH((void)PemEncode("CERTIFICATE", ""), "a PEM block has");
}

TEST(Pem, OtherLabelsDamageAndEncryptionAreRefused) {
  const std::string pem = PemEncode("CERTIFICATE", "content");
  EXPECT_FALSE(PemDecode("PRIVATE KEY", pem).has_value());
  EXPECT_FALSE(PemDecode("CERT", pem).has_value());
  EXPECT_FALSE(PemDecode("CERTIFICATE", pem.substr(0, pem.size() - 10)).has_value());
  EXPECT_FALSE(
      PemDecode("CERTIFICATE", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n").has_value());
  EXPECT_FALSE(PemDecode("CERTIFICATE",
                         "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                         "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n"
                         "Y29udGVudA==\n-----END CERTIFICATE-----\n")
                   .has_value());
  EXPECT_FALSE(PemDecode("CERTIFICATE", pem + std::string(kPemBytesMax, ' ')).has_value());
}

}  // namespace
}  // namespace brug::crypto
