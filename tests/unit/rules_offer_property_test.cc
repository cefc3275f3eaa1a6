#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "proto/rules/offer.h"
#include "proto/rules/overlay.h"
#include "tests/unit/rules_offers.h"
#include "tests/unit/rules_steps.h"

// What holds of how far an offer has come, whatever was ticked, and whatever happened to the plan.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::days;
using std::chrono::seconds;

constexpr int kSteps = 4;

struct TickDeed {
  int step = 0;
  int days_ago = 0;
  v1::TickState state = v1::TICK_STATE_DONE;
};

std::ostream& operator<<(std::ostream& out, const TickDeed& deed) {
  return out << "step " << deed.step << ", " << deed.days_ago << " days ago: " << deed.state;
}

v1::Mutation MutationOf(const TickDeed& deed) {
  return Tick(StepId(deed.step), kToday - days(deed.days_ago), deed.state);
}

rc::Gen<TickDeed> AnyTick(const rc::Gen<v1::TickState>& state) {
  return rc::gen::build<TickDeed>(rc::gen::set(&TickDeed::step, AnyInt(0, kSteps)),
                                  rc::gen::set(&TickDeed::days_ago, AnyInt(-1, 6)),
                                  rc::gen::set(&TickDeed::state, state));
}

rc::Gen<std::vector<TickDeed>> AnyTicks() {
  const auto state = rc::gen::weightedElement<v1::TickState>({{6, v1::TICK_STATE_DONE},
                                                              {1, v1::TICK_STATE_CLEARED},
                                                              {1, v1::TICK_STATE_TRIED},
                                                              {1, v1::TICK_STATE_SKIPPED}});
  return rc::gen::container<std::vector<TickDeed>>(AnyTick(state));
}

rc::Gen<std::vector<TickDeed>> AnyDoneTicks() {
  return rc::gen::container<std::vector<TickDeed>>(AnyTick(rc::gen::just(v1::TICK_STATE_DONE)));
}

rc::Gen<v1::OfferCondition> AnyCondition() {
  return rc::gen::oneOf(rc::gen::just(AllOf()), rc::gen::just(AllOf({StepId(1), StepId(3)})),
                        rc::gen::map(AnyInt(1, kSteps + 1), [](int count) { return SomeOf(count); }),
                        rc::gen::map(AnyInt(1, 3),
                                     [](int count) {
                                       return SomeOf(count, {StepId(0), StepId(2)});
                                     }),
                        rc::gen::map(AnyInt(1, 5), [](int count) { return OnDays(count, StepId(1)); }),
                        rc::gen::just(Reached()), rc::gen::just(Achieved()));
}

// The plan, with an offer whose end lies anywhere near.
Story AnyPromise() {
  Story story = WithPlan(kSteps);
  Promise promise = PromiseOf(*AnyCondition());
  *promise.drafted.mutable_ends_on() = ToDate(kToday + days(*AnyInt(0, 3)));
  if (*AnyInt(0, 2) == 0) promise.drafted.clear_ends_on();
  Keep(story, PromiseOffer(story.dossier(), promise, Now(story)));
  return story;
}

std::string Bytes(const v1::OfferProgress& progress) { return progress.SerializeAsString(); }

// What the contract says, told in another way: looks at each step and day for itself.
v1::OfferProgress ToldOtherwise(const Story& story) {
  const v1::Offer offer = OfferIn(story);
  std::vector<Instant> times;
  for (const v1::FrozenStep& frozen : offer.steps()) {
    std::optional<Instant> first;
    for (Day day = kToday - days(20); day <= kToday + days(2); day += days(1)) {
      if (offer.has_ends_on() && day > *ToDay(offer.ends_on())) continue;
      const auto tick = story.dossier().Find(TickId(frozen.step_id(), day));
      if (!tick || tick->tick().state() != v1::TICK_STATE_DONE) continue;
      const Instant at = ToInstant(tick->tick().recorded_at());
      if (offer.condition().has_step_ticked()) times.push_back(at);
      if (!first || at < *first) first = at;
    }
    if (first && !offer.condition().has_step_ticked()) times.push_back(*first);
  }
  int needed = offer.steps_size();
  if (offer.condition().has_some_steps()) needed = offer.condition().some_steps().steps_count();
  if (offer.condition().has_step_ticked()) needed = offer.condition().step_ticked().days_count();
  const bool of_steps = offer.steps_size() > 0;
  v1::OfferProgress told;
  told.set_needed_count(of_steps ? needed : 1);
  told.set_done_count(std::min(static_cast<int>(times.size()), needed));
  told.set_earned(told.done_count() == told.needed_count());
  if (!told.earned()) return told;
  std::sort(times.begin(), times.end());
  *told.mutable_earned_at() = ToTimestamp(times[static_cast<std::size_t>(needed - 1)]);
  return told;
}

