#include <brug/key_store.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "client-sdk/src/vault/error.h"
#include "client-sdk/src/vault/private_file.h"
#include "proto/crypto/random.h"
#include "proto/crypto/seal.h"
#include "proto/crypto/signature.h"

namespace brug {

using sdk::KeyStoreFailed;

// The three files: sealing.key, device.key and nonce. Each key is read, or made, when it is first needed.
class FileKeyStore::Files {
 public:
  explicit Files(std::string directory) : directory_(std::move(directory)) {}

  Result<std::string> Wrap(std::string_view key) {
    auto loaded = LoadSealingKey();
    if (!loaded.ok()) return loaded.error();
    return sealing_key_->Seal(key, kWrapPurpose, random_);
  }

  Result<std::string> Unwrap(std::string_view wrapped) {
    auto loaded = LoadSealingKey();
    if (!loaded.ok()) return loaded.error();
    auto key = sealing_key_->Open(wrapped, kWrapPurpose);
    if (!key.has_value()) return KeyStoreFailed();
    return std::move(*key);
  }

  Result<std::string> PublicKey() {
    auto loaded = LoadDeviceKey();
    if (!loaded.ok()) return loaded.error();
    return device_key_->PublicKey().spki_der();
  }

  Result<std::string> Sign(std::string_view message) {
    auto loaded = LoadDeviceKey();
    if (!loaded.ok()) return loaded.error();
    return device_key_->Sign(message);
  }

  Result<std::string> LoadNonce() {
    auto nonce = sdk::ReadPrivateFile(PathOf("nonce"));
    if (!nonce.ok()) return nonce.error();
    return std::move(*nonce).value_or(std::string());
  }

  Result<void> StoreNonce(std::string_view nonce) { return Write("nonce", nonce); }

  Result<void> Destroy() {
    sealing_key_.reset();
    device_key_.reset();
    for (const char* name : {"sealing.key", "device.key", "nonce"}) {
      auto shredded = sdk::ShredPrivateFile(PathOf(name));
      if (!shredded.ok()) return shredded;
    }
    return {};
  }

 private:
  static constexpr std::string_view kWrapPurpose = "brug/1 file key store wrap";

  [[nodiscard]] std::string PathOf(const char* name) const {
    return (std::filesystem::path(directory_) / name).string();
  }

  Result<void> Write(const char* name, std::string_view bytes) {
    auto made = sdk::MakePrivateDirectory(directory_);
    return made.ok() ? sdk::WritePrivateFile(PathOf(name), bytes) : made;
  }

  Result<void> LoadSealingKey() {
    if (sealing_key_.has_value()) return {};
    auto bytes = sdk::ReadPrivateFile(PathOf("sealing.key"));
    if (!bytes.ok()) return bytes.error();
    if (!bytes->has_value()) {
      auto fresh = crypto::SealingKey::Generate(random_);
      auto written = Write("sealing.key", fresh.bytes());
      if (!written.ok()) return written;
      sealing_key_ = std::move(fresh);
      return {};
    }
    sealing_key_ = crypto::SealingKey::FromBytes(**bytes);
    crypto::WipeAndClear(**bytes);
    return sealing_key_.has_value() ? Result<void>() : Result<void>(KeyStoreFailed());
  }

  Result<void> LoadDeviceKey() {
    if (device_key_.has_value()) return {};
    auto pem = sdk::ReadPrivateFile(PathOf("device.key"));
    if (!pem.ok()) return pem.error();
    if (!pem->has_value()) {
      auto fresh = crypto::SigningKey::Generate(random_);
      auto written = Write("device.key", fresh.ToPkcs8Pem().view());
      if (!written.ok()) return written;
      device_key_ = std::move(fresh);
      return {};
    }
    device_key_ = crypto::SigningKey::FromPkcs8Pem(**pem);
    crypto::WipeAndClear(**pem);
    return device_key_.has_value() ? Result<void>() : Result<void>(KeyStoreFailed());
  }

  std::string directory_;
  crypto::SystemRandom random_;
  std::optional<crypto::SealingKey> sealing_key_;
  std::optional<crypto::SigningKey> device_key_;
};

FileKeyStore::FileKeyStore(std::string directory) : files_(std::make_unique<Files>(std::move(directory))) {}
FileKeyStore::~FileKeyStore() = default;

Result<std::string> FileKeyStore::Wrap(std::string_view key) { return files_->Wrap(key); }
Result<std::string> FileKeyStore::Unwrap(std::string_view wrapped) { return files_->Unwrap(wrapped); }
Result<std::string> FileKeyStore::PublicKey() { return files_->PublicKey(); }
Result<std::string> FileKeyStore::Sign(std::string_view message) { return files_->Sign(message); }
Result<std::string> FileKeyStore::LoadNonce() { return files_->LoadNonce(); }
Result<void> FileKeyStore::StoreNonce(std::string_view nonce) { return files_->StoreNonce(nonce); }
Result<void> FileKeyStore::Destroy() { return files_->Destroy(); }

}  // namespace brug
