#include <algorithm>
#include <map>
#include <utility>

#include "proto/rules/limits.h"
#include "proto/rules/validate.h"
#include "service/domain/dossier_writer.h"
#include "service/domain/handover.h"
#include "service/domain/learn_again.h"
#include "service/domain/points.h"
#include "service/domain/relations.h"
#include "service/domain/sync.h"
#include "service/domain/templates.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

// What is written from before the end of a relation still counts for so long after it (document "sync", case
// 9).
constexpr std::chrono::days kLateWords{7};

// Whether the failure is of the moment: the same call may go well later.
bool WillPass(const Failure& failure) {
  return failure.retry_delay_ms.has_value() || failure.reason == v1::ERROR_REASON_STORAGE_UNAVAILABLE;
}

// One dossier within one call.
struct Lane {
  // Whether what is below is read; what was undone is read anew.
  bool open = false;
  Relationship relationship = Relationship::kNone;
  // Absent when the caller has nothing to do with the dossier, or it does not exist.
  std::optional<DossierWriter> writer;
  std::optional<storage::DeviceProgress> progress;
  bool progressed = false;
  // Set when the numbering does not fit: whatever follows in this dossier is answered the same.
  bool new_epoch = false;
  // The base that was looked up last, for a call brings many with the same.
  HistoryPoint base = {};
  bool base_is_lost = false;
};

// The mutations of one call, decided one after the other.
class PushCall {
 public:
  PushCall(Desk& desk, const v1::SyncRequest& request)
      : desk_(desk), request_(request), templates_(desk.transaction), clamped_(Clamp(request, desk.now)) {}

  Result<void> Run(v1::SyncResponse& response) {
    forgotten_ = LastKnownOfForgotten(desk_.transaction, desk_.caller, request_).has_value();
    for (int i = 0; i < request_.mutations_size(); ++i) {
      auto outcome = DecideApart(request_.mutations(i), clamped_[static_cast<std::size_t>(i)]);
      if (!outcome.ok()) return outcome.failure();
      outcome->set_mutation_id(request_.mutations(i).mutation_id());
      outcome->set_dossier_id(request_.mutations(i).dossier_id());
      *response.add_outcomes() = *std::move(outcome);
    }
    for (const auto& [dossier_id, lane] : lanes_) {
      if (lane.progressed) desk_.transaction.PutProgress(*lane.progress);
    }
    return {};
  }

 private:
  static std::vector<rules::Instant> Clamp(const v1::SyncRequest& request, rules::Instant now) {
    std::vector<rules::Instant> occurred_at;
    for (const v1::Mutation& mutation : request.mutations())
      occurred_at.push_back(rules::ToInstant(mutation.occurred_at()));
    return rules::ClampTimes(occurred_at, now);
  }

  // What cannot be decided, by a mistake of ours, is undone and stays with the device; it
  // must not stop the others, for it would stop them at every sync.
  Result<v1::Outcome> DecideApart(const v1::Mutation& mutation, rules::Instant at) {
    Result<v1::Outcome> outcome = Failure{};
    desk_.transaction.Attempt([&](storage::Transaction&) {
      outcome = Decide(mutation, at);
      return outcome.ok();
    });
    if (outcome.ok() || WillPass(outcome.failure())) return outcome;
    desk_.hints.PassOver("mutation " + mutation.mutation_id(), outcome.failure());
    Close(lanes_[mutation.dossier_id()]);
    return Parked();
  }

  Result<v1::Outcome> Decide(const v1::Mutation& mutation, rules::Instant at) {
    if (!rules::IsUuid(mutation.mutation_id())) return Rejection({v1::ERROR_REASON_NOT_AN_ID, "mutation_id"});
    auto lane = LaneOf(mutation.dossier_id());
    if (!lane.ok()) return lane.failure();
    // A stranger hears the same of a dossier that exists and of one that does not, and leaves no trace in it.
    if ((*lane)->relationship == Relationship::kNone) {
      // One of whom statements were lost may have the right to it, and is asked to show it.
      if (forgotten_) return Parked();
      return Rejection({v1::ERROR_REASON_NOT_ALLOWED, "dossier_id"});
    }
    const auto known = StoredOutcomeOf(**lane, mutation);
    if (!known.ok()) return known.failure();
    switch (Numbering(**lane, mutation, known->has_value())) {
      case Number::kDoesNotFit: {
        (*lane)->new_epoch = true;
        v1::Outcome outcome;
        outcome.mutable_new_epoch();
        return outcome;
      }
      case Number::kRepeated:
        return AnswerAgain(**lane, mutation, at, **known);
      case Number::kNext:
        break;
    }
    Advance(**lane, mutation);
    if (known->has_value()) return AnswerAgain(**lane, mutation, at, **known);
    if (mutation.intent_case() == v1::Mutation::INTENT_NOT_SET) {
      v1::Outcome outcome;
      outcome.mutable_not_yet();
      return outcome;
    }
    auto outcome = (*lane)->relationship == Relationship::kEnded ? AfterTheEnd(**lane, mutation, at)
                                                                 : ApplyIn(**lane, mutation, at);
    if (!outcome.ok()) return outcome.failure();
    if (outcome->has_parked()) return outcome;
    return Remember(**lane, mutation, *std::move(outcome));
  }

