#include "client-sdk/src/sync/local_write.h"

#include <algorithm>
#include <new>
#include <utility>

#include "client-sdk/src/sync/answer_error.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"

namespace brug::sdk {
namespace {

// What it can grow by before it is pushed: a longer sequence, and offered again the point that it was applied
// at, and another time.
constexpr std::size_t kGrowthBytes = 64;

Error OutboxFull() {
  return Error{
      .code = ErrorCode::kLimit, .reason = "OUTBOX_FULL", .field = {}, .message = {}, .retry_after_ms = {}};
}

// Later than that of the tick that the view shows, whatever the clock did since.
rules::Instant OccurredAt(const DossierView& view, const v1::Mutation& mutation, rules::Instant now) {
  if (!mutation.has_tick_step()) return now;
  const auto day = rules::ToDay(mutation.tick_step().date());
  if (!day.has_value()) return now;
  const auto shown = view.Find(rules::TickId(mutation.tick_step().step_id(), *day));
  if (!shown.has_value()) return now;
  return std::max(now, rules::ToInstant(shown->tick().recorded_at()) + std::chrono::microseconds(1));
}

std::int64_t UnixMs(rules::Instant instant) {
  return std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count());
}

Result<void> CheckForm(const v1::Mutation& mutation) {
  if (mutation.intent_case() == v1::Mutation::INTENT_NOT_SET)
    return FromReason(v1::ERROR_REASON_MISSING, "intent");
  if (mutation.ByteSizeLong() > rules::kMutationBytesMax - kGrowthBytes)
    return FromReason(v1::ERROR_REASON_TOO_LARGE);
  const auto violation = rules::Validate(mutation);
  return violation.has_value() ? Result<void>(FromViolation(*violation)) : Result<void>();
}

Result<void> CheckRoom(const Holdings& holdings, std::size_t sealed_bytes) {
  const auto count = static_cast<std::size_t>(holdings.pending_count());
  const auto bytes = static_cast<std::size_t>(holdings.pending_bytes());
  const bool full = count + 1 > rules::kOutboxMutationsMax || bytes + sealed_bytes > rules::kOutboxBytesMax;
  return full ? Result<void>(OutboxFull()) : Result<void>();
}

Result<Holding*> FindWritable(Holdings& holdings, std::string_view dossier_id) {
  Holding* holding = holdings.Find(dossier_id);
  if (holding == nullptr) return FromReason(v1::ERROR_REASON_NOT_FOUND, "dossier_id");
  if (holding->row.ended) return FromReason(v1::ERROR_REASON_ACCESS_ENDED, "dossier_id");
  return holding;
}

}  // namespace

Result<Accepted> AcceptMutation(Holdings& holdings, std::string_view dossier_id, v1::Mutation mutation) {
  auto holding = FindWritable(holdings, dossier_id);
  if (!holding.ok()) return holding.error();
  auto view = holdings.ViewOf(**holding);
  if (!view.ok()) return view.error();

  const CorePorts& ports = holdings.ports();
  const rules::Instant now = ports.clock->Now();
  const rules::Instant occurred_at = OccurredAt(**view, mutation, now);
  mutation.set_mutation_id(crypto::NewUuidV7(*ports.random, UnixMs(now)));
  mutation.set_dossier_id(std::string(dossier_id));
  mutation.set_epoch((*holding)->numbering.epoch);
  mutation.set_sequence((*holding)->NextSequence());
  mutation.mutable_base()->set_revision((*holding)->row.revision);
  mutation.mutable_base()->set_salt((*holding)->row.salt);
  *mutation.mutable_occurred_at() = rules::ToTimestamp(occurred_at);
  auto right = CheckForm(mutation);
  if (!right.ok()) return right.error();

  auto outcome = (*view)->Try(mutation, now);
  if (auto error = (*view)->TakeError()) return *error;
  if (const auto* violation = std::get_if<rules::Violation>(&outcome)) return FromViolation(*violation);
  auto& change = std::get<rules::Change>(outcome);

  PendingRow row;
  row.ordinal = holdings.TakeOrdinal();
  row.dossier_id = std::string(dossier_id);
  row.sequence = mutation.sequence();
  row.sealed_mutation = holdings.SealMutation(**holding, mutation, row.ordinal);
  auto room = CheckRoom(holdings, row.sealed_mutation.size());
  if (!room.ok()) return room.error();
  Accepted accepted{.mutation_id = mutation.mutation_id(), .records = {}};
  auto appended = ports.storage->outbox().Append(row);
  if (!appended.ok()) return appended.error();

  // It is on disk: from here on nothing may say otherwise.
  holdings.CountAccepted(**holding, row, occurred_at);
  try {
    (*view)->Show(change);
  } catch (const std::bad_alloc&) {
    holdings.MarkStale();
  }
  accepted.records = std::move(change.records);
  return accepted;
}

}  // namespace brug::sdk
