#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/assessment.pb.h"
#include "brug/v1/bridge_template.pb.h"

// What an assessment adds up to: the score, how firm each pillar is, and what changed since another. Pure;
// safe from any thread; cost proportional to what is passed in.
//
// A domain is answered when the assessment has a level from 1 to 5 for it; of two answers for one domain the
// first counts.
namespace brug::rules {

// score = 100 x mean of (level - 1) / 4 over the answered domains, in tenths and rounded half up: 625 is 62.5
// of 100.
struct Score {
  int tenths = 0;
  friend auto operator<=>(const Score&, const Score&) = default;
};

// The Bridge score; nothing when no domain was answered.
[[nodiscard]] std::optional<Score> ScoreOf(const v1::Assessment& assessment);

// One decimal, always: "62.5" in English, "62,5" in any other language.
[[nodiscard]] std::string ScoreText(Score score, std::string_view language);

// Whether two assessments were made with the same version of the same template: only then can they be
// compared.
[[nodiscard]] bool Comparable(const v1::Assessment& one, const v1::Assessment& other);

// The level answered for a domain, 1 to 5; 0 when it was skipped.
[[nodiscard]] int LevelOf(const v1::Assessment& assessment, std::string_view domain_id);

// The level wanted for a domain, 1 to 5; 0 when there is no aim for it.
[[nodiscard]] int AimOf(const v1::Assessment& assessment, std::string_view domain_id);

// Whether a pillar bears.
enum class Firmness {
  kOpen,      // no domain of it was answered
  kBuilding,  // an answered domain is below kFirmLevel
  kFirm,      // every answered domain is at kFirmLevel or above
};
inline constexpr int kFirmLevel = 4;

// A pillar is as strong as its weakest stone, so its firmness hangs on the lowest answered level, not on the
// mean. Skipping is always fine, so a skipped domain weakens nothing; it is counted, for whoever wants to
// show that something is still open.
struct PillarState {
  std::string pillar_id;
  Firmness firmness = Firmness::kOpen;
  int lowest_level = 0;  // of the answered domains; 0 when none was
  int answered = 0;
  int domains = 0;
};

// The pillars in the template's order.
[[nodiscard]] std::vector<PillarState> PillarStates(const v1::BridgeTemplate& bridge,
                                                    const v1::Assessment& assessment);

// Whether one can walk on the Bridge: all pillars are firm.
[[nodiscard]] bool CanWalk(const std::vector<PillarState>& pillars);

// A domain that was answered both times.
struct DomainChange {
  std::string domain_id;
  int then_level = 0;
  int now_level = 0;
};

// What changed between two assessments.
struct BridgeChange {
  int score_change_tenths = 0;        // now - then
  std::vector<DomainChange> domains;  // in the order of the answers of now; those that stayed the same too
};

// Nothing when the two are not Comparable() or one of them has no score. The order of the two dates is the
// caller's matter.
[[nodiscard]] std::optional<BridgeChange> ChangeBetween(const v1::Assessment& then,
                                                        const v1::Assessment& now);

}  // namespace brug::rules
