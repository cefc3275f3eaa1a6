#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <numeric>

#include "proto/rules/apply.h"

namespace brug::rules {
namespace {

using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// The first year that dates of the contract can have.
constexpr Instant kEarliest = std::chrono::sys_days(std::chrono::year(1900) / 1 / 1);

// What a Timestamp may hold, from the year 1 to the year 9999.
constexpr std::int64_t kSecondsMin = -62'135'596'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;

bool HasToBeClamped(Instant occurred_at, Instant now) { return occurred_at > now || occurred_at < kEarliest; }

}  // namespace

std::vector<Instant> ClampTimes(const std::vector<Instant>& occurred_at, Instant now) {
  // From early to late: first what keeps its time, by that; then what is clamped to now, as it came.
  std::vector<std::size_t> order(occurred_at.size());
  std::iota(order.begin(), order.end(), 0);
  const auto clamped = [&](std::size_t i) { return HasToBeClamped(occurred_at[i], now); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (clamped(a) != clamped(b)) return clamped(b);
    return !clamped(a) && occurred_at[a] < occurred_at[b];
  });

  // From late to early: each makes room for those after it.
  std::vector<Instant> times(occurred_at.size());
  Instant latest = now;
  for (std::size_t n = order.size(); n-- > 0;) {
    const std::size_t i = order[n];
    const bool as_the_one_after =
        n + 1 < order.size() && !clamped(order[n + 1]) && occurred_at[i] == occurred_at[order[n + 1]];
    if (n + 1 < order.size() && !as_the_one_after) latest = times[order[n + 1]] - microseconds(1);
    times[i] = clamped(i) ? latest : std::min(occurred_at[i], latest);
  }
  return times;
}

Instant ToInstant(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kSecondsMin) return Instant::min();
  if (timestamp.seconds() > kSecondsMax) return Instant::max();
  return Instant(seconds(timestamp.seconds())) + floor<microseconds>(nanoseconds(timestamp.nanos()));
}

google::protobuf::Timestamp ToTimestamp(Instant instant) {
  const auto whole = floor<seconds>(instant);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(whole.time_since_epoch().count());
  timestamp.set_nanos(static_cast<std::int32_t>(nanoseconds(instant - whole).count()));
  return timestamp;
}

}  // namespace brug::rules
