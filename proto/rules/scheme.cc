#include "proto/rules/scheme.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "proto/rules/date.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"

namespace brug::rules {
namespace {

using Wrong = std::optional<Violation>;
using StepIds = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::int64_t kAmountCentsMinUnsaid = 2'000;
constexpr std::int64_t kAmountCentsMaxUnsaid = 6'000;
constexpr std::int64_t kAmountsAYearUnsaid = 12;
constexpr std::int64_t kFourEyesAboveCentsUnsaid = 5'000;
constexpr std::int32_t kVoucherDaysUnsaid = 365;

struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

Wrong CheckNumber(std::int64_t value, Range range, std::string_view field) {
  if (value >= range.least && value <= range.most) return std::nullopt;
  return Violation{v1::ERROR_REASON_OUT_OF_RANGE, std::string(field)};
}

Wrong CheckWords(std::string_view text, TextLimit limit, std::string_view field) {
  if (const auto reason = CheckText(text, limit)) return Violation{*reason, std::string(field)};
  return std::nullopt;
}

Wrong CheckId(std::string_view id, const std::string& field) {
  if (id.empty()) return Violation{v1::ERROR_REASON_MISSING, field};
  if (!IsUuid(id)) return Violation{v1::ERROR_REASON_NOT_AN_ID, field};
  return std::nullopt;
}

// The first of these that is wrong.
template <std::size_t kCount>
Wrong FirstOf(const std::array<Wrong, kCount>& checks) {
  const auto found = std::ranges::find_if(checks, [](const Wrong& wrong) { return wrong.has_value(); });
  return found == checks.end() ? std::nullopt : *found;
}

// ---- Schemes

void FillIn(v1::Scheme& scheme) {
  if (scheme.amount_cents_min() == 0) scheme.set_amount_cents_min(kAmountCentsMinUnsaid);
  if (scheme.amount_cents_max() == 0) scheme.set_amount_cents_max(kAmountCentsMaxUnsaid);
  if (scheme.client_year_cents_max() == 0) {
    // A highest amount out of its range is refused by name, before anybody looks at the year.
    const std::int64_t amount = std::clamp<std::int64_t>(scheme.amount_cents_max(), 0, kOfferCentsMax);
    scheme.set_client_year_cents_max(kAmountsAYearUnsaid * amount);
  }
  if (!scheme.has_four_eyes_above_cents()) scheme.set_four_eyes_above_cents(kFourEyesAboveCentsUnsaid);
  if (scheme.voucher_days() == 0) scheme.set_voucher_days(kVoucherDaysUnsaid);
  if (scheme.reveal_policy() == v1::REVEAL_POLICY_UNSPECIFIED) {
    scheme.set_reveal_policy(v1::REVEAL_POLICY_AFTER_PLAN);
  }
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool NamesMoney(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords = {"euro", "euros", "eur", "cent", "cents"};
  return std::ranges::any_of(kWords, [word](std::string_view money) {
    return std::ranges::equal(word, money, [](char a, char b) { return (a | 0x20) == b; });
  });
}

bool NamesAmount(std::string_view words) {
  if (words.find("€") != std::string_view::npos) return true;
  while (!words.empty()) {
    const auto end = std::ranges::find_if_not(words, IsLetter);
    const auto length = static_cast<std::size_t>(end - words.begin());
    if (NamesMoney(words.substr(0, length))) return true;
    words.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return false;
}

// What clients read of a scheme before any promise, which names no amount (V1).
Wrong CheckKnownWords(const v1::Scheme& scheme) {
  const bool known = scheme.reveal_policy() == v1::REVEAL_POLICY_RULES_KNOWN;
  if (auto wrong = CheckWords(scheme.rules_words(), {kWordsBytesMax, known}, "scheme.rules_words"))
    return wrong;
  if (NamesAmount(scheme.rules_words()))
    return Violation{v1::ERROR_REASON_OUT_OF_RANGE, "scheme.rules_words"};
  if (known && NamesAmount(scheme.display_name())) {
    return Violation{v1::ERROR_REASON_OUT_OF_RANGE, "scheme.display_name"};
  }
  return std::nullopt;
}

Wrong CheckScheme(const v1::Scheme& scheme) {
  const std::int64_t least = scheme.amount_cents_min();
  return FirstOf(std::array{
      CheckWords(scheme.display_name(), {kNameBytesMax, true}, "scheme.display_name"),
      CheckNumber(least, {1, kOfferCentsMax}, "scheme.amount_cents_min"),
      CheckNumber(scheme.amount_cents_max(), {least, kOfferCentsMax}, "scheme.amount_cents_max"),
      CheckNumber(scheme.client_year_cents_max(), {least, kPaidInCentsMax}, "scheme.client_year_cents_max"),
      CheckNumber(scheme.four_eyes_above_cents(), {0, kPaidInCentsMax}, "scheme.four_eyes_above_cents"),
      CheckNumber(scheme.voucher_days(), {1, kVoucherDaysMax}, "scheme.voucher_days"),
      CheckNumber(scheme.reveal_policy(), {v1::REVEAL_POLICY_AFTER_PLAN, v1::REVEAL_POLICY_RULES_KNOWN},
                  "scheme.reveal_policy"),
      CheckKnownWords(scheme)});
}

// Whether the two together are more than `cents_max`, whatever they are.
bool Exceeds(std::int64_t promised_cents, std::int64_t amount_cents, std::int64_t cents_max) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(promised_cents, amount_cents, &sum)) return amount_cents > 0;
  return sum > cents_max;
}

// ---- Drafts

Wrong CheckStepIds(const StepIds& step_ids, const std::string& path) {
  if (step_ids.size() > static_cast<int>(kStepsPerGoalMax)) {
    return Violation{v1::ERROR_REASON_TOO_MANY, path};
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < step_ids.size(); ++i) {
    const std::string place = path + "[" + std::to_string(i) + "]";
    if (auto wrong = CheckId(step_ids[i], place)) return wrong;
    if (!seen.insert(step_ids[i]).second) return Violation{v1::ERROR_REASON_ALREADY_EXISTS, place};
  }
  return std::nullopt;
}

Wrong CheckSome(const v1::SomeSteps& some) {
  const int most = some.step_ids().empty() ? static_cast<int>(kStepsPerGoalMax) : some.step_ids_size();
  return FirstOf(
      std::array{CheckStepIds(some.step_ids(), "draft.condition.some_steps.step_ids"),
                 CheckNumber(some.steps_count(), {1, most}, "draft.condition.some_steps.steps_count")});
}

Wrong CheckTicked(const v1::StepTicked& ticked) {
  return FirstOf(std::array{
      CheckId(ticked.step_id(), "draft.condition.step_ticked.step_id"),
      CheckNumber(ticked.days_count(), {1, kOfferDaysCountMax}, "draft.condition.step_ticked.days_count")});
}

// One that is there without a kind is of a newer version: taken for all steps, it would promise something
// else.
Wrong CheckCondition(const v1::OfferDraft& draft) {
  switch (draft.condition().kind_case()) {
    case v1::OfferCondition::kAllSteps:
      return CheckStepIds(draft.condition().all_steps().step_ids(), "draft.condition.all_steps.step_ids");
    case v1::OfferCondition::kSomeSteps:
      return CheckSome(draft.condition().some_steps());
    case v1::OfferCondition::kMilestoneReached:
      return CheckId(draft.condition().milestone_reached().milestone_id(),
                     "draft.condition.milestone_reached.milestone_id");
    case v1::OfferCondition::kStepTicked:
      return CheckTicked(draft.condition().step_ticked());
    case v1::OfferCondition::kGoalAchieved:
      return std::nullopt;
    case v1::OfferCondition::KIND_NOT_SET:
      break;
  }
  if (!draft.has_condition()) return std::nullopt;
  return Violation{v1::ERROR_REASON_MISSING, "draft.condition"};
}

Wrong CheckEnd(const v1::OfferDraft& draft) {
  if (!draft.has_ends_on() || ToDay(draft.ends_on())) return std::nullopt;
  return Violation{v1::ERROR_REASON_NO_SUCH_DAY, "draft.ends_on"};
}

}  // namespace

std::variant<v1::Scheme, Violation> CompleteScheme(const v1::Scheme& scheme) {
  if (!scheme.scheme_id().empty()) return Violation{v1::ERROR_REASON_NOT_WRITABLE, "scheme.scheme_id"};
  v1::Scheme completed = scheme;
  FillIn(completed);
  if (const auto wrong = CheckScheme(completed)) return *wrong;
  return completed;
}

std::optional<Violation> CheckDraft(const v1::OfferDraft& draft) {
  return FirstOf(std::array{CheckId(draft.goal_id(), "draft.goal_id"),
                            CheckId(draft.scheme_id(), "draft.scheme_id"),
                            CheckNumber(draft.amount_cents(), {1, kOfferCentsMax}, "draft.amount_cents"),
                            CheckWords(draft.words(), {kWordsBytesMax, false}, "draft.words"),
                            CheckCondition(draft), CheckEnd(draft)});
}

std::optional<Violation> CheckAmount(const v1::OfferDraft& draft, const v1::Scheme& scheme) {
  return CheckNumber(draft.amount_cents(), {scheme.amount_cents_min(), scheme.amount_cents_max()},
                     "draft.amount_cents");
}

bool IsOverYear(const v1::Scheme& scheme, std::int64_t promised_cents, std::int64_t amount_cents) {
  return Exceeds(promised_cents, amount_cents, scheme.client_year_cents_max());
}

bool NeedsSecondPerson(const v1::Scheme& scheme, std::int64_t promised_cents, std::int64_t amount_cents) {
  return Exceeds(promised_cents, amount_cents, scheme.four_eyes_above_cents());
}

}  // namespace brug::rules
