#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "brug/v1/reward_service.pb.h"
#include "brug/v1/scheme.pb.h"
#include "proto/rules/violation.h"

// What a programme manager may decide and a mentor may draft, whatever the dossier holds. Every number is
// taken as it comes, from the least to the greatest of its type. Pure; safe from any thread.
namespace brug::rules {

// The scheme with what was not said filled in; scheme_id stays empty. The first thing wrong, in field order,
// with its path from the request, as "scheme.amount_cents_max": NOT_WRITABLE for a scheme_id; MISSING,
// TEXT_TOO_LONG, NOT_TEXT; OUT_OF_RANGE. Amounts: 1 <= min <= max <= kOfferCentsMax; a year is from
// amount_cents_min to kPaidInCentsMax, the threshold from 0 to that. `rules_words` name no amount:
// OUT_OF_RANGE when they hold a euro sign, or one of the words euro, EUR and cent; what is said otherwise is
// not found.
[[nodiscard]] std::variant<v1::Scheme, Violation> CompleteScheme(const v1::Scheme& scheme);

// Whether the form of a draft is right. The first thing wrong, in field order, with its path from the
// request, as "draft.condition.all_steps.step_ids[3]": MISSING; NOT_AN_ID; OUT_OF_RANGE; TEXT_TOO_LONG,
// NOT_TEXT; TOO_MANY steps; ALREADY_EXISTS for a step that is named twice; NO_SUCH_DAY. Whether the goal and
// its steps are there, and the day is to come, is looked at when it is promised (offer.h); of the amount only
// that it is from 1 to kOfferCentsMax.
[[nodiscard]] std::optional<Violation> CheckDraft(const v1::OfferDraft& draft);

// OUT_OF_RANGE with "draft.amount_cents" for an amount outside what a completed scheme allows.
[[nodiscard]] std::optional<Violation> CheckAmount(const v1::OfferDraft& draft, const v1::Scheme& scheme);

// Whether what was promised to a client this year and this amount together exceed what the scheme sets for a
// year: OVER_YEAR; or need a second person. Overflow-safe.
[[nodiscard]] bool IsOverYear(const v1::Scheme& scheme, std::int64_t promised_cents,
                              std::int64_t amount_cents);
[[nodiscard]] bool NeedsSecondPerson(const v1::Scheme& scheme, std::int64_t promised_cents,
                                     std::int64_t amount_cents);

}  // namespace brug::rules
