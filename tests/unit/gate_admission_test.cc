#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "service/gate/admission.h"

namespace brug::gate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr rules::Instant kStart{std::chrono::microseconds(1'795'255'200'000'000)};

std::string Device(int number) { return "device " + std::to_string(number); }

milliseconds DelayOf(const platform::Result<Admission::Place>& refused) {
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason, v1::ERROR_REASON_TOO_MANY_TRIES);
  return milliseconds(refused.failure().retry_delay_ms.value_or(-1));
}

TEST(Admission, LetsInAsManyAtOnceAsItMayAndAnotherWhenOneLeaves) {
  Admission admission({.calls_at_once_max = 2, .returning_per_second_max = 10});
  auto first = admission.Enter("a", kStart);
  const auto second = admission.Enter("b", kStart);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_FALSE(admission.Enter("c", kStart).ok());
  *first = nullptr;
  EXPECT_TRUE(admission.Enter("d", kStart).ok()) << "c has a turn, but it is not due yet";
}

TEST(Admission, SpreadsTheTurnsOverTheTimeThatAllNeed) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  const auto inside = admission.Enter("a", kStart);
  ASSERT_TRUE(inside.ok());
  EXPECT_EQ(DelayOf(admission.Enter("b", kStart)), milliseconds(250));
  EXPECT_EQ(DelayOf(admission.Enter("c", kStart)), milliseconds(350));
  EXPECT_EQ(DelayOf(admission.Enter("d", kStart)), milliseconds(450));
  EXPECT_EQ(DelayOf(admission.Enter("c", kStart)), milliseconds(350)) << "it has its turn already";
}

TEST(Admission, WhoseTurnIsDueGoesBeforeNewcomers) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  auto inside = admission.Enter("a", kStart);
  ASSERT_TRUE(inside.ok());
  (void)DelayOf(admission.Enter("b", kStart));
  *inside = nullptr;
  const rules::Instant due = kStart + milliseconds(250);
  EXPECT_FALSE(admission.Enter("newcomer", due).ok());
  EXPECT_TRUE(admission.Enter("b", due).ok());
}

TEST(Admission, WhoFindsNoPlaceAtTheirTimeKeepsTheirTurn) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  auto inside = admission.Enter("a", kStart);
  (void)DelayOf(admission.Enter("b", kStart));
  EXPECT_EQ(DelayOf(admission.Enter("b", kStart + seconds(2))), milliseconds(250)) << "soon again";
  *inside = nullptr;
  EXPECT_FALSE(admission.Enter("newcomer", kStart + seconds(3)).ok());
  EXPECT_TRUE(admission.Enter("b", kStart + seconds(3)).ok());
}

TEST(Admission, WhoDoesNotComeBackKeepsNobodyOutForEver) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  auto inside = admission.Enter("a", kStart);
  (void)DelayOf(admission.Enter("gone", kStart));
  *inside = nullptr;
  EXPECT_FALSE(admission.Enter("b", kStart + seconds(1)).ok()) << "the place is kept";
  EXPECT_TRUE(admission.Enter("b", kStart + seconds(2)).ok()) << "at the turn that it got";
  EXPECT_TRUE(admission.Enter("c", kStart + kTurnKept + seconds(1)).ok()) << "nobody is waited for any more";
}

TEST(Admission, TurnsThatNobodyTookKeepNobodyOutAfterAQuietTime) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  auto inside = admission.Enter("a", kStart);
  (void)DelayOf(admission.Enter("gone", kStart));
  inside.value().reset();
  EXPECT_TRUE(admission.Enter("b", kStart + std::chrono::hours(1)).ok()) << "the first of all";
}

TEST(Admission, AClockThatIsPutBackKeepsNobodyOut) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  auto inside = admission.Enter("a", kStart);
  (void)DelayOf(admission.Enter("b", kStart));
  (void)DelayOf(admission.Enter("c", kStart + seconds(1)));
  const rules::Instant back = kStart - std::chrono::hours(1);
  EXPECT_EQ(DelayOf(admission.Enter("d", back)), milliseconds(250)) << "not an hour";
  inside.value().reset();
  EXPECT_TRUE(admission.Enter("e", back + seconds(400)).ok())
      << "turns of the time before are not waited for";
}

TEST(Admission, ACallThatBeganBeforeOneThatWasSeenIsNoClockThatWasPutBack) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 10});
  auto inside = admission.Enter("a", kStart);
  (void)DelayOf(admission.Enter("b", kStart));
  inside.value().reset();
  EXPECT_FALSE(admission.Enter("c", kStart + seconds(2)).ok());
  EXPECT_FALSE(admission.Enter("d", kStart).ok()) << "the place is kept for b";
  EXPECT_TRUE(admission.Enter("b", kStart + seconds(2)).ok());
}

