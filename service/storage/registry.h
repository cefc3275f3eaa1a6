#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/platform/result.h"
#include "service/storage/backup_files.h"
#include "service/storage/end_journal.h"
#include "service/storage/organisation_store.h"

namespace brug::storage {

struct OrganisationRow {
  std::string organisation_id = {};
  std::string display_name = {};
  std::int64_t created_at_us = 0;
  friend bool operator==(const OrganisationRow&, const OrganisationRow&) = default;
};

// An activation code, of which only a keyed hash is kept.
struct ActivationCodeRow {
  std::string code_hmac = {};
  std::string organisation_id = {};
  std::string person_id = {};
  std::int64_t expires_at_us = 0;
  // SHA-256 of the public key it is bound to; empty while it is unused.
  std::string bound_key_sha256 = {};
  // The device it led to; empty while it is unused.
  std::string device_id = {};
  friend bool operator==(const ActivationCodeRow&, const ActivationCodeRow&) = default;
};

// A key that is wrapped by another and therefore no secret to the disk.
struct WrappedKeyRow {
  // The organisation it belongs to; empty for the service's own.
  std::string organisation_id = {};
  // What it is for: "organisation", "session", "statement", "voucher", "voucher/2", "dossier/ID", …
  std::string name = {};
  std::string wrapped = {};
  friend bool operator==(const WrappedKeyRow&, const WrappedKeyRow&) = default;
};

// What the service knows across organisations: which there are, and which code leads to which. Every call is
// a durable transaction of its own. Safe from any thread. All calls may answer STORAGE_UNAVAILABLE, which may
// be tried again.
class Registry {
 public:
  virtual ~Registry() = default;

  // False when the organisation exists.
  virtual platform::Result<bool> InsertOrganisation(const OrganisationRow& organisation) = 0;
  // All organisations, by id.
  virtual platform::Result<std::vector<OrganisationRow>> ListOrganisations() const = 0;

  // Inserts the code and voids every other unused code of the person. False when the hash exists.
  virtual platform::Result<bool> InsertCode(const ActivationCodeRow& code) = 0;
  virtual platform::Result<std::optional<ActivationCodeRow>> FindCode(std::string_view code_hmac) const = 0;
  // Binds an unused code to a key and device. False when it is not there or not unused.
  virtual platform::Result<bool> BindCode(std::string_view code_hmac, std::string_view key_sha256,
                                          std::string_view device_id) = 0;
};

// Wrapped keys, in a file of their own with backups of their own. Thread safety and errors as Registry.
class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // Inserts the key if there is none of that name, and answers the one that is there now.
  virtual platform::Result<WrappedKeyRow> InsertOrFind(const WrappedKeyRow& key) = 0;
  virtual platform::Result<std::optional<WrappedKeyRow>> Find(std::string_view organisation_id,
                                                              std::string_view name) const = 0;
};

// Everything the service keeps. Adapters: memory, SQLite.
class Storage {
 public:
  virtual ~Storage() = default;

  virtual Registry& registry() = 0;
  virtual KeyStore& keys() = 0;
  virtual EndJournal& ends() = 0;
  // Opens the organisation's store, making it when it is new; one that the registry has and that is gone is
  // STORAGE_UNAVAILABLE. The same object each time, owned by this. Any thread.
  virtual platform::Result<OrganisationStore*> OpenOrganisation(std::string_view organisation_id) = 0;

  // Makes a backup: a folder with a copy of the registry and of every organisation's database, and beside it
  // a copy of the wrapped keys.
  //
  //   the registry's copy is older than the copies of all organisations that it names, and those are older
  //   than the copy of the keys
  //
  // Each copy is the state after one commit of its database. All that an organisation has is in one database,
  // what needs a key was written after the key, and a code of the registry that was not used yet is void
  // after a restore: so copies from different instants fit together, and nobody has to stop writing for them.
  //
  // The folder gets its final name when every copy was read back and is durable; until then, and when it
  // fails, nothing has that name. A failure's log_detail is a sentence for the operator. One caller at a
  // time; it may take long, and nothing else waits for it. What was tried is in Backups() afterwards.
  virtual platform::Result<BackupDone> BackUp(const BackupOrder& order) = 0;
  // The newest backups that were made or tried, newest first, at most 1,000, without their files.
  virtual platform::Result<std::vector<v1::Backup>> Backups() const = 0;
  // Removes the oldest backups in the folder, so that at most `kept_count` of those that a schedule made are
  // left. Answers the paths of those it removed.
  virtual platform::Result<std::vector<std::string>> RetireBackups(const std::string& folder,
                                                                   std::int64_t kept_count) = 0;

  // Whether a durable write succeeds right now: what readiness asks. Writes and takes back one row.
  virtual platform::Result<void> ProbeWrite() = 0;
  // Bytes free where the data is; 0 when that is not known.
  virtual std::int64_t FreeBytes() const = 0;
};

// The version of the schema that this program reads and writes. A database with a newer one is refused at
// opening.
inline constexpr int kSchemaVersion = 6;

}  // namespace brug::storage
