#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "brug/v1/bridge_template.pb.h"
#include "brug/v1/mutation.pb.h"
#include "brug/v1/person.pb.h"
#include "brug/v1/record.pb.h"
#include "proto/rules/date.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/violation.h"
#include "proto/rules/zone.h"

// The heart: what a mutation means. The service decides with it, a device shows with it what is not confirmed
// yet.
namespace brug::rules {

// Looks up the organisation's Bridge templates; returns null for one it does not have.
class TemplateReader {
 public:
  virtual ~TemplateReader() = default;
  [[nodiscard]] virtual const v1::BridgeTemplate* FindTemplate(std::string_view template_id,
                                                               int version) const = 0;
  // Whether any of them has this domain: what a goal belongs to.
  [[nodiscard]] virtual bool HasDomain(std::string_view domain_id) const = 0;
};

// The occasion on which a mutation is applied.
struct Occasion {
  // Who does it. The caller has checked that they may write in this dossier at all; the rules check whose
  // each thing is.
  v1::Author author;
  // When it counts as done: `occurred_at` as ClampTimes gave it.
  Instant at;
  // The service's today in the dossier's time zone (on a device: the device's).
  Day today;
  // The revision it leads to; 0 on a device, where it is not confirmed yet.
  std::int64_t revision = 0;
  // For a mutation whose base, or `applied`, is of a history that the service lost: the revision the dossier
  // was put back to. Nothing for all others, and on a device, which does not know it.
  std::optional<std::int64_t> restored_revision = {};
  // Looks up the time zone that a client chooses. Null: none is known, and none can be chosen.
  const ZoneReader* zones = nullptr;
};

// What an accepted mutation changes.
struct Change {
  // The records as they are now, complete, each with `revision` = Occasion.revision. May be empty: a tick
  // that was older than the one that is there changes nothing and is accepted.
  std::vector<v1::Record> records;
  // What was overwritten, or arrived and lost: for the history (LogEntry.overwritten).
  std::vector<v1::Record> overwritten;
};

// Applies `mutation` to what `dossier` shows, by the conflict table of document "sync". Either all of it or
// nothing: a refusal says why and where. The mutation must have passed Validate(); an absent intent is a
// programmer's mistake.
//
// What says only what is so already (a goal parked twice, a yes said again) is accepted and changes nothing:
// a person's two devices may both have said it. What every field may hold and who writes it: fields.cc. Whose
// each intent is: apply.cc.
//
// Deterministic: same view, mutation and occasion give the same bytes, on every machine. Pure; safe from any
// thread.
[[nodiscard]] std::variant<Change, Violation> Apply(const DossierReader& dossier,
                                                    const TemplateReader& templates,
                                                    const v1::Mutation& mutation, const Occasion& occasion);

// The times at which mutations of one call count as done: none later than `now`, and in the order in which
// they came: each later than the one before wherever `occurred_at` said so or clamping would have made them
// equal. Spacing is one microsecond. `occurred_at` out of range counts as `now`.
[[nodiscard]] std::vector<Instant> ClampTimes(const std::vector<Instant>& occurred_at, Instant now);

// The record id of the tick of `step_id` on `day`: "STEP_ID/YYYY-MM-DD".
[[nodiscard]] std::string TickId(std::string_view step_id, Day day);

// Timestamps of the contract, at microsecond precision.
[[nodiscard]] Instant ToInstant(const google::protobuf::Timestamp& timestamp);
[[nodiscard]] google::protobuf::Timestamp ToTimestamp(Instant instant);

}  // namespace brug::rules
