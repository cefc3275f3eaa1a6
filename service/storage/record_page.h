#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "service/storage/dossiers.h"

namespace brug::storage {

// For adapters: what DossierReads::RecordsAfter answers, put together from records that come by revision.
//
//   page = the longest run of whole revisions within bytes_max, or the first revision when that alone is
//   larger
class RecordPage {
 public:
  explicit RecordPage(std::int64_t bytes_max) : bytes_max_(bytes_max) {}

  // Whether there may be room for more: once false, the page is complete.
  [[nodiscard]] bool Add(SealedRecord record) {
    const auto bytes = static_cast<std::int64_t>(record.sealed.size());
    if (!records_.empty() && records_.back().revision != record.revision) {
      if (bytes_ + bytes > bytes_max_) return false;
      revision_begin_ = records_.size();
    }
    bytes_ += bytes;
    records_.push_back(std::move(record));
    if (bytes_ <= bytes_max_ || revision_begin_ == 0) return true;
    records_.resize(revision_begin_);
    return false;
  }

  [[nodiscard]] std::vector<SealedRecord> Take() && { return std::move(records_); }

 private:
  std::int64_t bytes_max_;
  std::int64_t bytes_ = 0;
  // Where the last revision begins.
  std::size_t revision_begin_ = 0;
  std::vector<SealedRecord> records_;
};

}  // namespace brug::storage