  Result<Lane*> LaneOf(const std::string& dossier_id) {
    Lane& lane = lanes_[dossier_id];
    if (lane.open) return &lane;
    lane.relationship = RelationshipWith(desk_.transaction, desk_.caller, dossier_id);
    if (lane.relationship != Relationship::kNone) {
      auto writer = WriterOf(dossier_id, lane.relationship);
      if (!writer.ok()) return writer.failure();
      lane.writer.emplace(*std::move(writer));
      if (!lane.progressed)
        lane.progress = desk_.transaction.FindProgress(desk_.caller.device_id, dossier_id);
    }
    lane.open = true;
    return &lane;
  }

  // The numbers of what was pushed stay used.
  static void Close(Lane& lane) {
    lane.open = false;
    lane.writer.reset();
    lane.base = {};
    lane.base_is_lost = false;
  }

  Result<DossierWriter> WriterOf(const std::string& dossier_id, Relationship relationship) {
    auto writer = DossierWriter::Open(desk_, dossier_id);
    if (!writer.ok()) return writer.failure();
    if (writer->has_value()) return **std::move(writer);
    // An end outlives a restore, and the dossier need not (journalled_ends.h).
    if (relationship != Relationship::kEnded)
      return Failure{.log_detail = "a relation with a dossier that does not exist"};
    auto made = DossierWriter::Make(desk_, dossier_id);
    if (!made.ok()) return made;
    const auto committed = made->Commit({}, v1::LogEntry(), desk_.now);
    if (!committed.ok()) return committed.failure();
    return made;
  }

