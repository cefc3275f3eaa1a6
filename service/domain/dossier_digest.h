#pragma once

#include "proto/crypto/digest.h"
#include "service/domain/sealed_dossier.h"
#include "service/storage/dossiers.h"

namespace brug::domain {

// The digest over the live records of a dossier at its head's revision, as the head keeps it: sealed, for a
// hash of few words gives them away. Nothing when the head has none, or one that does not open: then it is
// not known until the next mutation has it made anew.
[[nodiscard]] std::optional<crypto::SetDigest> FindDigest(const DossierAccess& access,
                                                          const storage::DossierHead& head);

// The same, made from all records where it is not known: that of a dossier from before there were digests, or
// one that was damaged, once.
[[nodiscard]] platform::Result<crypto::SetDigest> DigestOf(const SealedDossier& dossier,
                                                           const storage::DossierReads& reads,
                                                           const storage::DossierHead& head);

// As a head at `revision` keeps it.
[[nodiscard]] std::string SealDigest(const DossierAccess& access, std::int64_t revision,
                                     const crypto::SetDigest& digest, crypto::RandomSource& random);

}  // namespace brug::domain
