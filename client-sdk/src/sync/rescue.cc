// Holdings made anew from damaged storage.
#include <limits>
#include <utility>

#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/kept_request.h"

namespace brug::sdk {

Result<void> Holdings::Rescue() {
  auto rescued = ports_.storage->Rescue();
  if (!rescued.ok()) return rescued.error();
  Holdings fresh(ports_, language_);
  auto loaded = fresh.LoadAccount();
  if (loaded.ok()) loaded = fresh.LoadDossiers();
  if (loaded.ok()) loaded = fresh.RemoveUnreadable();
  return loaded.ok() ? Load() : loaded;
}

// A page can hold other bytes than were written without SQLite's noticing it; the seal does.
Result<void> Holdings::RemoveUnreadable() {
  auto transaction = Transaction::Begin(ports_.storage->transactions());
  if (!transaction.ok()) return transaction.error();
  auto unreadable = ReadNumber(Note::kUnreadable);
  if (!unreadable.ok()) return unreadable.error();
  for (auto remove : {&Holdings::RemoveUnreadablePending, &Holdings::RemoveUnreadableRejected,
                      &Holdings::RemoveUnreadableRequests}) {
    auto removed = (this->*remove)();
    if (!removed.ok()) return removed.error();
    *unreadable += *removed;
  }
  auto done = RemoveUnreadableRing();
  if (done.ok() && !LoadTemplates().ok()) done = KeepTemplates({}, 0);
  if (done.ok()) done = WriteNumber(Note::kUnreadable, *unreadable);
  return done.ok() ? transaction->Commit() : done;
}

Result<std::int64_t> Holdings::RemoveUnreadablePending() {
  Outbox& outbox = ports_.storage->outbox();
  std::int64_t removed = 0;
  for (const auto& [id, holding] : dossiers_) {
    auto rows = outbox.ListPending(id);
    if (!rows.ok()) return rows.error();
    for (const PendingRow& row : *rows) {
      if (OpenPending(*holding.key, row).ok()) continue;
      auto done = outbox.Remove(row.ordinal);
      if (!done.ok()) return done.error();
      ++removed;
    }
  }
  return removed;
}

Result<std::int64_t> Holdings::RemoveUnreadableRejected() {
  Outbox& outbox = ports_.storage->outbox();
  auto rows = outbox.ListRejected();
  if (!rows.ok()) return rows.error();
  std::int64_t removed = 0;
  for (const SettledRow& row : *rows) {
    const Holding* holding = Find(row.dossier_id);
    if (holding != nullptr && OpenMutation(*holding->key, row.sealed_mutation, row.ordinal).ok() &&
        OpenOutcome(*holding->key, row.sealed_outcome, row.ordinal).ok())
      continue;
    auto done = outbox.DismissRejected(row.ordinal);
    if (!done.ok()) return done.error();
    ++removed;
  }
  return removed;
}

Result<std::int64_t> Holdings::RemoveUnreadableRequests() {
  auto rows = ports_.storage->unanswered().ListRequests();
  if (!rows.ok()) return rows.error();
  std::int64_t removed = 0;
  for (const UnansweredRow& row : *rows) {
    if (OpenRequest(*vault_, row).ok()) continue;
    auto done = ports_.storage->unanswered().RemoveRequest(row.name);
    if (!done.ok()) return done.error();
    ++removed;
  }
  return removed;
}

// The service has what is in the ring: that is lost only where it loses it as well.
Result<void> Holdings::RemoveUnreadableRing() {
  Outbox& outbox = ports_.storage->outbox();
  for (const auto& [id, holding] : dossiers_) {
    auto rows = outbox.ListRing(id, std::numeric_limits<std::int32_t>::max());
    if (!rows.ok()) return rows.error();
    for (const SettledRow& row : *rows) {
      if (OpenMutation(*holding.key, row.sealed_mutation, row.ordinal).ok() &&
          OpenOutcome(*holding.key, row.sealed_outcome, row.ordinal).ok())
        continue;
      auto done = outbox.RemoveFromRing(row.ordinal);
      if (!done.ok()) return done;
    }
  }
  return {};
}

Result<void> Holdings::ForgetUnreadable() {
  auto forgotten = WriteNumber(Note::kUnreadable, 0);
  if (forgotten.ok()) unreadable_count_ = 0;
  return forgotten;
}

}  // namespace brug::sdk
