#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/record.pb.h"

namespace brug::rules {

// What the rules need to see of one dossier: the service gives them a transaction's records, a device its
// view.
//
// Both see the same, so the same mutation has the same outcome in both places. A reader that cannot read (a
// disk that fails) must remember so and let nothing be committed that was decided on its answers; the rules
// do not see errors.
class DossierReader {
 public:
  virtual ~DossierReader() = default;

  // The record, tombstones too; nothing when the dossier never had it. One point read.
  [[nodiscard]] virtual std::optional<v1::Record> Find(std::string_view record_id) const = 0;

  // The live records whose ParentOf() is `parent`, in no particular order. Cost: as many as there are.
  [[nodiscard]] virtual std::vector<v1::Record> ChildrenOf(std::string_view parent) const = 0;
};

// Where a record hangs: its goal for milestones and steps, its step for ticks and step pauses, what it is
// about for suggestions and views; for all others the group of its kind, as "goals". Empty for tombstones and
// kinds that this version does not know: those are found by id alone.
[[nodiscard]] std::string ParentOf(const v1::Record& record);

// The groups: parents of records that hang under nothing else.
inline constexpr std::string_view kProfiles = "profiles";
inline constexpr std::string_view kRelations = "relations";
inline constexpr std::string_view kAssessments = "assessments";
inline constexpr std::string_view kGoals = "goals";
inline constexpr std::string_view kPauses = "pauses";
inline constexpr std::string_view kAppreciations = "appreciations";
inline constexpr std::string_view kMessages = "messages";
inline constexpr std::string_view kContacts = "contacts";
inline constexpr std::string_view kAppointments = "appointments";
inline constexpr std::string_view kHandovers = "handovers";
inline constexpr std::string_view kOffers = "offers";
inline constexpr std::string_view kVouchers = "vouchers";

// The record id of the one Profile.
inline constexpr std::string_view kProfileId = "profile";

}  // namespace brug::rules
