#include "service/domain/dossier_digest.h"

#include <limits>

#include "proto/rules/canonical.h"

namespace brug::domain {
namespace {

using crypto::SetDigest;
using platform::Failure;
using platform::Result;

Place DigestPlace(std::int64_t revision) { return {"digest", "", revision}; }

}  // namespace

std::optional<SetDigest> FindDigest(const DossierAccess& access, const storage::DossierHead& head) {
  if (head.sealed_digest.empty()) return std::nullopt;
  const auto bytes = OpenForDossier(access, DigestPlace(head.revision), head.sealed_digest);
  return bytes ? SetDigest::FromBytes(*bytes) : std::nullopt;
}

Result<SetDigest> DigestOf(const SealedDossier& dossier, const storage::DossierReads& reads,
                           const storage::DossierHead& head) {
  if (auto kept = FindDigest(dossier.access(), head)) return *kept;
  SetDigest digest;
  for (const storage::SealedRecord& row :
       reads.RecordsAfter(head.dossier_id, 0, std::numeric_limits<std::int64_t>::max())) {
    const auto record = dossier.Open(row);
    if (!record)
      return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                     .log_detail = "a record of the dossier does not open"};
    if (const auto entry = rules::DigestEntry(*record)) digest.Add(*entry);
  }
  return digest;
}

std::string SealDigest(const DossierAccess& access, std::int64_t revision, const SetDigest& digest,
                       crypto::RandomSource& random) {
  return SealForDossier(access, DigestPlace(revision), digest.bytes(), random);
}

}  // namespace brug::domain
