#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/record.pb.h"
#include "client-sdk/src/replica/replica.h"
#include "client-sdk/src/vault/vault.h"
#include "proto/rules/dossier_reader.h"

namespace brug::sdk {

// `record` as the replica keeps it.
[[nodiscard]] RecordRow SealRecord(const v1::Record& record, const DossierKey& key,
                                   crypto::RandomSource& random);
// Error: STORAGE_DAMAGED.
[[nodiscard]] Result<v1::Record> OpenRecord(const RecordRow& row, const DossierKey& key);

// The revealed records of one dossier, read and opened one by one as they are asked for. Replica and key must
// outlive it.
//
// A read that fails answers "nothing" and is remembered: whoever decides on the answers asks TakeError()
// before it counts. Thread safety: one thread.
class BaseReader final : public rules::DossierReader {
 public:
  BaseReader(const Replica& replica, std::string_view dossier_id, const DossierKey& key)
      : replica_(replica), dossier_id_(dossier_id), key_(key) {}

  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override;
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override;

  // The first failure since the last call.
  [[nodiscard]] std::optional<Error> TakeError() const;

 private:
  void Remember(const Error& error) const;

  const Replica& replica_;
  std::string dossier_id_;
  const DossierKey& key_;
  mutable std::optional<Error> error_;
};

}  // namespace brug::sdk
