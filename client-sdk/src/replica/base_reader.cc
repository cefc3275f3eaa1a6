#include "client-sdk/src/replica/base_reader.h"

#include <utility>

#include "client-sdk/src/vault/message.h"

namespace brug::sdk {
namespace {

Place RecordPlace(std::string_view token, std::int64_t revision) {
  return Place{.kind = "record", .owner = token, .number = revision};
}

}  // namespace

RecordRow SealRecord(const v1::Record& record, const DossierKey& key, crypto::RandomSource& random) {
  RecordRow row;
  row.token = key.RecordToken(record.record_id());
  row.parent_token = key.ParentToken(rules::ParentOf(record));
  row.revision = record.revision();
  row.sealed = SealMessage(key, record, RecordPlace(row.token, row.revision), random);
  return row;
}

Result<v1::Record> OpenRecord(const RecordRow& row, const DossierKey& key) {
  return OpenMessage<v1::Record>(key, row.sealed, RecordPlace(row.token, row.revision));
}

std::optional<v1::Record> BaseReader::Find(std::string_view record_id) const {
  const Bytes token = key_.RecordToken(record_id);
  auto row = replica_.FindRecord({.dossier_id = dossier_id_, .token = token});
  if (!row.ok()) {
    Remember(row.error());
    return std::nullopt;
  }
  if (!row->has_value()) return std::nullopt;
  auto record = OpenRecord(**row, key_);
  if (record.ok()) return std::move(*record);
  Remember(record.error());
  return std::nullopt;
}

std::vector<v1::Record> BaseReader::ChildrenOf(std::string_view parent) const {
  std::vector<v1::Record> children;
  const Bytes token = key_.ParentToken(parent);
  if (token.empty()) return children;
  auto rows = replica_.ListChildren({.dossier_id = dossier_id_, .token = token});
  if (!rows.ok()) {
    Remember(rows.error());
    return children;
  }
  for (const RecordRow& row : *rows) {
    auto record = OpenRecord(row, key_);
    if (!record.ok()) {
      Remember(record.error());
      return {};
    }
    children.push_back(std::move(*record));
  }
  return children;
}

std::optional<Error> BaseReader::TakeError() const { return std::exchange(error_, std::nullopt); }

void BaseReader::Remember(const Error& error) const {
  if (!error_.has_value()) error_ = error;
}

}  // namespace brug::sdk
