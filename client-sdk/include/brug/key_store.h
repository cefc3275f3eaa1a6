#pragma once

#include <brug/result.h>

#include <memory>
#include <string>
#include <string_view>

namespace brug {

// Where an app keeps the two keys of a device: one that seals other keys, and a P-256 pair that proves who
// the device is. A phone implements it on its secure hardware; `FileKeyStore` is for desktops. Neither key
// ever leaves the store.
//
// All texts here are bytes. Thread safety: the SDK calls from one thread at a time. Any call may fail with an
// Error, which the SDK passes on with reason KEY_STORE_FAILED; nothing is retried.
class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // Seals `key` (32 bytes) so that only this store can open it. The store makes its own key at the first
  // call.
  virtual Result<std::string> Wrap(std::string_view key) = 0;

  // Opens what Wrap gave. Fails when it was changed, comes from another store, or the store's key was
  // destroyed.
  virtual Result<std::string> Unwrap(std::string_view wrapped) = 0;

  // The device's public key: P-256, SubjectPublicKeyInfo in DER, 91 bytes. The pair is made at the first
  // call.
  virtual Result<std::string> PublicKey() = 0;

  // ECDSA over SHA-256 of `message` with the device's private key: r and s, 32 bytes each, most significant
  // first.
  virtual Result<std::string> Sign(std::string_view message) = 0;

  // A slot for a few bytes, outside of what a backup of the app's files holds. With it a replica notices that
  // its files were put back or copied. Empty when nothing was stored yet.
  virtual Result<std::string> LoadNonce() = 0;
  virtual Result<void> StoreNonce(std::string_view nonce) = 0;

  // Destroys both keys and the slot for good; what was wrapped can never be read again. Doing it twice is
  // fine. A later Wrap or PublicKey begins anew with other keys.
  virtual Result<void> Destroy() = 0;
};

// Keeps the keys in files that only their owner can read (mode 0600), in a directory (mode 0700) that it
// makes when needed. Whoever can read the files can read the replica: for desktops, demonstrations and tests.
// Each write is on disk (fsync) before its call returns. Keep the directory out of what backs up the replica,
// or a restored replica is not noticed.
class FileKeyStore final : public KeyStore {
 public:
  explicit FileKeyStore(std::string directory);
  ~FileKeyStore() override;

  Result<std::string> Wrap(std::string_view key) override;
  Result<std::string> Unwrap(std::string_view wrapped) override;
  Result<std::string> PublicKey() override;
  Result<std::string> Sign(std::string_view message) override;
  Result<std::string> LoadNonce() override;
  Result<void> StoreNonce(std::string_view nonce) override;
  Result<void> Destroy() override;

 private:
  class Files;

  std::unique_ptr<Files> files_;
};

}  // namespace brug
