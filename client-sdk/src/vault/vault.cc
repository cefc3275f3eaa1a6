#include "client-sdk/src/vault/vault.h"

#include <string>
#include <utility>

#include "client-sdk/src/vault/error.h"
#include "proto/crypto/hash.h"

namespace brug::sdk {
namespace {

void AppendNumber(Bytes& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((number >> shift) & 0xFF));
  }
}

// Each part with its length, so that no two places are written alike.
Bytes AssociatedData(const Place& place) {
  Bytes out;
  out.reserve(16 + place.kind.size() + place.owner.size());
  AppendNumber(out, place.kind.size(), 4);
  out += place.kind;
  AppendNumber(out, place.owner.size(), 4);
  out += place.owner;
  AppendNumber(out, static_cast<std::uint64_t>(place.number), 8);
  return out;
}

Result<Bytes> OpenSealed(const crypto::SealingKey& key, std::string_view sealed, const Place& place) {
  auto plaintext = key.Open(sealed, AssociatedData(place));
  if (!plaintext.has_value()) return StorageDamaged();
  return std::move(*plaintext);
}

Bytes Token(const crypto::SealingKey& key, char group, std::string_view id) {
  Bytes named(1, group);
  named += id;
  return crypto::HmacSha256(key.bytes(), named).substr(0, kTokenBytes);
}

Place DossierKeyPlace(std::string_view dossier_id) {
  return Place{.kind = "dossier key", .owner = dossier_id};
}

}  // namespace

DossierKey::DossierKey(crypto::SealingKey key)
    : key_(std::move(key)),
      sealing_key_(crypto::DeriveKey(key_, "brug/1 replica seal")),
      index_key_(crypto::DeriveKey(key_, "brug/1 replica index")) {}

Bytes DossierKey::RecordToken(std::string_view record_id) const { return Token(index_key_, 'r', record_id); }

Bytes DossierKey::ParentToken(std::string_view parent) const {
  return parent.empty() ? Bytes() : Token(index_key_, 'p', parent);
}

Bytes DossierKey::VoucherToken(std::string_view voucher_id) const {
  return Token(index_key_, 'v', voucher_id);
}

Bytes DossierKey::Seal(std::string_view plaintext, const Place& place, crypto::RandomSource& random) const {
  return sealing_key_.Seal(plaintext, AssociatedData(place), random);
}

Result<Bytes> DossierKey::Open(std::string_view sealed, const Place& place) const {
  return OpenSealed(sealing_key_, sealed, place);
}

Vault::Vault(crypto::SealingKey key, Bytes wrapped_key)
    : key_(std::move(key)),
      index_key_(crypto::DeriveKey(key_, "brug/1 replica index")),
      wrapped_key_(std::move(wrapped_key)) {}

Result<Vault> Vault::Create(KeyStore& key_store, crypto::RandomSource& random) {
  auto key = crypto::SealingKey::Generate(random);
  auto wrapped = key_store.Wrap(key.bytes());
  if (!wrapped.ok()) return FromKeyStore(wrapped.error());
  return Vault(std::move(key), std::move(*wrapped));
}

Result<Vault> Vault::Open(KeyStore& key_store, std::string_view wrapped_key) {
  auto bytes = key_store.Unwrap(wrapped_key);
  if (!bytes.ok()) return FromKeyStore(bytes.error());
  auto key = crypto::SealingKey::FromBytes(*bytes);
  crypto::WipeAndClear(*bytes);
  if (!key.has_value()) return KeyStoreFailed();
  return Vault(std::move(*key), Bytes(wrapped_key));
}

DossierKey Vault::NewDossierKey(crypto::RandomSource& random) {
  return DossierKey(crypto::SealingKey::Generate(random));
}

Bytes Vault::SealDossierKey(const DossierKey& key, std::string_view dossier_id,
                            crypto::RandomSource& random) const {
  return Seal(key.key_.bytes(), DossierKeyPlace(dossier_id), random);
}

Result<DossierKey> Vault::OpenDossierKey(std::string_view sealed, std::string_view dossier_id) const {
  auto bytes = Open(sealed, DossierKeyPlace(dossier_id));
  if (!bytes.ok()) return bytes.error();
  auto key = crypto::SealingKey::FromBytes(*bytes);
  crypto::WipeAndClear(*bytes);
  if (!key.has_value()) return StorageDamaged();
  return DossierKey(std::move(*key));
}

Bytes Vault::RequestToken(std::string_view path, std::string_view content) const {
  Bytes said(path);
  said.push_back('\0');
  return Token(index_key_, 'q', said.append(content));
}

Bytes Vault::Seal(std::string_view plaintext, const Place& place, crypto::RandomSource& random) const {
  return key_.Seal(plaintext, AssociatedData(place), random);
}

Result<Bytes> Vault::Open(std::string_view sealed, const Place& place) const {
  return OpenSealed(key_, sealed, place);
}

}  // namespace brug::sdk
