#pragma once

#include <optional>

#include "brug/v1/record.pb.h"
#include "client-sdk/src/replica/replica.h"
#include "client-sdk/src/sync/holdings.h"
#include "proto/crypto/digest.h"

namespace brug::sdk {

// The digest over what a dossier's base will be once the page that is taken is revealed, kept while its
// records are written one by one.
//
//   digest = sum over the live records of (revealed, unless replaced by a snapshot) + staged
//
// Not known for a base that an earlier version of the SDK wrote: from its next snapshot on it is. Within the
// caller's transaction. Thread safety: one thread.
class BaseDigest {
 public:
  // That of what is there before the page: nothing of it when the page begins a snapshot. Error:
  // STORAGE_DAMAGED.
  [[nodiscard]] static Result<BaseDigest> Open(Replica& replica, const Holding& holding, bool snapshot);

  // `record` is about to be written, to the stage if `staged`. Error: STORAGE_*.
  [[nodiscard]] Result<void> Replace(const v1::Record& record, const Bytes& token, bool staged);

  // 32 bytes; nothing when it is not known.
  [[nodiscard]] std::optional<Bytes> bytes() const;
  // Writes it into the holding's row, for what is staged or what is revealed.
  void KeepStaged(Holding& holding, crypto::RandomSource& random) const;
  void KeepRevealed(Holding& holding, crypto::RandomSource& random) const;

 private:
  BaseDigest(Replica& replica, const Holding& holding, std::optional<crypto::SetDigest> digest)
      : replica_(&replica), holding_(&holding), digest_(digest) {}

  [[nodiscard]] Result<std::optional<RecordRow>> FindBefore(const Bytes& token, bool staged) const;
  [[nodiscard]] Bytes Sealed(crypto::RandomSource& random) const;

  Replica* replica_;
  const Holding* holding_;
  std::optional<crypto::SetDigest> digest_;
};

}  // namespace brug::sdk
