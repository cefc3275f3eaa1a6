#include "service/storage_sqlite/sqlite_organisation.h"

#include "service/storage/reentry_guard.h"
#include "service/storage_sqlite/sqlite_backups.h"
#include "service/storage_sqlite/sqlite_directory.h"
#include "service/storage_sqlite/sqlite_dossiers.h"
#include "service/storage_sqlite/sqlite_money.h"

namespace brug::storage {
namespace {

class SqliteSnapshot final : public SqliteDossierReads,
                             public SqliteDirectoryReads,
                             public SqliteMoneyReads,
                             public SqliteBackupReads,
                             public virtual Snapshot {
 public:
  SqliteSnapshot(Database* database, std::string_view organisation_id)
      : SqliteDossierReads(database, organisation_id),
        SqliteDirectoryReads(database, organisation_id),
        SqliteMoneyReads(database, organisation_id),
        SqliteBackupReads(database, organisation_id) {}
  bool failed() const override { return SqliteDossierReads::database_->failed(); }
};

class SqliteTransaction final : public SqliteDossierWrites,
                                public SqliteDirectoryWrites,
                                public SqliteMoneyWrites,
                                public SqliteBackupWrites,
                                public virtual Transaction {
 public:
  SqliteTransaction(Database* database, std::string_view organisation_id)
      : SqliteDossierWrites(database, organisation_id),
        SqliteDirectoryWrites(database, organisation_id),
        SqliteMoneyWrites(database, organisation_id),
        SqliteBackupWrites(database, organisation_id) {}
  bool failed() const override { return database().failed(); }

  bool Attempt(const Work& work) override {
    const std::size_t ends_before = ends().size();
    database().Run("SAVEPOINT attempt");
    const bool kept = work(*this);
    if (!kept) {
      database().Run("ROLLBACK TO attempt");
      ends().resize(ends_before);
    }
    database().Run("RELEASE attempt");
    return kept;
  }

 private:
  Database& database() const { return *SqliteDossierReads::database_; }
};

// Runs the works in order, those that say false undone. Whether anything is left to commit.
bool RunAll(std::span<const Work> works, SqliteTransaction& transaction) {
  // Undoing an only work is undoing everything, which needs no savepoint.
  if (works.size() == 1) return works.front()(transaction);
  bool kept = false;
  for (const Work& work : works) {
    kept = transaction.Attempt(work) || kept;
    if (transaction.failed()) break;
  }
  return kept;
}

}  // namespace

platform::Result<std::unique_ptr<SqliteOrganisation>> SqliteOrganisation::Open(
    DatabaseFile::Options options, std::string_view organisation_id, EndJournal* journal) {
  const std::string path = options.path;
  const bool made_before = options.made_before;
  auto file = DatabaseFile::Open(std::move(options));
  if (!file.ok()) return file.failure();
  std::unique_ptr<SqliteOrganisation> organisation(
      new SqliteOrganisation(*std::move(file), organisation_id, journal));
  if (auto claimed = organisation->Claim(path, made_before); !claimed.ok()) return claimed.failure();
  return organisation;
}

platform::Result<void> SqliteOrganisation::Write(std::span<const Work> works) {
  const ReentryGuard guard(this);
  if (works.empty()) return {};
  platform::Result<void> journalled;
  auto written = file_->Write([&](Database& database) {
    SqliteTransaction transaction(&database, organisation_id_);
    if (!RunAll(works, transaction) || database.failed()) return false;
    if (!transaction.ends().empty()) journalled = journal_->Append(organisation_id_, transaction.ends());
    return journalled.ok();
  });
  return journalled.ok() ? written : journalled;
}

platform::Result<void> SqliteOrganisation::Read(const std::function<void(const Snapshot&)>& read) const {
  const ReentryGuard guard(this);
  return file_->Read([&](Database& database) { read(SqliteSnapshot(&database, organisation_id_)); });
}

platform::Result<void> SqliteOrganisation::Claim(const std::string& path, bool made_before) {
  std::optional<std::string> owner;
  const auto find = [&](Database& database) {
    owner = database.One([](const Statement& row) { return row.Bytes(0); },
                         "SELECT organisation_id FROM organisation");
  };
  if (auto found = file_->Read(find); !found.ok()) return found.failure();
  if (!owner.has_value()) {
    if (made_before) return ContentsLost(path);
    return file_->Write([&](Database& database) {
      return database.Run("INSERT INTO organisation (organisation_id) VALUES (?)", organisation_id_) == 1;
    });
  }
  if (*owner == organisation_id_) return {};
  return platform::Failure{
      .reason = v1::ERROR_REASON_INTERNAL,
      .log_detail = path + ": the database is of organisation " + *owner + ", not of " + organisation_id_};
}

}  // namespace brug::storage
