#pragma once

#include <functional>
#include <map>

#include "client-sdk/src/outbox/outbox.h"
#include "client-sdk/src/vault/memory_transactions.h"

namespace brug::sdk {

// The outbox in maps.
class MemoryOutbox final : public Outbox, public MemoryParticipant {
 public:
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

  void Remember() override { before_ = tables_; }
  void Restore() override { tables_ = before_; }

 private:
  struct Tables {
    std::map<std::int64_t, PendingRow> pending;
    std::map<std::int64_t, SettledRow> rejected;
    std::map<std::int64_t, SettledRow> ring;
    std::map<std::int64_t, OfferNote> notes;
    std::map<std::string, Numbering, std::less<>> numberings;
  };

  Tables tables_;
  Tables before_;
};

}  // namespace brug::sdk
