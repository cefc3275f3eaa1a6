#include "proto/crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "proto/crypto/hash.h"
#include "proto/crypto/key_access.h"
#include "proto/crypto/openssl.h"
#include "proto/crypto/pem.h"

namespace brug::crypto {
namespace {

constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kCommonNameBytesMax = 64;
constexpr std::size_t kDnsNameBytesMax = 253;
constexpr std::size_t kDnsLabelBytesMax = 63;
constexpr std::int64_t kLatestUnixS = 253402300799;  // 9999-12-31T23:59:59Z
constexpr long kX509Version3 = 2;
constexpr const char* kServerCommonName = "Brug server";

using OwnedCertificate = std::unique_ptr<X509, FreedBy<&X509_free>>;
using OwnedExtension = std::unique_ptr<X509_EXTENSION, FreedBy<&X509_EXTENSION_free>>;
using OwnedInteger = std::unique_ptr<ASN1_INTEGER, FreedBy<&ASN1_INTEGER_free>>;
using OwnedName = std::unique_ptr<GENERAL_NAME, FreedBy<&GENERAL_NAME_free>>;
using OwnedNames = std::unique_ptr<GENERAL_NAMES, FreedBy<&GENERAL_NAMES_free>>;

void DemandValid(const Validity& validity) {
  Demand(validity.not_before_unix_s >= 0 && validity.not_before_unix_s <= validity.not_after_unix_s &&
             validity.not_after_unix_s <= kLatestUnixS,
         "a certificate's validity ends before it begins, or lies outside the years 1970 to 9999");
}

void SetSerial(X509* certificate, RandomSource& random) {
  Bytes drawn = RandomBytes(random, kSerialBytes);
  drawn[0] = static_cast<char>((drawn[0] & 0x3f) | 0x40);  // positive, and never zero
  const OwnedBignum number(BN_bin2bn(Data(drawn), kSerialBytes, nullptr));
  const OwnedInteger serial(BN_to_ASN1_INTEGER(number.get(), nullptr));
  Demand(serial != nullptr && X509_set_serialNumber(certificate, serial.get()) == 1,
         "no memory for a serial");
}

void SetCommonName(X509* certificate, std::string_view common_name) {
  Demand(X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                    Data(common_name), static_cast<int>(common_name.size()), -1, 0) == 1,
         "a common name is 1 to 64 bytes of UTF-8");
}

// Everything but the issuer, the extensions and the signature.
OwnedCertificate NewCertificate(const VerifyingKey& key, std::string_view common_name,
                                const Validity& validity, RandomSource& random) {
  DemandValid(validity);
  OwnedCertificate certificate(X509_new());
  Demand(certificate != nullptr && X509_set_version(certificate.get(), kX509Version3) == 1 &&
             X509_set_pubkey(certificate.get(), KeyAccess::Handle(key)) == 1 &&
             ASN1_TIME_set(X509_getm_notBefore(certificate.get()), validity.not_before_unix_s) != nullptr &&
             ASN1_TIME_set(X509_getm_notAfter(certificate.get()), validity.not_after_unix_s) != nullptr,
         "no memory for a certificate");
  SetSerial(certificate.get(), random);
  SetCommonName(certificate.get(), common_name);
  return certificate;
}

// `value` in the notation of x509v3_config(5); never from outside.
void AddExtension(X509* issuer, X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const OwnedExtension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  Demand(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
         "a certificate's extension failed");
}

std::string SignedPem(X509* certificate, const SigningKey& key) {
  Demand(X509_sign(certificate, KeyAccess::Handle(key), EVP_sha256()) > 0, "signing a certificate failed");
  Bytes der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate, &out);
  return PemEncode(PEM_STRING_X509, der);
}

OwnedCertificate ParseCertificate(std::string_view pem) {
  const std::optional<Bytes> der = PemDecode(PEM_STRING_X509, pem);
  if (!der) return nullptr;
  const unsigned char* in = Data(*der);
  OwnedCertificate certificate(d2i_X509(nullptr, &in, static_cast<long>(der->size())));
  if (in != Data(*der) + der->size()) return nullptr;
  return certificate;
}

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 1123 section 2.1.
bool IsDnsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kDnsLabelBytesMax && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return IsLetterOrDigit(c) || c == '-'; });
}

