#include "proto/rules/score.h"

#include <algorithm>
#include <set>

namespace brug::rules {
namespace {

bool IsLevel(int level) { return level >= 1 && level <= 5; }

// The answered domains, each once, in the order of the answers.
std::vector<const v1::Answer*> Answered(const v1::Assessment& assessment) {
  std::vector<const v1::Answer*> answers;
  std::set<std::string_view> seen;
  for (const v1::Answer& answer : assessment.answers()) {
    if (IsLevel(answer.level()) && seen.insert(answer.domain_id()).second) answers.push_back(&answer);
  }
  return answers;
}

PillarState StateOf(const v1::Pillar& pillar, const v1::Assessment& assessment) {
  PillarState state{.pillar_id = pillar.pillar_id(), .domains = pillar.domains_size()};
  for (const v1::Domain& domain : pillar.domains()) {
    const int level = LevelOf(assessment, domain.domain_id());
    if (level == 0) continue;
    state.lowest_level = state.answered == 0 ? level : std::min(state.lowest_level, level);
    ++state.answered;
  }
  if (state.answered > 0) {
    state.firmness = state.lowest_level >= kFirmLevel ? Firmness::kFirm : Firmness::kBuilding;
  }
  return state;
}

}  // namespace

std::optional<Score> ScoreOf(const v1::Assessment& assessment) {
  const auto answers = Answered(assessment);
  if (answers.empty()) return std::nullopt;
  int steps = 0;
  for (const v1::Answer* answer : answers) steps += answer->level() - 1;
  // 1000 tenths x steps / (4 x count), half up.
  const int count = static_cast<int>(answers.size());
  return Score{(500 * steps + count) / (2 * count)};
}

std::string ScoreText(Score score, std::string_view language) {
  const char* point = language.substr(0, language.find('-')) == "en" ? "." : ",";
  return std::to_string(score.tenths / 10) + point + std::to_string(score.tenths % 10);
}

bool Comparable(const v1::Assessment& one, const v1::Assessment& other) {
  return one.template_id() == other.template_id() && one.template_version() == other.template_version();
}

int LevelOf(const v1::Assessment& assessment, std::string_view domain_id) {
  for (const v1::Answer& answer : assessment.answers()) {
    if (answer.domain_id() == domain_id && IsLevel(answer.level())) return answer.level();
  }
  return 0;
}

int AimOf(const v1::Assessment& assessment, std::string_view domain_id) {
  for (const v1::Aim& aim : assessment.aims()) {
    if (aim.domain_id() == domain_id && IsLevel(aim.level())) return aim.level();
  }
  return 0;
}

std::vector<PillarState> PillarStates(const v1::BridgeTemplate& bridge, const v1::Assessment& assessment) {
  std::vector<PillarState> states;
  for (const v1::Pillar& pillar : bridge.pillars()) states.push_back(StateOf(pillar, assessment));
  return states;
}

bool CanWalk(const std::vector<PillarState>& pillars) {
  return !pillars.empty() && std::all_of(pillars.begin(), pillars.end(), [](const PillarState& pillar) {
    return pillar.firmness == Firmness::kFirm;
  });
}

std::optional<BridgeChange> ChangeBetween(const v1::Assessment& then, const v1::Assessment& now) {
  const auto score_then = ScoreOf(then);
  const auto score_now = ScoreOf(now);
  if (!Comparable(then, now) || !score_then || !score_now) return std::nullopt;
  BridgeChange change{.score_change_tenths = score_now->tenths - score_then->tenths, .domains = {}};
  for (const v1::Answer* answer : Answered(now)) {
    const int then_level = LevelOf(then, answer->domain_id());
    if (then_level != 0) change.domains.push_back({answer->domain_id(), then_level, answer->level()});
  }
  return change;
}

}  // namespace brug::rules
