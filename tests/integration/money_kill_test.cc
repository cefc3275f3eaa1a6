#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "proto/rules/date.h"
#include "tests/support/counts.h"
#include "tests/support/reward_town.h"

// The service is killed at random moments while vouchers are given, spent and taken back: the books balance,
// what was answered is there, and what was not is there whole or not at all.
//
// Long runs (deploy/test --long kills): MONEY_KILLS=1000.
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

constexpr int kShops = 6;
constexpr int kIssuers = 2;
constexpr std::int64_t kCents = 100;
constexpr std::int64_t kVoucherCents = 1'000'000;

// Answers of all workers, for whoever waits for the next moment to kill.
class Answers {
 public:
  void Count() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void Await(int more) {
    std::unique_lock lock(mutex_);
    const int until = count_ + more;
    changed_.wait(lock, [&] { return count_ >= until; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// Somebody who sends one request after another until one is not answered, and that one again later. Each
// request is kept before it is sent, as a device does.
class Worker {
 public:
  virtual ~Worker() = default;

  // Returns when the service does not answer.
  void Work(Answers& answers) {
    while (Step()) answers.Count();
  }
  // Sends again what was not answered; true if there was such a one.
  bool Finish() {
    if (!unanswered_) return false;
    ++lost_;
    EXPECT_TRUE(Step());
    return true;
  }
  [[nodiscard]] bool unanswered() const { return unanswered_; }
  // The number of the call that it waits for now; 0 for none.
  [[nodiscard]] std::int64_t waits_for() const {
    const std::int64_t answered = answered_;
    const std::int64_t sent = sent_;
    return sent > answered + lost_ ? sent : 0;
  }
  [[nodiscard]] RawDevice& device() const { return *device_; }

 protected:
  explicit Worker(RawDevice& device) : device_(&device) {}

  // Sends one request, the same again if it was not answered; false if it is not answered now either.
  virtual bool Step() = 0;

  template <typename Request, typename Response>
  bool Send(grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
            const Request& request, Response* response) {
    unanswered_ = true;
    ++sent_;
    auto context = device_->Context();
    // To a service that is gone a call is not sent later, but not answered.
    context->set_wait_for_ready(false);
    const auto status = (device_->reward().*method)(context.get(), request, response);
    if (!status.ok()) {
      EXPECT_TRUE(status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                  status.error_code() == grpc::StatusCode::CANCELLED)
          << Request::descriptor()->name() << ": " << status.error_message() << " " << ErrorOf(status).reason;
      return false;
    }
    unanswered_ = false;
    ++answered_;
    return true;
  }

 private:
  RawDevice* device_;
  bool unanswered_ = false;
  std::atomic<std::int64_t> sent_ = 0, answered_ = 0;
  // Of those sent, how many were never answered.
  std::int64_t lost_ = 0;
};

// Spends a voucher in parts, and takes every fourth part back.
class Spender final : public Worker {
 public:
  Spender(RewardTown::Staff shop, std::string code)
      : Worker(*shop.device), shop_(std::move(shop)), code_(std::move(code)) {}

  [[nodiscard]] const std::string& merchant_id() const { return shop_.person_id; }
  [[nodiscard]] std::int64_t answered_cents() const { return answered_cents_; }
  // What the books may have for the one request that was not answered, in cents.
  [[nodiscard]] std::int64_t unanswered_cents() const {
    if (!unanswered()) return 0;
    return undoing_ ? -kCents : kCents;
  }
  [[nodiscard]] const std::map<std::string, bool>& undone_by_id() const { return undone_by_id_; }

 private:
  bool Step() override { return undoing_ ? Undo() : Redeem(); }

  bool Redeem() {
    if (!unanswered()) redeem_ = RedeemCode(code_, kCents);
    v1::RedeemVoucherResponse response;
    if (!Send(&Reward::RedeemVoucher, redeem_, &response)) return false;
    answered_cents_ += kCents;
    undone_by_id_[response.redemption().redemption_id()] = false;
    if (undone_by_id_.size() % 4 != 0) return true;
    undoing_ = true;
    undo_ = Fresh<v1::UndoRedemptionRequest>();
    undo_.set_redemption_id(response.redemption().redemption_id());
    return true;
  }

  bool Undo() {
    v1::UndoRedemptionResponse response;
    if (!Send(&Reward::UndoRedemption, undo_, &response)) return false;
    answered_cents_ -= kCents;
    undone_by_id_[undo_.redemption_id()] = true;
    undoing_ = false;
    return true;
  }

  RewardTown::Staff shop_;
  const std::string code_;
  v1::RedeemVoucherRequest redeem_;
  v1::UndoRedemptionRequest undo_;
  bool undoing_ = false;
  std::int64_t answered_cents_ = 0;
  std::map<std::string, bool> undone_by_id_;
};

// Drafts, promises and gives, over and over.
class Issuer final : public Worker {
 public:
  Issuer(RewardTown& town, RewardTown::Staff mentor)
      : Worker(*mentor.device), town_(town), mentor_(std::move(mentor)) {
    home_ = town.NewEarner(*mentor_.device);
  }

  [[nodiscard]] int promised_count() const { return promised_count_; }
  [[nodiscard]] int given_count() const { return given_count_; }

 private:
  enum class Next { kDraft, kPromise, kGive };

  bool Step() override {
    switch (next_) {
      case Next::kDraft:
        return Draft();
      case Next::kPromise:
        return Promise();
      case Next::kGive:
        return Give();
    }
    return false;
  }

  bool Draft() {
    if (!unanswered()) draft_ = town_.DraftRequest(home_, kCents);
    v1::DraftOfferResponse response;
    if (!Send(&Reward::DraftOffer, draft_, &response)) return false;
    promise_ = Fresh<v1::PromiseOfferRequest>();
    promise_.set_offer_id(response.offer().offer_id());
    next_ = Next::kPromise;
    return true;
  }

  bool Promise() {
    v1::PromiseOfferResponse response;
    if (!Send(&Reward::PromiseOffer, promise_, &response)) return false;
    ++promised_count_;
    give_ = Fresh<v1::RequestVoucherRequest>();
    give_.set_offer_id(promise_.offer_id());
    next_ = Next::kGive;
    return true;
  }

  bool Give() {
    v1::RequestVoucherResponse response;
    if (!Send(&Reward::RequestVoucher, give_, &response)) return false;
    EXPECT_EQ(response.offer().offer().state(), v1::OFFER_STATE_ISSUED);
    ++given_count_;
    next_ = Next::kDraft;
    return true;
  }

  const RewardTown& town_;
  RewardTown::Staff mentor_;
  RewardTown::Home home_;
  Next next_ = Next::kDraft;
  v1::DraftOfferRequest draft_;
  v1::PromiseOfferRequest promise_;
  v1::RequestVoucherRequest give_;
  int promised_count_ = 0, given_count_ = 0;
};

class MoneyKill : public ::testing::Test {
 protected:
  MoneyKill() {
    const auto home = town_.NewEarner();
    for (int i = 0; i < kShops; ++i) {
      spenders_.push_back(std::make_unique<Spender>(
          town_.NewMerchant(), RewardTown::CodeOf(home, town_.Given(home, kVoucherCents)).code()));
    }
    for (int i = 0; i < kIssuers; ++i)
      issuers_.push_back(std::make_unique<Issuer>(town_, town_.NewStaff({v1::ROLE_MENTOR})));
    for (const auto& spender : spenders_) workers_.push_back(spender.get());
    for (const auto& issuer : issuers_) workers_.push_back(issuer.get());
  }

  // Kills the service at a random moment while everybody works. How many calls it had then, and answered
  // never.
  int KillOnce() {
    std::vector<std::thread> threads;
    for (Worker* worker : workers_) threads.emplace_back([this, worker] { worker->Work(answers_); });
    answers_.Await(std::uniform_int_distribution(1, 60)(random_));
    // Not right after an answer, where a commit has just ended: anywhere within the next one.
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::microseconds(std::uniform_int_distribution(0, 5'000)(random_));
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    std::vector<std::int64_t> waited_for;
    for (const Worker* worker : workers_) waited_for.push_back(worker->waits_for());
    service_.Kill();
    for (auto& thread : threads) thread.join();
    int in_flight = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i)
      in_flight += waited_for[i] != 0 && waited_for[i] == workers_[i]->waits_for() ? 1 : 0;
    return in_flight;
  }

  void StartAgain() {
    service_.Start();
    for (Worker* worker : workers_) ComeBack(worker->device());
    ComeBack(*town_.manager.device);
  }

  // The connection of before is found dead by the first call that uses it.
  static void ComeBack(RawDevice& device) {
    grpc::Status opened = device.OpenSession();
    for (int i = 0; i < 5 && opened.error_code() == grpc::StatusCode::UNAVAILABLE; ++i)
      opened = device.OpenSession();
    if (!opened.ok()) throw std::runtime_error("OpenSession: " + opened.error_message());
  }

  std::int64_t BookedCents(const Spender& spender) {
    v1::GetMerchantStatementRequest request;
    request.set_merchant_id(spender.merchant_id());
    request.set_scheme_id(town_.scheme_id);
    // Its end is yet to come.
    request.set_year(2199);
    request.set_month(1);
    RawDevice& manager = *town_.manager.device;
    return manager.Must(manager.reward(), &Reward::GetMerchantStatement, request).balance_cents();
  }

  void ExpectBooksBalance() {
    const auto verified = town_.VerifyLedger();
    ASSERT_EQ(verified.findings_count(), 0) << verified.DebugString();
  }

  void ExpectWholeOrNot() {
    for (const auto& spender : spenders_) {
      const std::int64_t more = BookedCents(*spender) - spender->answered_cents();
      EXPECT_TRUE(more == 0 || more == spender->unanswered_cents())
          << more << " cents more than was answered; not answered: " << spender->unanswered_cents();
      booked_unanswered_ += more != 0 ? 1 : 0;
    }
  }

  void ExpectExactlyWhatWasAnswered() {
    for (const auto& spender : spenders_) EXPECT_EQ(BookedCents(*spender), spender->answered_cents());
    std::int64_t promised = 0, given = kShops;
    for (const auto& issuer : issuers_) {
      promised += issuer->promised_count() - issuer->given_count();
      given += issuer->given_count();
    }
    RawDevice& manager = *town_.manager.device;
    const auto report =
        manager.Must(manager.reward(), &Reward::ListSchemes, v1::ListSchemesRequest()).schemes(0);
    EXPECT_EQ(report.balances().reserved_cents(), promised * kCents);
    EXPECT_EQ(report.vouchers_issued_count(), given);
  }

  // Every redemption that a shop was told of, as it was told.
  static void ExpectAllListed(const Spender& spender) {
    std::map<std::string, bool> listed;
    const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    for (const int days : {-1, 0, 1}) {
      v1::ListRedemptionsRequest request;
      *request.mutable_day() = rules::ToDate(now + std::chrono::days(days));
      request.set_page_size(200);
      do {
        const auto page = spender.device().Must(spender.device().reward(), &Reward::ListRedemptions, request);
        for (const auto& redemption : page.redemptions())
          listed[redemption.redemption_id()] = redemption.undone();
        request.set_page_token(page.next_page_token());
      } while (!request.page_token().empty());
    }
    EXPECT_EQ(listed, spender.undone_by_id());
  }

  RunningService service_{{.flags = {"--device_calls_per_minute_max=1000000000"}}};
  RewardTown town_{service_, {.budget_cents = 10'000'000'000}};
  std::vector<std::unique_ptr<Spender>> spenders_;
  std::vector<std::unique_ptr<Issuer>> issuers_;
  std::vector<Worker*> workers_;
  Answers answers_;
  std::mt19937 random_{std::random_device()()};
  int booked_unanswered_ = 0;
};

TEST_F(MoneyKill, WhatWasAnsweredIsThereAndWhatWasNotIsWholeOrNotThere) {
  const int kills = CountFrom("MONEY_KILLS", 50);
  int with_calls = 0, in_flight = 0;
  for (int i = 0; i < kills && !HasFatalFailure(); ++i) {
    const int lost = KillOnce();
    in_flight += lost;
    with_calls += lost > 0 ? 1 : 0;
    StartAgain();
    ExpectBooksBalance();
    ExpectWholeOrNot();
    for (Worker* worker : workers_) worker->Finish();
    ExpectExactlyWhatWasAnswered();
  }
  ExpectBooksBalance();
  std::size_t redemptions = 0;
  for (const auto& spender : spenders_) {
    ExpectAllListed(*spender);
    redemptions += spender->undone_by_id().size();
  }
  EXPECT_GE(2 * with_calls, kills);
  EXPECT_GT(redemptions, 0U);
  std::cout << "kills: " << kills << ", with calls in flight: " << with_calls << " (" << in_flight
            << " calls); redemptions and undos that were booked and not answered: " << booked_unanswered_
            << "; redemptions: " << redemptions << "\n";
}

}  // namespace
}  // namespace brug::test
