#pragma once

#include <brug/key_store.h>
#include <brug/result.h>

#include <cstdint>
#include <string_view>

#include "proto/crypto/random.h"
#include "proto/crypto/seal.h"

// Encryption at rest: what the replica and the outbox keep is sealed here and nowhere else.
//
//   key store  wraps  replica key  seals  dossier keys, account, statements, templates, requests
//                                  dossier key  seals  records, mutations, outcomes, voucher codes; names
//                                  rows
//
// Forgetting a dossier's key makes all of that dossier unreadable; destroying the key store's, everything.
namespace brug::sdk {

using crypto::Bytes;

inline constexpr std::size_t kTokenBytes = 16;

// What sealed bytes are and where they belong: moved to another place they do not open.
struct Place {
  std::string_view kind;    // as "record"; without a zero byte
  std::string_view owner;   // dossier id, token or record id, whatever names the row; may be empty
  std::int64_t number = 0;  // revision, ordinal or statement number
};

// The key of one dossier on this device. Thread safety: const calls from any number of threads.
class DossierKey {
 public:
  explicit DossierKey(crypto::SealingKey key);

  // What a row is called: the same id gives the same token, and no token tells its id or which other dossier
  // has it.
  [[nodiscard]] Bytes RecordToken(std::string_view record_id) const;
  // Of a parent as rules::ParentOf names it; empty for none.
  [[nodiscard]] Bytes ParentToken(std::string_view parent) const;
  // Of the row that keeps a voucher's code: it does not tell which record is that voucher.
  [[nodiscard]] Bytes VoucherToken(std::string_view voucher_id) const;

  [[nodiscard]] Bytes Seal(std::string_view plaintext, const Place& place,
                           crypto::RandomSource& random) const;
  // Error: STORAGE_DAMAGED.
  [[nodiscard]] Result<Bytes> Open(std::string_view sealed, const Place& place) const;

 private:
  friend class Vault;

  crypto::SealingKey key_;
  crypto::SealingKey sealing_key_;
  crypto::SealingKey index_key_;
};

// Holds the replica key while the replica is open. Thread safety: const calls from any number of threads.
class Vault {
 public:
  // A new replica key. Errors: KEY_STORE_FAILED.
  [[nodiscard]] static Result<Vault> Create(KeyStore& key_store, crypto::RandomSource& random);
  // The replica key of an earlier Create. Errors: KEY_STORE_FAILED, also when the store's key is another one.
  [[nodiscard]] static Result<Vault> Open(KeyStore& key_store, std::string_view wrapped_key);

  // What Open needs; to be kept with the replica.
  [[nodiscard]] const Bytes& wrapped_key() const { return wrapped_key_; }

  [[nodiscard]] static DossierKey NewDossierKey(crypto::RandomSource& random);
  [[nodiscard]] Bytes SealDossierKey(const DossierKey& key, std::string_view dossier_id,
                                     crypto::RandomSource& random) const;
  // Error: STORAGE_DAMAGED.
  [[nodiscard]] Result<DossierKey> OpenDossierKey(std::string_view sealed, std::string_view dossier_id) const;

  // What a row is called that keeps a request: the same for the same path and content, and tells neither.
  [[nodiscard]] Bytes RequestToken(std::string_view path, std::string_view content) const;

  [[nodiscard]] Bytes Seal(std::string_view plaintext, const Place& place,
                           crypto::RandomSource& random) const;
  // Error: STORAGE_DAMAGED.
  [[nodiscard]] Result<Bytes> Open(std::string_view sealed, const Place& place) const;

 private:
  Vault(crypto::SealingKey key, Bytes wrapped_key);

  crypto::SealingKey key_;
  crypto::SealingKey index_key_;
  Bytes wrapped_key_;
};

}  // namespace brug::sdk
