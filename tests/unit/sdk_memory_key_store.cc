#include "tests/unit/sdk_world.h"

namespace brug::sdk {

Result<std::string> MemoryKeyStore::Wrap(std::string_view key) {
  MakeKeys();
  if (fails) return Error{};
  return sealing_key_->Seal(key, "wrap", random_);
}

Result<std::string> MemoryKeyStore::Unwrap(std::string_view wrapped) {
  MakeKeys();
  auto key = sealing_key_->Open(wrapped, "wrap");
  if (fails || !key.has_value()) return Error{};
  return *key;
}

Result<std::string> MemoryKeyStore::PublicKey() {
  MakeKeys();
  if (fails) return Error{};
  return device_key_->PublicKey().spki_der();
}

Result<std::string> MemoryKeyStore::Sign(std::string_view message) {
  MakeKeys();
  if (fails) return Error{};
  return device_key_->Sign(message);
}

Result<void> MemoryKeyStore::StoreNonce(std::string_view fresh) {
  if (fails) return Error{};
  nonce = std::string(fresh);
  return {};
}

Result<void> MemoryKeyStore::Destroy() {
  ++destroyed;
  sealing_key_.reset();
  device_key_.reset();
  nonce.clear();
  return {};
}

void MemoryKeyStore::MakeKeys() {
  if (!sealing_key_) sealing_key_ = crypto::SealingKey::Generate(random_);
  if (!device_key_) device_key_ = crypto::SigningKey::Generate(random_);
}

}  // namespace brug::sdk