  // The mutation's outcome if it has one. An id that another person or dossier used is somebody else's
  // outcome: a person's own devices alone may offer one again.
  Result<std::optional<v1::Outcome>> StoredOutcomeOf(const Lane& lane, const v1::Mutation& mutation) {
    const auto stored = desk_.transaction.FindOutcome(mutation.mutation_id());
    if (!stored) return std::optional<v1::Outcome>();
    v1::Outcome outcome;
    const auto device = desk_.transaction.FindDevice(stored->device_id);
    if (stored->dossier_id != mutation.dossier_id() || !device ||
        device->person_id != desk_.caller.person_id) {
      outcome = Rejection({v1::ERROR_REASON_ALREADY_EXISTS, "mutation_id"});
      return std::optional(outcome);
    }
    const auto plain =
        OpenForDossier(lane.writer->access(), {"outcome", stored->mutation_id, 0}, stored->sealed);
    if (!plain || !outcome.ParseFromString(*plain)) {
      return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                     .log_detail = "a stored outcome does not open"};
    }
    return std::optional(outcome);
  }

  // What was refused while the relation lasted, and nobody has put away on the device before it ended, is
  // handed in too, and kept like the rest; once, which is noted as the outcome of an id of its own.
  Result<v1::Outcome> AnswerAgain(Lane& lane, const v1::Mutation& mutation, rules::Instant at,
                                  const v1::Outcome& known) {
    if (lane.relationship != Relationship::kEnded || !known.has_rejected() || IsOfAnother(known)) {
      return known;
    }
    // No device can push a mutation of such an id.
    v1::Mutation handed_in;
    handed_in.set_mutation_id(mutation.mutation_id() + "/handed in");
    v1::Outcome received;
    received.mutable_received();
    if (desk_.transaction.FindOutcome(handed_in.mutation_id())) return received;
    auto kept = KeepRefused(lane, mutation, at, known.rejected().reason());
    if (!kept.ok()) return kept.failure();
    return Remember(lane, handed_in, std::move(received));
  }

  static bool IsOfAnother(const v1::Outcome& known) {
    return known.rejected().reason() == v1::ERROR_REASON_ALREADY_EXISTS &&
           known.rejected().field() == "mutation_id";
  }

  enum class Number { kNext, kRepeated, kDoesNotFit };

  static Number Numbering(const Lane& lane, const v1::Mutation& mutation, bool known) {
    if (lane.new_epoch || mutation.epoch() == 0 || mutation.sequence() < 1) return Number::kDoesNotFit;
    const bool same_epoch = lane.progress && lane.progress->epoch == mutation.epoch();
    const std::int64_t last = same_epoch ? lane.progress->sequence : 0;
    if (mutation.sequence() == last + 1) return Number::kNext;
    if (mutation.sequence() <= last && known) return Number::kRepeated;
    return Number::kDoesNotFit;
  }

  void Advance(Lane& lane, const v1::Mutation& mutation) {
    lane.progress = storage::DeviceProgress{.device_id = desk_.caller.device_id,
                                            .dossier_id = mutation.dossier_id(),
                                            .epoch = mutation.epoch(),
                                            .sequence = mutation.sequence(),
                                            .mutation_id = mutation.mutation_id()};
    lane.progressed = true;
  }

  Result<v1::Outcome> ApplyIn(Lane& lane, const v1::Mutation& mutation, rules::Instant at) {
    if (const auto violation = CheckForm(mutation)) return Rejection(*violation);
    DossierWriter& writer = *lane.writer;
    const v1::Author author = AuthorIn(lane);
    rules::Occasion occasion = writer.OccasionFor(author, at);
    occasion.restored_revision = RestoredBelow(lane, mutation);
    if (const auto violation = CheckHandover(desk_, mutation, occasion)) return Rejection(*violation);
    auto applied = rules::Apply(writer.view(), templates_, mutation, occasion);
    if (const auto* violation = std::get_if<rules::Violation>(&applied)) {
      if (occasion.restored_revision && MayComeBack(violation->reason)) return Parked();
      return Rejection(*violation);
    }
    auto& change = std::get<rules::Change>(applied);
    const auto followed = FollowHandovers(desk_, writer, change);
    if (!followed.ok()) return followed.failure();
    v1::LogEntry entry;
    *entry.mutable_author() = author;
    entry.set_device_id(desk_.caller.device_id);
    *entry.mutable_mutation() = mutation;
    auto point = writer.Commit(change, std::move(entry), at);
    if (!point.ok()) return point.failure();
    // A handover that this very mutation completed ends the caller's access from the next mutation on.
    lane.relationship = RelationshipWith(desk_.transaction, desk_.caller, mutation.dossier_id());
    v1::Outcome outcome;
    *outcome.mutable_applied()->mutable_point() = *point;
    *outcome.mutable_applied()->mutable_clamped_at() = rules::ToTimestamp(at);
    outcome.mutable_applied()->set_clock_ahead(rules::ToInstant(mutation.occurred_at()) > desk_.now);
    return outcome;
  }

  // For a mutation that was made on, or led to, history that is lost: the revision that the dossier was put
  // back to. Where no restore was noted, the lost history began no later than with that mutation.
  std::optional<std::int64_t> RestoredBelow(Lane& lane, const v1::Mutation& mutation) {
    const auto& head = lane.writer->head();
    const HistoryPoint base{mutation.base().revision(), mutation.base().salt()};
    const HistoryPoint applied{mutation.applied().revision(), mutation.applied().salt()};
    if (!(base == lane.base)) {
      lane.base = base;
      lane.base_is_lost = !IsInHistory(desk_.transaction, head, base);
    }
    const bool applied_is_lost = mutation.has_applied() && !IsInHistory(desk_.transaction, head, applied);
    if (!lane.base_is_lost && !applied_is_lost) return std::nullopt;
    if (head.restored_revision > 0) return head.restored_revision;
    return std::min(head.revision, (applied_is_lost ? applied.revision : base.revision) - 1);
  }

  // What was made on lost history may be about what another device still has to offer again.
  static bool MayComeBack(v1::ErrorReason reason) {
    return reason == v1::ERROR_REASON_NOT_FOUND || reason == v1::ERROR_REASON_WRONG_STATE ||
           reason == v1::ERROR_REASON_NO_STEPS;
  }

  // The relation has ended: what was said to the client before the end still counts for a week, the rest is
  // kept in the log where the client and the present mentor can read it, unless it has no form that any
  // device would send. The caller hears RECEIVED and nothing else.
  Result<v1::Outcome> AfterTheEnd(Lane& lane, const v1::Mutation& mutation, rules::Instant at) {
    v1::Outcome received;
    received.mutable_received();
    const auto ended_at = RelationEndedAt(desk_.transaction, desk_.caller.person_id, mutation.dossier_id());
    if (ended_at && IsLateWord(mutation) && at <= *ended_at && desk_.now <= *ended_at + kLateWords) {
      auto outcome = ApplyIn(lane, mutation, at);
      if (!outcome.ok()) return outcome.failure();
      if (outcome->has_applied()) return received;
    }
    auto kept = KeepRefused(lane, mutation, at, v1::ERROR_REASON_ACCESS_ENDED);
    if (!kept.ok()) return kept.failure();
    return received;
  }

  Result<void> KeepRefused(Lane& lane, const v1::Mutation& mutation, rules::Instant at,
                           v1::ErrorReason reason) {
    if (CheckForm(mutation)) return {};
    v1::LogEntry entry;
    *entry.mutable_author() = AuthorIn(lane);
    entry.set_device_id(desk_.caller.device_id);
    *entry.mutable_mutation() = mutation;
    entry.set_refused(reason);
    auto point = lane.writer->Commit({}, std::move(entry), at);
    return point.ok() ? Result<void>() : Result<void>(point.failure());
  }

  static bool IsLateWord(const v1::Mutation& mutation) {
    return mutation.has_record_contact() || mutation.has_send_message() || mutation.has_give_appreciation();
  }

  static std::optional<rules::Violation> CheckForm(const v1::Mutation& mutation) {
    if (mutation.ByteSizeLong() > rules::kMutationBytesMax)
      return rules::Violation{v1::ERROR_REASON_TOO_LARGE, ""};
    return rules::Validate(mutation);
  }

  v1::Author AuthorIn(const Lane& lane) const {
    v1::Author author;
    author.set_person_id(desk_.caller.person_id);
    author.set_role(lane.relationship == Relationship::kOwn ? v1::ROLE_CLIENT : v1::ROLE_MENTOR);
    return author;
  }

  Result<v1::Outcome> Remember(const Lane& lane, const v1::Mutation& mutation, v1::Outcome outcome) {
    const std::string sealed = SealForDossier(lane.writer->access(), {"outcome", mutation.mutation_id(), 0},
                                              Serialise(outcome), desk_.surroundings.random);
    if (!desk_.transaction.InsertOutcome({.mutation_id = mutation.mutation_id(),
                                          .dossier_id = mutation.dossier_id(),
                                          .device_id = desk_.caller.device_id,
                                          .stored_at_us = ToMicroseconds(desk_.now),
                                          .sealed = sealed})) {
      return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                     .log_detail = "a mutation got two outcomes"};
    }
    return outcome;
  }

  static v1::Outcome Parked() {
    v1::Outcome outcome;
    outcome.mutable_parked();
    return outcome;
  }

  static v1::Outcome Rejection(const rules::Violation& violation) {
    v1::Outcome outcome;
    outcome.mutable_rejected()->set_reason(violation.reason);
    outcome.mutable_rejected()->set_field(violation.field);
    return outcome;
  }

  Desk& desk_;
  const v1::SyncRequest& request_;
  const Templates templates_;
  const std::vector<rules::Instant> clamped_;
  std::map<std::string, Lane> lanes_;
  // Whether a restore made the service forget statements of the caller that they have not shown yet.
  bool forgotten_ = false;
};

