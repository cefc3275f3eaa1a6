#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "brug/v1/mutation.pb.h"
#include "proto/rules/apply.h"
#include "proto/rules/date.h"
#include "proto/rules/zone.h"
#include "tests/support/memory_dossier.h"

// A small dossier with people in it, to try mutations on.
namespace brug::testing {

// UUIDs that tests can tell apart: Id(7) is "00000000-0000-7000-8000-000000000007".
[[nodiscard]] std::string Id(std::int64_t number);

[[nodiscard]] v1::Author Client();
[[nodiscard]] v1::Author Mentor();
[[nodiscard]] v1::Author OtherMentor();
[[nodiscard]] v1::Author Someone(v1::Role role);

// One template, "small" version 1: domains housing, debts and health.
class SmallBridge : public rules::TemplateReader {
 public:
  SmallBridge();
  [[nodiscard]] const v1::BridgeTemplate* FindTemplate(std::string_view template_id,
                                                       int version) const override;
  [[nodiscard]] bool HasDomain(std::string_view domain_id) const override;

 private:
  v1::BridgeTemplate bridge_;
};

// Europe/Amsterdam and UTC, both at UTC all year.
class TwoZones : public rules::ZoneReader {
 public:
  [[nodiscard]] std::optional<rules::Zone> FindZone(std::string_view iana_name) const override;
};

// Saturday 21 November 2026: what tests call today.
inline constexpr rules::Day kToday = std::chrono::year(2026) / 11 / 21;
inline constexpr rules::Instant kNow = kToday + std::chrono::hours(12);

// A mutation with a fresh id, a right envelope and no intent yet.
[[nodiscard]] v1::Mutation NewMutation();

[[nodiscard]] v1::Mutation NewGoal(const std::string& goal_id,
                                   const std::string& title = "A place of our own");
[[nodiscard]] v1::Mutation NewMilestone(const std::string& milestone_id, const std::string& goal_id);
// Every day, from ten days ago.
[[nodiscard]] v1::Mutation NewStep(const std::string& step_id, const std::string& goal_id,
                                   const std::string& title = "Open the mail");
[[nodiscard]] v1::Mutation RetitleGoal(const std::string& goal_id, const std::string& title);
[[nodiscard]] v1::Mutation RetitleStep(const std::string& step_id, const std::string& title);
[[nodiscard]] v1::Mutation GoalTo(const std::string& goal_id, v1::GoalState state);
[[nodiscard]] v1::Mutation Formulate(const std::string& goal_id);
[[nodiscard]] v1::Mutation Delete(const std::string& record_id);
[[nodiscard]] v1::Mutation Tick(const std::string& step_id, rules::Day day,
                                v1::TickState state = v1::TICK_STATE_DONE);
[[nodiscard]] v1::Mutation Suggest(const std::string& suggestion_id, const std::string& target_id,
                                   v1::SuggestedField field, const std::string& words);
[[nodiscard]] v1::Mutation AnswerSuggestion(const std::string& suggestion_id, bool take);
[[nodiscard]] v1::Mutation Say(const std::string& message_id, const std::string& words = "Hello");
[[nodiscard]] v1::Mutation Talked(const std::string& contact_id, const std::string& handover_id = "");
[[nodiscard]] v1::Mutation ProposeHandover(const std::string& handover_id, const std::string& to_person_id);
[[nodiscard]] v1::Mutation AnswerHandover(const std::string& handover_id, bool agree);
[[nodiscard]] v1::Mutation Assess(const std::string& assessment_id);
[[nodiscard]] v1::Mutation BeginPause(const std::string& pause_id, const std::string& step_id,
                                      rules::Day from);

// A dossier that mutations happen to, as a service would let them: each that is accepted is the next
// revision. It begins at revision 1 with a profile; the clock moves on by a second with each try.
class Story {
 public:
  Story();

  // Applies one mutation and keeps what it changes. A mutation without a base was made on the newest state.
  std::variant<rules::Change, rules::Violation> Try(const v1::Author& author, v1::Mutation mutation);
  // One that must be accepted; its change.
  rules::Change Do(const v1::Author& author, const v1::Mutation& mutation);
  // One that must be refused; why.
  rules::Violation Refused(const v1::Author& author, const v1::Mutation& mutation);
  // What the service writes itself.
  void Put(const rules::Change& change);

  [[nodiscard]] v1::Record Get(std::string_view record_id) const;
  [[nodiscard]] const MemoryDossier& dossier() const { return dossier_; }
  [[nodiscard]] const SmallBridge& templates() const { return templates_; }
  [[nodiscard]] std::int64_t revision() const { return revision_; }
  // The occasion of the next revision.
  [[nodiscard]] rules::Occasion OccasionFor(const v1::Author& author) const;

  void MoveClock(std::chrono::seconds by) { now_ += by; }
  [[nodiscard]] rules::Instant now() const { return now_; }

 private:
  MemoryDossier dossier_;
  SmallBridge templates_;
  TwoZones zones_;
  std::int64_t revision_ = 1;
  rules::Instant now_ = kNow;
};

// `mutation` as made on revision `revision`.
[[nodiscard]] v1::Mutation Seen(std::int64_t revision, v1::Mutation mutation);

}  // namespace brug::testing

namespace brug::rules {

// How GoogleTest shows it.
void PrintTo(const Violation& violation, std::ostream* out);

}  // namespace brug::rules
