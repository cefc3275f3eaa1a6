#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "client-sdk/src/api/event_loop.h"
#include "client-sdk/src/api/notifier.h"

// The threads at the edge of the SDK.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

Event Numbered(std::uint64_t number) { return TimerFired{.timer_id = number}; }
std::uint64_t NumberOf(const Event& event) { return std::get<TimerFired>(event).timer_id; }

Change Of(const std::string& dossier_id) {
  Change change;
  change.dossier_ids = {dossier_id};
  return change;
}

// Calls `body` from a subscription's thread, which is then held until `release` is called.
class HeldCallback {
 public:
  std::function<void(const Change&)> callback() {
    return [this](const Change& change) {
      seen_.push_back(change);
      if (seen_.size() > 1) {
        second_.set_value();
        return;
      }
      began_.set_value();
      released_.get_future().wait();
    };
  }
  void AwaitBegin() { began_.get_future().wait(); }
  void AwaitSecond() { second_.get_future().wait(); }
  void Release() { released_.set_value(); }
  [[nodiscard]] const std::vector<Change>& seen() const { return seen_; }

 private:
  std::vector<Change> seen_;
  std::promise<void> began_;
  std::promise<void> released_;
  std::promise<void> second_;
};

TEST(EventLoop, HandlesEventsInTheOrderInWhichTheyCame) {
  std::vector<std::uint64_t> handled;
  std::promise<void> last;
  EventLoop loop([&](const Event& event) {
    handled.push_back(NumberOf(event));
    if (handled.size() == 3) last.set_value();
  });
  for (const std::uint64_t number : {1, 2, 3}) loop.Post(Numbered(number));
  last.get_future().wait();
  EXPECT_THAT(handled, ElementsAre(1, 2, 3));
}

TEST(EventLoop, WhatIsForLaterComesInTheOrderOfItsTime) {
  std::vector<std::uint64_t> handled;
  std::promise<void> last;
  EventLoop loop([&](const Event& event) {
    handled.push_back(NumberOf(event));
    if (handled.size() == 3) last.set_value();
  });
  loop.PostAfter(std::chrono::milliseconds(40), Numbered(3));
  loop.PostAfter(std::chrono::milliseconds(20), Numbered(2));
  loop.PostAfter(std::chrono::milliseconds(0), Numbered(1));
  last.get_future().wait();
  EXPECT_THAT(handled, ElementsAre(1, 2, 3));
}

TEST(EventLoop, AfterStopNothingIsHandled) {
  std::atomic<int> handled = 0;
  EventLoop loop([&](const Event&) { ++handled; });
  loop.PostAfter(std::chrono::hours(1), Numbered(1));
  loop.Stop();
  loop.Post(Numbered(2));
  EXPECT_EQ(handled, 0);
}

class NotifierTest : public testing::Test {
 protected:
  Notifier notifier_;
};

TEST_F(NotifierTest, ChangesThatComeWhileOneIsToldGatherIntoOne) {
  HeldCallback held;
  const auto registration = notifier_.Add(held.callback());
  notifier_.Post(Of("a"));
  held.AwaitBegin();
  notifier_.Post(Of("b"));
  notifier_.Post(Of("c"));
  notifier_.Post(Of("b"));
  held.Release();
  held.AwaitSecond();
  notifier_.Stop();
  ASSERT_EQ(held.seen().size(), 2);
  EXPECT_THAT(held.seen()[0].dossier_ids, ElementsAre("a"));
  EXPECT_THAT(held.seen()[1].dossier_ids, UnorderedElementsAre("b", "c"));
}

TEST_F(NotifierTest, ClosingWaitsForTheCallThatGoesOn) {
  HeldCallback held;
  const auto registration = notifier_.Add(held.callback());
  notifier_.Post(Of("a"));
  held.AwaitBegin();
  std::atomic<bool> closed = false;
  std::thread closing([&] {
    registration->Close();
    closed = true;
  });
  EXPECT_FALSE(closed);
  held.Release();
  closing.join();
  EXPECT_TRUE(closed);
}

TEST_F(NotifierTest, AfterClosingNoCallComes) {
  std::atomic<int> calls = 0;
  const auto registration = notifier_.Add([&](const Change&) { ++calls; });
  registration->Close();
  std::promise<void> other;
  const auto barrier = notifier_.Add([&](const Change&) { other.set_value(); });
  notifier_.Post(Of("a"));
  other.get_future().wait();
  notifier_.Stop();
  EXPECT_EQ(calls, 0);
}

TEST_F(NotifierTest, ACallbackMayCloseItself) {
  std::promise<void> closed;
  std::shared_ptr<Notifier::Registration> registration;
  registration = notifier_.Add([&](const Change&) {
    registration->Close();
    closed.set_value();
  });
  notifier_.Post(Of("a"));
  closed.get_future().wait();
}

TEST_F(NotifierTest, StoppingWaitsForTheCallThatGoesOn) {
  HeldCallback held;
  const auto registration = notifier_.Add(held.callback());
  notifier_.Post(Of("a"));
  held.AwaitBegin();
  held.Release();
  notifier_.Stop();
  EXPECT_EQ(held.seen().size(), 1);
}

}  // namespace
}  // namespace brug::sdk
