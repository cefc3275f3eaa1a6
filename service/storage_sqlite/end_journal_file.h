#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "service/storage/end_journal.h"

namespace brug::storage {

// The journal of ends as a file of lines, each with a checksum of its own:
//
//   ORGANISATION_ID CHECKSUM CONTENT_IN_HEX
//
// What a crash left half written at its end was told to nobody, and is cut off at opening. Anything else that
// is not right is refused and left as it is, for nobody can say what it was.
//
// The first line says which journal it is, by a random id under the name "journal" instead of an
// organisation's: so that a disk that is not mounted, or another file, is not taken for a journal without
// ends. One that was made before there were ids gets its own as a later line.
class EndJournalFile final : public EndJournal {
 public:
  struct Options {
    // The id that the journal has; empty when that is not known, or it has none yet.
    std::string known_id = {};
    // The id of a journal that has none, random; empty to leave it without one.
    std::string new_id = {};
    // Makes what was written durable; false, with errno, when it cannot.
    std::function<bool(int file)> sync = SyncData;
  };
  // Opens the file, or makes it, with mode 0600, when no journal is known; one that is known and not there,
  // or that is another, is refused. The folder is there, and this process alone uses the file.
  static platform::Result<std::unique_ptr<EndJournalFile>> Open(const std::string& path, Options options);
  static platform::Result<std::unique_ptr<EndJournalFile>> Open(const std::string& path) {
    return Open(path, Options());
  }
  ~EndJournalFile() override;
  EndJournalFile(const EndJournalFile&) = delete;
  EndJournalFile& operator=(const EndJournalFile&) = delete;

  platform::Result<void> Append(std::string_view organisation_id,
                                std::span<const std::string> contents) override;
  platform::Result<std::vector<std::string>> EndsOf(std::string_view organisation_id) const override;
  // Empty when it has none.
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  EndJournalFile(std::string path, int file, std::function<bool(int)> sync)
      : path_(std::move(path)), file_(file), sync_(std::move(sync)) {}

  static bool SyncData(int file);

  // Reads what is there, cuts off what is half written and learns the id.
  platform::Result<void> Load();
  platform::Result<void> Write(std::string_view lines);

  // Cuts off what is behind the last whole line.
  platform::Result<void> CutToWhole();
  platform::Result<std::string> ReadAll() const;

  const std::string path_;
  const int file_;
  const std::function<bool(int)> sync_;
  std::string id_;
  mutable std::mutex mutex_;
  // Everything up to here is whole and durable.
  std::int64_t whole_bytes_ = 0;
  // Whether there may be something behind that, of an append that failed.
  bool more_behind_ = false;
};

}  // namespace brug::storage
