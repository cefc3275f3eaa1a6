#pragma once

#include <optional>

#include "brug/v1/step.pb.h"
#include "proto/rules/date.h"
#include "proto/rules/violation.h"

// When a step comes back. An *occurrence* is a day on which the step's recurrence falls, from `begins_on` to
// `ends_on`; pauses and ticks are not looked at here (see today.h). Pure; safe from any thread; cost is
// constant.
namespace brug::rules {

// What is wrong with `recurrence`, `begins_on` and `ends_on` of `step`: missing, no such day, out of range,
// or a recurrence without a single occurrence (NEVER_DUE). The first thing wrong in field order, those three
// being the root of the path, as "recurrence.monthly_on.day". Other fields are not looked at.
[[nodiscard]] std::optional<Violation> CheckRecurrence(const v1::Step& step);

// Whether `day` is an occurrence. Once: its date, or any day when it has none. Times a week: any day. Every
// so many days: counted from `begins_on`. Monthly on a date that a month does not have: its last day. A step
// that CheckRecurrence() refuses, or whose kind is newer than this version, never falls.
[[nodiscard]] bool FallsOn(const v1::Step& step, Day day);

// The first occurrence on or after `from`; nothing when there is none until the end of the calendar (2199).
[[nodiscard]] std::optional<Day> NextOn(const v1::Step& step, Day from);

}  // namespace brug::rules