// A host name, or one with "*" as its first label. Its last label is not a number, for that is an address.
bool IsDnsName(std::string_view name) {
  if (name.size() > kDnsNameBytesMax) return false;
  if (name.starts_with("*.")) name.remove_prefix(2);
  std::string_view label;
  while (true) {
    const std::size_t dot = name.find('.');
    label = name.substr(0, dot);
    if (!IsDnsLabel(label)) return false;
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  return !std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Takes over `value`, which may be null: then nothing is added.
bool AddName(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
  if (value == nullptr) return false;
  OwnedName name(GENERAL_NAME_new());
  Demand(name != nullptr, "no memory for a name");
  GENERAL_NAME_set0_value(name.get(), type, value);
  Demand(sk_GENERAL_NAME_push(names, name.get()) > 0, "no memory for a name");
  (void)name.release();
  return true;
}

ASN1_STRING* DnsValue(const std::string& name) {
  if (!IsDnsName(name)) return nullptr;
  ASN1_STRING* const value = ASN1_IA5STRING_new();
  Demand(value != nullptr && ASN1_STRING_set(value, name.data(), static_cast<int>(name.size())) == 1,
         "no memory for a name");
  return value;
}

// Null if there is no name, or one is wrong.
OwnedNames AlternativeNames(const ServerNames& names) {
  if (names.dns_names.empty() && names.ip_addresses.empty()) return nullptr;
  OwnedNames alternatives(GENERAL_NAMES_new());
  Demand(alternatives != nullptr, "no memory for names");
  for (const std::string& name : names.dns_names) {
    if (!AddName(alternatives.get(), GEN_DNS, DnsValue(name))) return nullptr;
  }
  for (const std::string& address : names.ip_addresses) {
    if (!AddName(alternatives.get(), GEN_IPADD, a2i_IPADDRESS(address.c_str()))) return nullptr;
  }
  return alternatives;
}

KeyType KeyTypeOf(const EVP_PKEY* key) {
  if (key == nullptr) return KeyType::kOther;
  if (IsP256(key)) return KeyType::kEcdsaP256;
  if (EVP_PKEY_is_a(key, "EC") == 1) return KeyType::kEcdsaOther;
  if (EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1) return KeyType::kRsa;
  return KeyType::kOther;
}

std::optional<std::int64_t> UnixSeconds(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return timegm(&parts);
}

Bytes SpkiDerOf(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  Demand(size > 0, "a certificate's key cannot be written");
  Bytes spki(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return spki;
}

}  // namespace

CertificateAuthority::CertificateAuthority(SigningKey key, std::string certificate_pem)
    : key_(std::move(key)), certificate_pem_(std::move(certificate_pem)) {}

CertificateAuthority CertificateAuthority::Create(std::string_view common_name, const Validity& validity,
                                                  RandomSource& random) {
  Demand(!common_name.empty() && common_name.size() <= kCommonNameBytesMax, "a common name is 1 to 64 bytes");
  SigningKey key = SigningKey::Generate(random);
  const OwnedCertificate certificate = NewCertificate(key.PublicKey(), common_name, validity, random);
  X509* const self = certificate.get();
  Demand(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1, "no memory for a name");
  AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(self, self, NID_subject_key_identifier, "hash");
  std::string pem = SignedPem(self, key);
  return CertificateAuthority(std::move(key), std::move(pem));
}

std::optional<std::string> CertificateAuthority::IssuePem(const VerifyingKey& server_key,
                                                          const ServerNames& names, const Validity& validity,
                                                          RandomSource& random) const {
  const ErrorScope errors;
  const OwnedNames alternatives = AlternativeNames(names);
  if (alternatives == nullptr) return std::nullopt;
  const OwnedCertificate issuer = ParseCertificate(certificate_pem_);
  const OwnedCertificate certificate = NewCertificate(server_key, kServerCommonName, validity, random);
  X509* const server = certificate.get();
  Demand(X509_set_issuer_name(server, X509_get_subject_name(issuer.get())) == 1, "no memory for a name");
  AddExtension(issuer.get(), server, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(issuer.get(), server, NID_key_usage, "critical,digitalSignature");
  AddExtension(issuer.get(), server, NID_ext_key_usage, "serverAuth");
  AddExtension(issuer.get(), server, NID_subject_key_identifier, "hash");
  AddExtension(issuer.get(), server, NID_authority_key_identifier, "keyid:always");
  Demand(X509_add1_ext_i2d(server, NID_subject_alt_name, alternatives.get(), 0, X509V3_ADD_DEFAULT) == 1,
         "no memory for names");
  return SignedPem(server, key_);
}

std::optional<CertificateFacts> ReadCertificate(std::string_view pem) {
  const ErrorScope errors;
  const OwnedCertificate certificate = ParseCertificate(pem);
  if (certificate == nullptr) return std::nullopt;
  const std::optional<std::int64_t> not_before = UnixSeconds(X509_get0_notBefore(certificate.get()));
  const std::optional<std::int64_t> not_after = UnixSeconds(X509_get0_notAfter(certificate.get()));
  if (!not_before || !not_after) return std::nullopt;
  return CertificateFacts{.key_type = KeyTypeOf(X509_get0_pubkey(certificate.get())),
                          .spki_pin = SpkiPin(SpkiDerOf(certificate.get())),
                          .validity = {*not_before, *not_after}};
}

std::string SpkiPin(std::string_view spki_der) { return Base64Encode(Sha256(spki_der)); }

}  // namespace brug::crypto