TEST(Admission, WhoIsInTheMiddleOfSomethingNeedsNoOtherTurn) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 1});
  auto inside = admission.Enter("a", kStart);
  for (int i = 0; i < 50; ++i) (void)DelayOf(admission.Enter(Device(i), kStart));
  admission.GoesOn("a", kStart + seconds(2));
  inside.value().reset();
  const rules::Instant later = kStart + seconds(3);
  auto next_page = admission.Enter("a", later);
  ASSERT_TRUE(next_page.ok()) << "before all that wait";
  admission.GoesOn("a", later);
  EXPECT_LT(DelayOf(admission.Enter("a", later)), seconds(10)) << "for a place, and not behind the last turn";
  next_page.value().reset();
  EXPECT_TRUE(admission.Enter("a", later + seconds(4)).ok());

  const rules::Instant too_late = later + kGoesOnFor + seconds(5);
  EXPECT_FALSE(admission.Enter("a", too_late).ok()) << "a right for some seconds";
}

TEST(Admission, ATurnIsForAllThatADeviceHasToCallNow) {
  Admission admission({.calls_at_once_max = 1, .returning_per_second_max = 1});
  auto inside = admission.Enter("a", kStart);
  for (int i = 0; i < 50; ++i) (void)DelayOf(admission.Enter(Device(i), kStart));
  inside.value().reset();
  EXPECT_TRUE(admission.Enter(Device(0), kStart + seconds(5)).ok()) << "a list, say";
  EXPECT_TRUE(admission.Enter(Device(0), kStart + seconds(6)).ok()) << "and the sync that it waited for";
}

// 21: ten thousand at once, each of which comes back when it was told; a call takes 20 ms. Among them
// newcomers all the time.
TEST(Admission, OfThousandsThatReturnAtOnceNoneStarves) {
  constexpr int kDevices = 10'000;
  constexpr std::int64_t kAtOnce = 16;
  Admission admission({.calls_at_once_max = kAtOnce, .returning_per_second_max = 400});
  std::multimap<rules::Instant, int> comes;  // who comes when; a newcomer has a number of its own
  for (int i = 0; i < kDevices; ++i) comes.emplace(kStart, i);
  for (int i = 0; i < kDevices; ++i) comes.emplace(kStart + milliseconds(5) * i, kDevices + i);
  std::multimap<rules::Instant, Admission::Place> leave;
  std::map<int, rules::Instant> served;
  std::map<int, int> refusals;
  std::size_t most_inside = 0;
  while (!comes.empty()) {
    const auto [now, device] = *comes.begin();
    comes.erase(comes.begin());
    leave.erase(leave.begin(), leave.upper_bound(now));
    auto place = admission.Enter(Device(device), now);
    if (place.ok()) {
      served[device] = now;
      leave.emplace(now + milliseconds(20), *std::move(place));
      most_inside = std::max(most_inside, leave.size());
    } else {
      ++refusals[device];
      ASSERT_LT(refusals[device], 100) << device;
      comes.emplace(now + DelayOf(place), device);
    }
  }
  EXPECT_EQ(served.size(), 2U * kDevices);
  EXPECT_LE(most_inside, static_cast<std::size_t>(kAtOnce));
  int most_refusals = 0;
  for (const auto& [device, count] : refusals) most_refusals = std::max(most_refusals, count);
  EXPECT_LE(most_refusals, 3) << "a turn is nearly always good";
  EXPECT_GT(refusals.size(), kDevices / 2U) << "else nothing was shown";
  const auto last = std::max_element(served.begin(), served.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  EXPECT_LT(last->second - kStart, seconds(60)) << "20,000 at 400 a second are 50 s";
}

// A pace that is five times what the service can do: turns come due faster than places, and still each gets
// in.
TEST(Admission, NoneStarvesThoughThePaceIsMoreThanTheServiceCanDo) {
  constexpr int kDevices = 5'000;
  Admission admission({.calls_at_once_max = 4, .returning_per_second_max = 200});
  std::multimap<rules::Instant, int> comes;
  for (int i = 0; i < kDevices; ++i) comes.emplace(kStart, i);
  std::multimap<rules::Instant, Admission::Place> leave;
  std::map<int, int> refusals;
  int served = 0;
  int newcomers = 0;
  rules::Instant last{};
  while (!comes.empty()) {
    const auto [now, device] = *comes.begin();
    comes.erase(comes.begin());
    leave.erase(leave.begin(), leave.upper_bound(now));
    auto place = admission.Enter(Device(device), now);
    last = now;
    if (place.ok()) {
      ++served;
      leave.emplace(now + milliseconds(100), *std::move(place));
      // Another comes for each that was served, for as long as a minute: they go behind those who wait.
      if (now < kStart + seconds(60)) comes.emplace(now, kDevices + newcomers++);
    } else {
      ASSERT_LT(++refusals[device], 200) << device;
      comes.emplace(now + DelayOf(place), device);
    }
  }
  EXPECT_EQ(served, kDevices + newcomers);
  EXPECT_GT(newcomers, 1'000) << "else nobody could have overtaken";
  EXPECT_LT(last - kStart, std::chrono::minutes(10)) << "40 a second, of which hardly one is left empty";
}

}  // namespace
}  // namespace brug::gate
