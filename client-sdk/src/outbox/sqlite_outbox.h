#pragma once

#include "client-sdk/src/outbox/outbox.h"
#include "client-sdk/src/replica/sqlite_file.h"

namespace brug::sdk {

// The tables of SqliteOutbox.
extern const char* const kSqliteOutboxSchema;

// The outbox in a SqliteFile, which must outlive it.
class SqliteOutbox final : public Outbox {
 public:
  explicit SqliteOutbox(SqliteFile& file) : file_(file) {}

  [[nodiscard]] Result<std::int64_t> LastOrdinal() const override;

  Result<void> Append(const PendingRow& pending) override;
  [[nodiscard]] Result<std::vector<PendingRow>> ListPending(std::string_view dossier_id) const override;
  [[nodiscard]] Result<std::vector<PendingRow>> ListPushable(std::string_view dossier_id,
                                                             std::size_t count_max) const override;
  [[nodiscard]] Result<std::vector<PendingTotal>> PendingTotals() const override;
  [[nodiscard]] Result<std::optional<PendingRow>> OldestPending() const override;

  Result<void> SetSequence(std::int64_t ordinal, std::int64_t sequence) override;
  Result<void> MarkApplied(std::int64_t ordinal, std::int64_t applied_revision,
                           std::string_view sealed_outcome) override;
  Result<void> ClearApplied(std::string_view dossier_id) override;
  [[nodiscard]] Result<std::int64_t> SettleApplied(std::string_view dossier_id,
                                                   std::int64_t revision) override;
  Result<void> Reject(std::int64_t ordinal, std::string_view sealed_outcome) override;
  Result<void> Remove(std::int64_t ordinal) override;

  [[nodiscard]] Result<std::vector<SettledRow>> ListRejected() const override;
  Result<void> DismissRejected(std::int64_t ordinal) override;

  [[nodiscard]] Result<std::vector<SettledRow>> ListRing(std::string_view dossier_id,
                                                         std::size_t count_max) const override;
  Result<void> RemoveFromRing(std::int64_t ordinal) override;
  [[nodiscard]] Result<std::int64_t> OfferAgain(std::string_view dossier_id, std::int64_t tries_max) override;
  [[nodiscard]] Result<std::vector<OfferNote>> ListParked(std::string_view dossier_id) const override;
  Result<void> Park(const OfferNote& note) override;

  [[nodiscard]] Result<std::vector<Numbering>> ListNumberings() const override;
  Result<void> PutNumbering(const Numbering& numbering) override;

  Result<void> PurgeDossier(std::string_view dossier_id) override;
  Result<void> PurgeAll() override;

 private:
  [[nodiscard]] Result<void> RunOnOrdinal(const char* sql, std::int64_t ordinal);
  [[nodiscard]] Result<void> RunOnDossier(const char* sql, std::string_view dossier_id);

  SqliteFile& file_;
};

}  // namespace brug::sdk
