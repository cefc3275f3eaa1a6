#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "service/storage/end_journal.h"
#include "service/storage/organisation_store.h"
#include "service/storage_sqlite/database_file.h"

namespace brug::storage {

// An organisation's store in a SQLite file of its own. The file names the organisation that it is of, and is
// refused for another one.
class SqliteOrganisation final : public OrganisationStore {
 public:
  // `journal` outlives this.
  static platform::Result<std::unique_ptr<SqliteOrganisation>> Open(DatabaseFile::Options options,
                                                                    std::string_view organisation_id,
                                                                    EndJournal* journal);

  platform::Result<void> Write(std::span<const Work> works) override;
  platform::Result<void> Read(const std::function<void(const Snapshot&)>& read) const override;
  DatabaseFile& file() { return *file_; }
  // As DatabaseFile::Close.
  platform::Result<void> Close() { return file_->Close(); }

 private:
  SqliteOrganisation(std::unique_ptr<DatabaseFile> file, std::string_view organisation_id,
                     EndJournal* journal)
      : file_(std::move(file)), organisation_id_(organisation_id), journal_(journal) {}

  platform::Result<void> Claim(const std::string& path, bool made_before);

  std::unique_ptr<DatabaseFile> file_;
  std::string organisation_id_;
  EndJournal* journal_;
};

}  // namespace brug::storage
