#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "service/storage/end_journal.h"

namespace brug::storage {

// The journal of ends as a file of lines, each with a checksum of its own:
//
//   ORGANISATION_ID CHECKSUM CONTENT_IN_HEX
//
// What a crash left half written at its end was told to nobody, and is cut off at opening. Anything else that
// is not right is refused and left as it is, for nobody can say what it was.
class EndJournalFile final : public EndJournal {
 public:
  // Makes the file, with mode 0600, when it does not exist. The folder is there, and this process alone uses
  // the file.
  static platform::Result<std::unique_ptr<EndJournalFile>> Open(const std::string& path);
  ~EndJournalFile() override;
  EndJournalFile(const EndJournalFile&) = delete;
  EndJournalFile& operator=(const EndJournalFile&) = delete;

  platform::Result<void> Append(std::string_view organisation_id,
                                std::span<const std::string> contents) override;
  platform::Result<std::vector<std::string>> EndsOf(std::string_view organisation_id) const override;

 private:
  EndJournalFile(std::string path, int file) : path_(std::move(path)), file_(file) {}

  // Cuts off what is behind the last whole line.
  platform::Result<void> CutToWhole();
  platform::Result<std::string> ReadAll() const;

  const std::string path_;
  const int file_;
  mutable std::mutex mutex_;
  // Everything up to here is whole and durable.
  std::int64_t whole_bytes_ = 0;
};

}  // namespace brug::storage
