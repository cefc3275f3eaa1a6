#pragma once

#include <brug/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client-sdk/src/vault/vault.h"

namespace brug::sdk {

// An accepted mutation that is not part of what is revealed yet.
struct PendingRow {
  std::int64_t ordinal = 0;  // order of acceptance on this device; no two that are kept have the same
  std::string dossier_id;
  std::int64_t sequence = 0;  // within the dossier's epoch; 0 when it waits for a number
  Bytes sealed_mutation;      // v1.Mutation; what its epoch and sequence say counts no more
  // Set once the service said that it took effect; the records that show it are still to come.
  std::int64_t applied_revision = 0;
  // v1.Outcome of the last time it was applied. Kept when that mark is taken back: with it the mutation is
  // offered again.
  Bytes sealed_outcome = {};

  friend bool operator==(const PendingRow&, const PendingRow&) = default;
};

// A mutation with what became of it: refused and kept until the app dismisses it, or applied and kept in the
// ring.
struct SettledRow {
  std::int64_t ordinal = 0;
  std::string dossier_id;
  std::int64_t revision = 0;  // the revision it led to; 0 when refused
  Bytes sealed_mutation;
  Bytes sealed_outcome;  // v1.Outcome

  friend bool operator==(const SettledRow&, const SettledRow&) = default;
};

// That a mutation was offered again to a service that lost history, or waits until its target has come back.
struct OfferNote {
  std::int64_t ordinal = 0;
  std::string dossier_id;
  std::int64_t tries = 0;            // how often it left the ring
  std::int64_t parked_since_us = 0;  // 0 when it does not wait
  // What was revealed when it was parked last: without anything new nothing can have come back.
  std::int64_t parked_revision = 0;
  std::uint64_t parked_salt = 0;

  friend bool operator==(const OfferNote&, const OfferNote&) = default;
};

// The numbering of one dossier's mutations.
struct Numbering {
  std::string dossier_id;
  std::uint64_t epoch = 0;
  std::int64_t settled_sequence = 0;  // the highest that the service answered for good

  friend bool operator==(const Numbering&, const Numbering&) = default;
};

// What is pending of one dossier.
struct PendingTotal {
  std::string dossier_id;
  std::int64_t count = 0;
  std::int64_t bytes = 0;          // of sealed_mutation
  std::int64_t sequence_last = 0;  // the highest number of one that is not applied; 0 for none
  std::int64_t unnumbered = 0;
  std::int64_t applied = 0;

  friend bool operator==(const PendingTotal&, const PendingTotal&) = default;
};

// Every mutation that the SDK accepted, each in exactly one state:
//
//   accepted = pending + rejected + applied (the ring, as far as it is kept) + what a purge destroyed
//
// It holds sealed bytes, random ids and counters alone. Errors, transactions and threads as for Replica.
class Outbox {
 public:
  virtual ~Outbox() = default;

  // The highest ordinal there ever was in what is kept; 0 for none.
  [[nodiscard]] virtual Result<std::int64_t> LastOrdinal() const = 0;

  // `ordinal` must be new.
  virtual Result<void> Append(const PendingRow& pending) = 0;
  // By ordinal.
  [[nodiscard]] virtual Result<std::vector<PendingRow>> ListPending(std::string_view dossier_id) const = 0;
  // Those with a number and not applied, by sequence; at most `count_max`.
  [[nodiscard]] virtual Result<std::vector<PendingRow>> ListPushable(std::string_view dossier_id,
                                                                     std::size_t count_max) const = 0;
  // Of all dossiers with anything pending, by dossier id.
  [[nodiscard]] virtual Result<std::vector<PendingTotal>> PendingTotals() const = 0;
  // The one with the lowest ordinal of all; nothing when nothing is pending.
  [[nodiscard]] virtual Result<std::optional<PendingRow>> OldestPending() const = 0;

  // Gives a pending mutation a number, or takes it away with 0.
  virtual Result<void> SetSequence(std::int64_t ordinal, std::int64_t sequence) = 0;
  // Notes that the service applied it. `applied_revision` above 0.
  virtual Result<void> MarkApplied(std::int64_t ordinal, std::int64_t applied_revision,
                                   std::string_view sealed_outcome) = 0;
  // Takes those marks of a dossier back, and leaves the outcomes: the service may not know of them any more.
  virtual Result<void> ClearApplied(std::string_view dossier_id) = 0;
  // Moves those marked at or below `revision` to the ring; gives back how many.
  [[nodiscard]] virtual Result<std::int64_t> SettleApplied(std::string_view dossier_id,
                                                           std::int64_t revision) = 0;
  // Moves a pending mutation to the rejected ones.
  virtual Result<void> Reject(std::int64_t ordinal, std::string_view sealed_outcome) = 0;
  // Forgets a pending mutation: it was handed in.
  virtual Result<void> Remove(std::int64_t ordinal) = 0;

  // By ordinal.
  [[nodiscard]] virtual Result<std::vector<SettledRow>> ListRejected() const = 0;
  virtual Result<void> DismissRejected(std::int64_t ordinal) = 0;

  // By revision, lowest first, at most `count_max`.
  [[nodiscard]] virtual Result<std::vector<SettledRow>> ListRing(std::string_view dossier_id,
                                                                 std::size_t count_max) const = 0;
  virtual Result<void> RemoveFromRing(std::int64_t ordinal) = 0;
  // Makes what is in the ring of a dossier pending again, without a number and with its outcome, and counts
  // one more try of each, from now on not parked; what had `tries_max` stays where it is. Gives back how
  // many.
  [[nodiscard]] virtual Result<std::int64_t> OfferAgain(std::string_view dossier_id,
                                                        std::int64_t tries_max) = 0;
  // Notes of pending mutations that are parked, by ordinal.
  [[nodiscard]] virtual Result<std::vector<OfferNote>> ListParked(std::string_view dossier_id) const = 0;
  // Takes the number of a pending mutation away and notes since when, and at which point of the dossier, it
  // waits; an earlier `parked_since_us` that it has, and its tries, stay.
  virtual Result<void> Park(const OfferNote& note) = 0;

  [[nodiscard]] virtual Result<std::vector<Numbering>> ListNumberings() const = 0;
  virtual Result<void> PutNumbering(const Numbering& numbering) = 0;

  // Deletes all that is kept of a dossier: pending, rejected, ring, notes, numbering.
  virtual Result<void> PurgeDossier(std::string_view dossier_id) = 0;
  virtual Result<void> PurgeAll() = 0;
};

}  // namespace brug::sdk
