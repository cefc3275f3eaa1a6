#include "service/domain/sealed_dossier.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "proto/crypto/hash.h"

namespace brug::domain {
namespace {

constexpr std::size_t kTokenBytes = 16;

// Every part is preceded by its length, so that no two places share their associated data.
std::string AssociatedData(const DossierAccess& access, const Place& place) {
  std::string data;
  for (const std::string_view part : {std::string_view(access.organisation_id),
                                      std::string_view(access.dossier_id), place.kind, place.name}) {
    data += static_cast<char>(part.size());
    data += part;
  }
  for (int shift = 56; shift >= 0; shift -= 8) data += static_cast<char>(place.revision >> shift);
  return data;
}

std::string Token(const DossierAccess& access, char kind, std::string_view name) {
  return crypto::HmacSha256(access.keys->tokens.bytes(), kind + std::string(name)).substr(0, kTokenBytes);
}

}  // namespace

std::string SealForDossier(const DossierAccess& access, const Place& place, std::string_view plain,
                           crypto::RandomSource& random) {
  return access.keys->sealing.Seal(plain, AssociatedData(access, place), random);
}

std::optional<std::string> OpenForDossier(const DossierAccess& access, const Place& place,
                                          std::string_view sealed) {
  return access.keys->sealing.Open(sealed, AssociatedData(access, place));
}

std::string RecordToken(const DossierAccess& access, std::string_view record_id) {
  return Token(access, 'r', record_id);
}

std::string ParentToken(const DossierAccess& access, std::string_view parent) {
  return parent.empty() ? std::string() : Token(access, 'p', parent);
}

SealedDossier::SealedDossier(const storage::DossierReads& reads, DossierAccess access)
    : reads_(reads), access_(std::move(access)) {}

std::optional<v1::Record> SealedDossier::Find(std::string_view record_id) const {
  const std::string id(record_id);
  if (const auto known = read_.find(id); known != read_.end()) return known->second;
  const auto row = reads_.FindRecord(access_.dossier_id, RecordToken(access_, record_id));
  std::optional<v1::Record> record;
  if (row) record = Open(*row);
  return read_.emplace(id, std::move(record)).first->second;
}

std::vector<v1::Record> SealedDossier::ChildrenOf(std::string_view parent) const {
  std::vector<v1::Record> children;
  for (const storage::SealedRecord& row :
       reads_.RecordsUnder(access_.dossier_id, ParentToken(access_, parent))) {
    if (auto record = Open(row)) children.push_back(*std::move(record));
  }
  return children;
}

std::optional<v1::Record> SealedDossier::Open(const storage::SealedRecord& row) const {
  const auto plain = OpenForDossier(access_, {"record", row.token, row.revision}, row.sealed);
  v1::Record record;
  if (plain && record.ParseFromString(*plain)) return record;
  damaged_ = true;
  return std::nullopt;
}

void SealedDossier::Remember(const v1::Record& record) { read_[record.record_id()] = record; }

storage::SealedRecord SealRecord(const DossierAccess& access, const v1::Record& record,
                                 crypto::RandomSource& random) {
  storage::SealedRecord row;
  row.token = RecordToken(access, record.record_id());
  row.parent_token = record.deleted() ? std::string() : ParentToken(access, rules::ParentOf(record));
  row.revision = record.revision();
  row.sealed = SealForDossier(access, {"record", row.token, row.revision}, Serialise(record), random);
  return row;
}

std::string Serialise(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace brug::domain
