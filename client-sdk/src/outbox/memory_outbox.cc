#include "client-sdk/src/outbox/memory_outbox.h"

#include <algorithm>

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

template <typename Table>
std::int64_t LastOf(const Table& table) {
  return table.empty() ? 0 : table.rbegin()->first;
}

}  // namespace

Result<std::int64_t> MemoryOutbox::LastOrdinal() const {
  return std::max({LastOf(tables_.pending), LastOf(tables_.rejected), LastOf(tables_.ring)});
}

Result<void> MemoryOutbox::Append(const PendingRow& pending) {
  if (!tables_.pending.emplace(pending.ordinal, pending).second) return StorageDamaged();
  return {};
}

Result<std::vector<PendingRow>> MemoryOutbox::ListPending(std::string_view dossier_id) const {
  std::vector<PendingRow> rows;
  for (const auto& [ordinal, row] : tables_.pending) {
    if (row.dossier_id == dossier_id) rows.push_back(row);
  }
  return rows;
}

Result<std::vector<PendingRow>> MemoryOutbox::ListPushable(std::string_view dossier_id,
                                                           std::size_t count_max) const {
  std::vector<PendingRow> rows;
  for (const auto& [ordinal, row] : tables_.pending) {
    if (row.dossier_id == dossier_id && row.sequence > 0 && row.applied_revision == 0) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(),
            [](const PendingRow& a, const PendingRow& b) { return a.sequence < b.sequence; });
  rows.resize(std::min(rows.size(), count_max));
  return rows;
}

Result<std::vector<PendingTotal>> MemoryOutbox::PendingTotals() const {
  std::map<std::string, PendingTotal> totals;
  for (const auto& [ordinal, row] : tables_.pending) {
    PendingTotal& total = totals[row.dossier_id];
    total.dossier_id = row.dossier_id;
    total.count += 1;
    total.bytes += static_cast<std::int64_t>(row.sealed_mutation.size());
    if (row.applied_revision == 0) total.sequence_last = std::max(total.sequence_last, row.sequence);
    total.unnumbered += row.sequence == 0 ? 1 : 0;
    total.applied += row.applied_revision > 0 ? 1 : 0;
  }
  std::vector<PendingTotal> rows;
  for (const auto& [id, total] : totals) rows.push_back(total);
  return rows;
}

Result<std::optional<PendingRow>> MemoryOutbox::OldestPending() const {
  if (tables_.pending.empty()) return std::optional<PendingRow>();
  return std::optional<PendingRow>(tables_.pending.begin()->second);
}

Result<void> MemoryOutbox::SetSequence(std::int64_t ordinal, std::int64_t sequence) {
  const auto found = tables_.pending.find(ordinal);
  if (found != tables_.pending.end()) found->second.sequence = sequence;
  return {};
}

Result<void> MemoryOutbox::MarkApplied(std::int64_t ordinal, std::int64_t applied_revision,
                                       std::string_view sealed_outcome) {
  const auto found = tables_.pending.find(ordinal);
  if (found == tables_.pending.end()) return {};
  found->second.applied_revision = applied_revision;
  found->second.sealed_outcome = Bytes(sealed_outcome);
  return {};
}

Result<void> MemoryOutbox::ClearApplied(std::string_view dossier_id) {
  for (auto& [ordinal, row] : tables_.pending) {
    if (row.dossier_id != dossier_id) continue;
    row.applied_revision = 0;
  }
  return {};
}

Result<std::int64_t> MemoryOutbox::SettleApplied(std::string_view dossier_id, std::int64_t revision) {
  std::int64_t settled = 0;
  for (auto at = tables_.pending.begin(); at != tables_.pending.end();) {
    const PendingRow& row = at->second;
    if (row.dossier_id != dossier_id || row.applied_revision == 0 || row.applied_revision > revision) {
      ++at;
      continue;
    }
    tables_.ring[row.ordinal] = SettledRow{.ordinal = row.ordinal,
                                           .dossier_id = row.dossier_id,
                                           .revision = row.applied_revision,
                                           .sealed_mutation = row.sealed_mutation,
                                           .sealed_outcome = row.sealed_outcome};
    at = tables_.pending.erase(at);
    ++settled;
  }
  return settled;
}

