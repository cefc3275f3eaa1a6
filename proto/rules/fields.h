#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string_view>

// The one table that says of every field a mutation can carry what it may hold and who writes it.
namespace brug::rules {

// What a value looks like.
enum class Form {
  kText,      // Words; `max` in bytes.
  kId,        // A UUID.
  kName,      // A name within a Bridge: lower-case letters, digits, hyphens and underscores; `max` in bytes.
  kRank,      // A fractional key.
  kNumber,    // From `min` to `max`.
  kChoice,    // A value of an enum, from `min` to `max`.
  kDay,       // A brug.v1.Date that a calendar has.
  kMoment,    // A timestamp from the year 1 to the year 9999.
  kLanguage,  // A language that the screens speak.
  kZone,      // A time zone.
  kAny,       // Whatever its type holds.
  kPart,      // A message, or several, with rows of its own.
  kMask,      // Names of the fields of the message beside it.
  kRepeats    // A recurrence; held against the first and last day beside it.
};

// Who may write a field of a record.
enum class Writer {
  kNobody,   // Set when the record is made, never changed.
  kRules,    // Kept by the rules: nobody may set it.
  kClient,   // The client's own.
  kDrafter,  // The client's own; a mentor's while it is marked as drafted by a mentor.
  kBoth      // Client and mentor.
};

struct FieldRule {
  // Message and field, as "Goal.title".
  std::string_view name;
  Form form = Form::kAny;
  bool needed = false;
  std::int64_t min = 0;
  std::int64_t max = 0;
  Writer writer = Writer::kNobody;
};

// Whether anybody can write it once it was made.
[[nodiscard]] inline bool IsWritable(const FieldRule& rule) {
  return rule.writer != Writer::kNobody && rule.writer != Writer::kRules;
}

// The row of a field; null when the table has none. Cost: one search in a hash table.
[[nodiscard]] const FieldRule* FindFieldRule(const google::protobuf::FieldDescriptor& field);

}  // namespace brug::rules
