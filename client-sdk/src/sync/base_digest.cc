#include "client-sdk/src/sync/base_digest.h"

#include "client-sdk/src/replica/base_reader.h"
#include "client-sdk/src/vault/error.h"
#include "proto/rules/canonical.h"

namespace brug::sdk {
namespace {

constexpr Place kDigestPlace{.kind = "digest", .owner = {}};

}  // namespace

Result<BaseDigest> BaseDigest::Open(Replica& replica, const Holding& holding, bool snapshot) {
  if (snapshot) return BaseDigest(replica, holding, crypto::SetDigest());
  const DossierRow& row = holding.row;
  const Bytes& sealed = row.staged_cursor.empty() ? row.sealed_digest : row.sealed_staged_digest;
  if (sealed.empty()) return BaseDigest(replica, holding, std::nullopt);
  auto bytes = holding.key->Open(sealed, kDigestPlace);
  if (!bytes.ok()) return bytes.error();
  const auto digest = crypto::SetDigest::FromBytes(*bytes);
  if (!digest.has_value()) return StorageDamaged();
  return BaseDigest(replica, holding, digest);
}

Result<void> BaseDigest::Replace(const v1::Record& record, const Bytes& token, bool staged) {
  if (!digest_.has_value()) return {};
  auto row = FindBefore(token, staged);
  if (!row.ok()) return row.error();
  if (row->has_value()) {
    auto before = OpenRecord(**row, *holding_->key);
    if (!before.ok()) return before.error();
    if (const auto entry = rules::DigestEntry(*before)) digest_->Remove(*entry);
  }
  if (const auto entry = rules::DigestEntry(record)) digest_->Add(*entry);
  return {};
}

Result<std::optional<RecordRow>> BaseDigest::FindBefore(const Bytes& token, bool staged) const {
  const RowName name{.dossier_id = holding_->row.dossier_id, .token = token};
  if (!staged) return replica_->FindRecord(name);
  auto row = replica_->FindStaged(name);
  if (!row.ok() || row->has_value() || holding_->row.staged_snapshot) return row;
  return replica_->FindRecord(name);
}

std::optional<Bytes> BaseDigest::bytes() const {
  return digest_.has_value() ? std::optional(digest_->bytes()) : std::nullopt;
}

void BaseDigest::KeepStaged(Holding& holding, crypto::RandomSource& random) const {
  holding.row.sealed_staged_digest = Sealed(random);
}

void BaseDigest::KeepRevealed(Holding& holding, crypto::RandomSource& random) const {
  holding.row.sealed_digest = Sealed(random);
  holding.row.sealed_staged_digest.clear();
}

Bytes BaseDigest::Sealed(crypto::RandomSource& random) const {
  return digest_.has_value() ? holding_->key->Seal(digest_->bytes(), kDigestPlace, random) : Bytes();
}

}  // namespace brug::sdk
