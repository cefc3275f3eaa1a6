#pragma once

#include "proto/crypto/digest.h"
#include "service/domain/sealed_dossier.h"
#include "service/storage/dossiers.h"

namespace brug::domain {

// The digest over the live records of a dossier at its head's revision, as the head keeps it: sealed, for a
// hash of few words gives them away. Fails when it does not open.
[[nodiscard]] platform::Result<std::optional<crypto::SetDigest>> FindDigest(const DossierAccess& access,
                                                                            const storage::DossierHead& head);

// The same, made from all records where the head does not have one: that of a dossier from before there were
// digests, once.
[[nodiscard]] platform::Result<crypto::SetDigest> DigestOf(const SealedDossier& dossier,
                                                           const storage::DossierReads& reads,
                                                           const storage::DossierHead& head);

// As a head at `revision` keeps it.
[[nodiscard]] std::string SealDigest(const DossierAccess& access, std::int64_t revision,
                                     const crypto::SetDigest& digest, crypto::RandomSource& random);

}  // namespace brug::domain
