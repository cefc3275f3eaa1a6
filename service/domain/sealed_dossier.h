#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "brug/v1/log.pb.h"
#include "brug/v1/record.pb.h"
#include "proto/crypto/random.h"
#include "proto/rules/apply.h"
#include "proto/rules/dossier_reader.h"
#include "service/domain/keys.h"
#include "service/storage/dossiers.h"

namespace brug::domain {

// Which dossier, and what opens it.
struct DossierAccess {
  std::string organisation_id;
  std::string dossier_id;
  std::shared_ptr<const DossierKeys> keys;
};

// Bytes to be sealed or opened, and where in the dossier they belong: sealed bytes that are moved elsewhere
// do not open.
struct Place {
  // "record", "log", "outcome", …
  std::string_view kind;
  // The token, mutation id or other name within the kind.
  std::string_view name;
  std::int64_t revision = 0;
};
[[nodiscard]] std::string SealForDossier(const DossierAccess& access, const Place& place,
                                         std::string_view plain, crypto::RandomSource& random);
[[nodiscard]] std::optional<std::string> OpenForDossier(const DossierAccess& access, const Place& place,
                                                        std::string_view sealed);

// The row key of a record, and of the records that hang under `parent`; 16 bytes.
[[nodiscard]] std::string RecordToken(const DossierAccess& access, std::string_view record_id);
[[nodiscard]] std::string ParentToken(const DossierAccess& access, std::string_view parent);

// One dossier's records in clear, read from sealed rows, for the rules. Remembers what it read, so that a
// batch of mutations reads a step once. A row that does not open is damage: it reads as absent and
// `damaged()` says so, upon which whoever decided on it must not commit.
//
// Thread safety: one thread. Valid as long as `reads`.
class SealedDossier final : public rules::DossierReader {
 public:
  SealedDossier(const storage::DossierReads& reads, DossierAccess access);

  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override;
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override;

  // The record in a row; nothing, and damaged() from then on, when it does not open.
  [[nodiscard]] std::optional<v1::Record> Open(const storage::SealedRecord& row) const;
  // What is read from now on includes `record`, which the caller has written.
  void Remember(const v1::Record& record);

  [[nodiscard]] bool damaged() const { return damaged_; }
  [[nodiscard]] const DossierAccess& access() const { return access_; }

 private:
  const storage::DossierReads& reads_;
  const DossierAccess access_;
  mutable std::unordered_map<std::string, std::optional<v1::Record>> read_;
  mutable bool damaged_ = false;
};

// The row that `record` is kept in.
[[nodiscard]] storage::SealedRecord SealRecord(const DossierAccess& access, const v1::Record& record,
                                               crypto::RandomSource& random);

// Deterministic serialisation: what is stored, compared or hashed.
[[nodiscard]] std::string Serialise(const google::protobuf::MessageLite& message);

}  // namespace brug::domain