RC_GTEST_PROP(Progress, IsWhatTheContractSays, ()) {
  Story story = AnyPromise();
  for (const TickDeed& deed : *AnyTicks()) {
    (void)story.Do(Client(), MutationOf(deed));
    RC_ASSERT(Bytes(Progress(story.dossier(), OfferIn(story))) == Bytes(ToldOtherwise(story)));
  }
  RC_CLASSIFY(ProgressIn(story).earned());
}

RC_GTEST_PROP(Progress, NeverGoesBackByATickThatIsDone, ()) {
  Story story = AnyPromise();
  for (const TickDeed& deed : *AnyTicks()) (void)story.Do(Client(), MutationOf(deed));
  v1::OfferProgress before = ProgressIn(story);
  for (const TickDeed& deed : *AnyDoneTicks()) {
    const auto present = story.dossier().Find(TickId(StepId(deed.step), kToday - days(deed.days_ago)));
    const bool again = present && present->tick().state() == v1::TICK_STATE_DONE;
    (void)story.Do(Client(), MutationOf(deed));
    const v1::OfferProgress after = ProgressIn(story);
    RC_ASSERT(after.done_count() >= before.done_count());
    RC_ASSERT(after.needed_count() == before.needed_count());
    RC_ASSERT(after.earned() >= before.earned());
    // Once it is earned, other ticks do not move when that was; one that is said again is recorded again.
    if (before.earned() && !again) RC_ASSERT(Bytes(after) == Bytes(before));
    before = after;
  }
}

RC_GTEST_PROP(Progress, IsTheSameInWhateverOrderTicksArrive, ()) {
  const Story promised = AnyPromise();
  const std::vector<TickDeed> deeds = *AnyTicks();
  struct Arrival {
    v1::Mutation mutation;
    Instant at;
  };
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    arrivals.push_back({MutationOf(deeds[i]), kNow + seconds(1000 + static_cast<int>(i))});
  }
  const auto after = [&](const std::vector<Arrival>& in_order) {
    Story story = promised;
    for (const Arrival& arrival : in_order) {
      Occasion occasion = story.OccasionFor(Client());
      occasion.at = arrival.at;
      story.Put(std::get<Change>(Apply(story.dossier(), story.templates(), arrival.mutation, occasion)));
    }
    return Bytes(ProgressIn(story));
  };
  std::vector<Arrival> shuffled = arrivals;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(*rc::gen::arbitrary<unsigned>()));
  RC_ASSERT(after(arrivals) == after(shuffled));
}

// Something that happens to the plan: steps that come, change and go.
rc::Gen<v1::Mutation> AnyChangeOfThePlan(int number) {
  return rc::gen::map(AnyInt(0, 3 * kSteps), [number](int choice) {
    const std::string& step_id = StepId(choice % kSteps);
    if (choice < kSteps) return Delete(step_id);
    if (choice < 2 * kSteps) return RetitleStep(step_id, "Something else");
    return NewStep(Id(500 + number), kGoal);
  });
}

RC_GTEST_PROP(Progress, DoesNotLookAtWhatHappensToThePlan, ()) {
  Story story = AnyPromise();
  Story untouched = story;
  const std::string promised = OfferIn(story).SerializeAsString();
  int number = 0;
  for (const TickDeed& deed : *AnyDoneTicks()) {
    // Some find nothing to change any more: that is fine.
    (void)story.Try(Client(), *AnyChangeOfThePlan(++number));
    untouched.MoveClock(seconds(1));
    // A deleted step that is not frozen cannot be ticked; that is no part of the offer either.
    (void)story.Try(Client(), MutationOf(deed));
    (void)untouched.Do(Client(), MutationOf(deed));
    RC_ASSERT(Bytes(ProgressIn(story)) == Bytes(ProgressIn(untouched)));
  }
  RC_ASSERT(OfferIn(story).SerializeAsString() == promised);
}

RC_GTEST_PROP(Progress, OnADeviceIsWhatTheServiceWillSay, ()) {
  Story service = AnyPromise();
  const Story base = service;
  Overlay view(base.dossier());
  for (const TickDeed& deed : *AnyTicks()) {
    const v1::Mutation mutation = MutationOf(deed);
    (void)service.Do(Client(), mutation);
    const Occasion occasion{.author = Client(), .at = service.now(), .today = kToday};
    view.Put(std::get<Change>(Apply(view, service.templates(), mutation, occasion)));
    RC_ASSERT(Bytes(Progress(view, OfferIn(base))) == Bytes(ProgressIn(service)));
  }
  // What is confirmed is the base alone.
  RC_ASSERT(ProgressIn(base).done_count() == 0);
}

}  // namespace
}  // namespace brug::rules