Result<void> MemoryOutbox::Reject(std::int64_t ordinal, std::string_view sealed_outcome) {
  const auto found = tables_.pending.find(ordinal);
  if (found == tables_.pending.end()) return {};
  const PendingRow& row = found->second;
  tables_.rejected[ordinal] = SettledRow{.ordinal = ordinal,
                                         .dossier_id = row.dossier_id,
                                         .revision = 0,
                                         .sealed_mutation = row.sealed_mutation,
                                         .sealed_outcome = Bytes(sealed_outcome)};
  tables_.pending.erase(found);
  tables_.notes.erase(ordinal);
  return {};
}

Result<void> MemoryOutbox::Remove(std::int64_t ordinal) {
  tables_.notes.erase(ordinal);
  tables_.pending.erase(ordinal);
  return {};
}

Result<std::vector<SettledRow>> MemoryOutbox::ListRejected() const {
  std::vector<SettledRow> rows;
  for (const auto& [ordinal, row] : tables_.rejected) rows.push_back(row);
  return rows;
}

Result<void> MemoryOutbox::DismissRejected(std::int64_t ordinal) {
  tables_.rejected.erase(ordinal);
  return {};
}

Result<std::vector<SettledRow>> MemoryOutbox::ListRing(std::string_view dossier_id,
                                                       std::size_t count_max) const {
  std::vector<SettledRow> rows;
  for (const auto& [ordinal, row] : tables_.ring) {
    if (row.dossier_id == dossier_id) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(),
            [](const SettledRow& a, const SettledRow& b) { return a.revision < b.revision; });
  rows.resize(std::min(rows.size(), count_max));
  return rows;
}

Result<void> MemoryOutbox::RemoveFromRing(std::int64_t ordinal) {
  tables_.ring.erase(ordinal);
  tables_.notes.erase(ordinal);
  return {};
}

Result<std::int64_t> MemoryOutbox::OfferAgain(std::string_view dossier_id, std::int64_t tries_max) {
  std::int64_t offered = 0;
  for (auto at = tables_.ring.begin(); at != tables_.ring.end();) {
    const SettledRow& row = at->second;
    const auto note = tables_.notes.find(row.ordinal);
    const std::int64_t tries = note == tables_.notes.end() ? 0 : note->second.tries;
    if (row.dossier_id != dossier_id || tries >= tries_max) {
      ++at;
      continue;
    }
    tables_.notes[row.ordinal] =
        OfferNote{.ordinal = row.ordinal, .dossier_id = row.dossier_id, .tries = tries + 1};
    tables_.pending[row.ordinal] = PendingRow{.ordinal = row.ordinal,
                                              .dossier_id = row.dossier_id,
                                              .sequence = 0,
                                              .sealed_mutation = row.sealed_mutation,
                                              .sealed_outcome = row.sealed_outcome};
    at = tables_.ring.erase(at);
    ++offered;
  }
  return offered;
}

Result<std::vector<OfferNote>> MemoryOutbox::ListParked(std::string_view dossier_id) const {
  std::vector<OfferNote> parked;
  for (const auto& [ordinal, note] : tables_.notes) {
    if (note.dossier_id == dossier_id && note.parked_since_us > 0 && tables_.pending.contains(ordinal)) {
      parked.push_back(note);
    }
  }
  return parked;
}

Result<void> MemoryOutbox::Park(const OfferNote& note) {
  const auto found = tables_.pending.find(note.ordinal);
  if (found == tables_.pending.end()) return {};
  found->second.sequence = 0;
  OfferNote& kept = tables_.notes[note.ordinal];
  const OfferNote before = kept;
  kept = note;
  kept.tries = before.tries;
  if (before.parked_since_us > 0)
    kept.parked_since_us = std::min(before.parked_since_us, note.parked_since_us);
  return {};
}

Result<std::vector<Numbering>> MemoryOutbox::ListNumberings() const {
  std::vector<Numbering> rows;
  for (const auto& [id, numbering] : tables_.numberings) rows.push_back(numbering);
  return rows;
}

Result<void> MemoryOutbox::PutNumbering(const Numbering& numbering) {
  tables_.numberings[numbering.dossier_id] = numbering;
  return {};
}

Result<void> MemoryOutbox::PurgeDossier(std::string_view dossier_id) {
  const auto of_dossier = [&](const auto& entry) { return entry.second.dossier_id == dossier_id; };
  std::erase_if(tables_.pending, of_dossier);
  std::erase_if(tables_.rejected, of_dossier);
  std::erase_if(tables_.ring, of_dossier);
  std::erase_if(tables_.notes, of_dossier);
  std::erase_if(tables_.numberings, of_dossier);
  return {};
}

Result<void> MemoryOutbox::PurgeAll() {
  tables_ = Tables();
  return {};
}

}  // namespace brug::sdk