void NoteRestoreShown(Desk& desk, const v1::SyncRequest& request) {
  const auto restore = desk.transaction.NewestRestore();
  if (!restore || request.restore_shown().empty() || request.restore_shown() != restore->restore_id) return;
  desk.transaction.PutRestoreShown(desk.caller.device_id, restore->restore_id);
}

}  // namespace

// Those of mutations or statements in one call, by their field's name.
struct CallLimits {
  std::string field;
  std::size_t count_max;
  std::size_t bytes_max;

  [[nodiscard]] Failure Exceeded() const {
    return Failure{.reason = v1::ERROR_REASON_TOO_LARGE,
                   .field = field,
                   .metadata = {{"call_" + field + "_max", std::to_string(count_max)},
                                {"call_" + field + "_bytes_max", std::to_string(bytes_max)}}};
  }
};

template <typename Messages>
std::size_t BytesOf(const Messages& messages) {
  std::size_t bytes = 0;
  for (const auto& message : messages) bytes += message.ByteSizeLong();
  return bytes;
}

Result<void> CheckLimits(const v1::SyncRequest& request) {
  const CallLimits of_mutations{"mutations", rules::kCallMutationsMax, rules::kCallMutationBytesMax};
  if (static_cast<std::size_t>(request.mutations_size()) > of_mutations.count_max ||
      BytesOf(request.mutations()) > of_mutations.bytes_max)
    return of_mutations.Exceeded();
  const CallLimits of_statements{"statements", kStatementsShownMax, kStatementsShownBytesMax};
  const auto statements = static_cast<std::size_t>(request.statements_size());
  if (statements > of_statements.count_max ||
      (BytesOf(request.statements()) > of_statements.bytes_max && statements > 1))
    return of_statements.Exceeded();
  return {};
}

Result<void> Push(Desk& desk, const v1::SyncRequest& request, v1::SyncResponse& response) {
  response.clear_outcomes();
  if (auto learned = LearnAgain(desk, request); !learned.ok()) return learned;
  NoteRestoreShown(desk, request);
  return PushCall(desk, request).Run(response);
}

}  // namespace brug::domain
