#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/crypto/random.h"
#include "proto/crypto/seal.h"
#include "proto/crypto/signature.h"
#include "service/platform/result.h"
#include "service/storage/registry.h"

namespace brug::domain {

// The keys of one organisation, unwrapped. Never changes; shared by whoever is using it.
struct OrganisationKeys {
  std::string organisation_id;
  // Wraps the keys of dossiers and of signing.
  crypto::SealingKey wrapping;
  // Seals what concerns staff and the organisation itself.
  crypto::SealingKey sealing;
  // Authenticates cursors and page tokens.
  crypto::SealingKey cursors;
  // What voucher codes are looked up by.
  crypto::SealingKey codes;
  // Distinct keys: never two things signed with one.
  crypto::SigningKey session;
  crypto::SigningKey statement;
  // At least one, oldest first: the newest signs, all verify, so that a voucher outlives its key.
  std::vector<crypto::SigningKey> vouchers;
};

// The keys of one dossier, unwrapped. Never changes.
struct DossierKeys {
  // Seals records, log, outcomes and whatever else concerns the client.
  crypto::SealingKey sealing;
  // Turns record ids into tokens.
  crypto::SealingKey tokens;
};

// How many dossiers' keys stay unwrapped in memory; beyond, some are forgotten and unwrapped again when
// needed.
inline constexpr std::size_t kDossierKeysCachedMax = 100'000;

// Hands out keys: key file -> organisation -> dossier, each wrapped by the one before it, the wrapped ones in
// KeyStore. A key is made when it is first asked for by MakeOrganisation or MakeDossier, and never by
// reading.
//
// Thread safety: any number of threads. A failure of the key store is STORAGE_UNAVAILABLE; a wrapped key that
// does not open (another key file) is INTERNAL and will not get better by trying again.
class KeyRing {
 public:
  // `master` is the key from the key file.
  KeyRing(storage::KeyStore& store, crypto::SealingKey master, crypto::RandomSource& random);

  [[nodiscard]] platform::Result<std::shared_ptr<const OrganisationKeys>> MakeOrganisation(
      const std::string& organisation_id);
  // Unwraps the keys of an organisation that was made before; INTERNAL when there are none.
  [[nodiscard]] platform::Result<std::shared_ptr<const OrganisationKeys>> Organisation(
      const std::string& organisation_id);

  // Makes the key that signs vouchers after those of `before`, unless it is there: asking again makes no
  // other. Answers the organisation's keys as they are from now on; who holds `before` goes on signing with
  // its newest.
  [[nodiscard]] platform::Result<std::shared_ptr<const OrganisationKeys>> RotateVoucherKey(
      const OrganisationKeys& before);

  [[nodiscard]] platform::Result<std::shared_ptr<const DossierKeys>> MakeDossier(
      const OrganisationKeys& organisation, const std::string& dossier_id);
  [[nodiscard]] platform::Result<std::shared_ptr<const DossierKeys>> Dossier(
      const OrganisationKeys& organisation, const std::string& dossier_id);

  // The organisation whose session key has this id, among those that were asked for since the start.
  [[nodiscard]] std::shared_ptr<const OrganisationKeys> FindBySessionKey(std::string_view key_id) const;

  // A key of the service's own, derived from the master key; `info` names the use.
  [[nodiscard]] crypto::SealingKey ServiceKey(std::string_view info) const;

 private:
  struct WrappedAs {
    std::string organisation_id;
    std::string name;
  };
  platform::Result<crypto::SealingKey> SealingKeyOf(const crypto::SealingKey& outer, const WrappedAs& as,
                                                    bool make);
  platform::Result<crypto::SigningKey> SigningKeyOf(const crypto::SealingKey& outer, const WrappedAs& as,
                                                    bool make);
  platform::Result<std::vector<crypto::SigningKey>> VoucherKeysOf(const crypto::SealingKey& wrapping,
                                                                  const std::string& organisation_id,
                                                                  bool make);
  platform::Result<std::string> WrappedBytes(const WrappedAs& as, const std::optional<std::string>& made);
  platform::Result<std::shared_ptr<const OrganisationKeys>> OrganisationOr(const std::string& organisation_id,
                                                                           bool make);
  platform::Result<std::shared_ptr<const OrganisationKeys>> Unwrap(const std::string& organisation_id,
                                                                   bool make);
  platform::Result<std::shared_ptr<const DossierKeys>> DossierOr(const OrganisationKeys& organisation,
                                                                 const std::string& dossier_id, bool make);

  storage::KeyStore& store_;
  const crypto::SealingKey master_;
  crypto::RandomSource& random_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const OrganisationKeys>> organisations_;
  std::unordered_map<std::string, std::shared_ptr<const OrganisationKeys>> by_session_key_;
  std::unordered_map<std::string, std::shared_ptr<const DossierKeys>> dossiers_;
};

}  // namespace brug::domain
