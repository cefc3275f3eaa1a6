#include <gtest/gtest.h>

#include <string>

#include "tests/support/dossier_story.h"
#include "tests/support/reward_town.h"

// The gate (document 4, V1) over the wire: until the promise nothing of an offer reaches a device of the
// client. Every answer that a phone and a tablet get is decoded and searched for what only the draft holds.
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

constexpr std::string_view kCanary = "canary-5d1e-shoes-for-the-little-one";
constexpr std::int64_t kCanaryCents = 4'321;

// Everything that a device heard, in words: messages decoded, statements inside them too, errors with their
// details and the metadata that came with the calls.
class Heard {
 public:
  template <typename Stub, typename Request, typename Response>
  Response Ask(const RawDevice& device, Stub& stub,
               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& request) {
    Response response;
    auto context = device.Context();
    const auto status = (stub.*method)(context.get(), request, &response);
    words_ += response.DebugString() + status.error_message() + status.error_details();
    for (const auto& [name, value] : context->GetServerInitialMetadata()) Add(name, value);
    for (const auto& [name, value] : context->GetServerTrailingMetadata()) Add(name, value);
    last_error_ = ErrorOf(status);
    return response;
  }
  void AddStatement(const v1::Statement& statement) {
    v1::StatementContent content;
    EXPECT_TRUE(content.ParseFromString(statement.content()));
    words_ += content.DebugString();
  }

  [[nodiscard]] const RawError& last_error() const { return last_error_; }
  [[nodiscard]] bool Finds(std::string_view what) const { return words_.find(what) != std::string::npos; }
  // The words, the amount, or the id of an offer.
  [[nodiscard]] bool FindsTrace(const std::string& offer_id) const {
    return Finds(kCanary) || Finds("cents: " + std::to_string(kCanaryCents)) || Finds(offer_id);
  }

 private:
  void Add(grpc::string_ref name, grpc::string_ref value) {
    words_.append(name.data(), name.size()).append(value.data(), value.size());
  }

  std::string words_;
  RawError last_error_;
};

std::int64_t RevisionOf(const v1::SyncResponse& response) { return response.pages(0).point().revision(); }

class MoneyGateOverTheWire : public ::testing::TestWithParam<v1::RevealPolicy> {
 protected:
  v1::Scheme Scheme() const {
    v1::Scheme scheme = RewardTown::WideScheme();
    scheme.set_reveal_policy(GetParam());
    if (GetParam() == v1::REVEAL_POLICY_RULES_KNOWN)
      scheme.set_rules_words("Who does the steps gets something.");
    scheme.set_four_eyes_above_cents(0);
    return scheme;
  }

  // All that this device can ask, from nothing. Calls that name the offer name a made-up one just as well.
  Heard Everything(RawDevice& device, const RewardTown::Home& home, std::int64_t* revision) {
    Heard heard;
    const auto synced = heard.Ask(device, device.sync(), &v1::SyncService::Stub::Sync, v1::SyncRequest());
    EXPECT_FALSE(synced.more());
    EXPECT_EQ(synced.pages_size(), 1);
    EXPECT_GT(synced.pages(0).records_size(), 2);
    EXPECT_GT(synced.statements_size(), 0);
    for (const auto& statement : synced.statements()) heard.AddStatement(statement);
    *revision = RevisionOf(synced);
    const auto rules = heard.Ask(device, device.reward(), &Reward::GetRewardRules, {});
    EXPECT_EQ(rules.rules_size(), GetParam() == v1::REVEAL_POLICY_RULES_KNOWN ? 1 : 0);
    v1::ListDevicesRequest devices;
    devices.set_person_id(home.person_id);
    heard.Ask(device, device.enrolment(), &v1::EnrolmentService::Stub::ListDevices, devices);
    heard.Ask(device, device.reward(), &Reward::ListOffers, {});
    heard.Ask(device, device.reward(), &Reward::ListSchemes, {});
    heard.Ask(device, device.reward(), &Reward::ListApprovals, {});
    heard.Ask(device, device.caseload(), &v1::CaseloadService::Stub::ListCaseload, {});
    return heard;
  }

  // A device that guesses the id of a draft hears what it hears of an id that nobody has.
  static void ExpectUnknown(RawDevice& device, const std::string& offer_id) {
    const auto error_of = [&](const std::string& id) {
      Heard heard;
      auto decline = Fresh<v1::DeclineOfferRequest>();
      decline.set_offer_id(id);
      heard.Ask(device, device.reward(), &Reward::DeclineOffer, decline);
      return heard.last_error();
    };
    const RawError of_draft = error_of(offer_id);
    const RawError of_nothing = error_of(device.NewId());
    EXPECT_FALSE(of_draft.reason.empty());
    EXPECT_EQ(of_draft.code, of_nothing.code);
    EXPECT_EQ(of_draft.reason, of_nothing.reason);
    EXPECT_EQ(of_draft.field, of_nothing.field);
    EXPECT_EQ(of_draft.words, of_nothing.words);
  }

  void ExpectNothingHeard(const std::string& offer_id) {
    std::int64_t revision = 0, twin_revision = 0;
    Everything(*twin_.phone, twin_, &twin_revision);
    for (RawDevice* device : {home_.phone.get(), home_.tablet.get()}) {
      const Heard heard = Everything(*device, home_, &revision);
      EXPECT_FALSE(heard.FindsTrace(offer_id));
      EXPECT_TRUE(heard.Finds(home_.goal_id)) << "the search finds what is there";
      EXPECT_EQ(revision, twin_revision) << "a dossier without a draft";
      ExpectUnknown(*device, offer_id);
    }
  }

  std::string DraftWithCanary() {
    auto request = town_.DraftRequest(home_, kCanaryCents);
    request.mutable_draft()->set_words(std::string(kCanary));
    RawDevice& mentor = *town_.mentor.device;
    return mentor.Must(mentor.reward(), &Reward::DraftOffer, request).offer().offer_id();
  }

  void Answer(const std::string& offer_id, bool yes) {
    auto request = Fresh<v1::AnswerApprovalRequest>();
    request.set_offer_id(offer_id);
    request.set_state_seen(v1::OFFER_STATE_PROMISE_ASKED);
    request.set_yes(yes);
    if (!yes) request.set_words(std::string(kCanary));
    RawDevice& approver = *town_.approver.device;
    approver.Must(approver.reward(), &Reward::AnswerApproval, request);
  }

  RunningService service_;
  RewardTown town_{service_, {.scheme = Scheme()}};
  RewardTown::Home home_ = town_.NewClient(true);
  // Lives the same life, and nobody drafts anything for it.
  RewardTown::Home twin_ = town_.NewClient(true);
};

TEST_P(MoneyGateOverTheWire, NothingOfADraftReachesPhoneOrTabletAndThePromiseReachesBoth) {
  const std::string offer_id = DraftWithCanary();
  RawDevice& mentor = *town_.mentor.device;
  ExpectNothingHeard(offer_id);
  // Too early: refused, and still nothing.
  auto early = Fresh<v1::PromiseOfferRequest>();
  early.set_offer_id(offer_id);
  v1::PromiseOfferResponse promised;
  EXPECT_EQ(ErrorOf(mentor.Call(mentor.reward(), &Reward::PromiseOffer, early, &promised)).reason,
            "NOT_PLANNED");
  ExpectNothingHeard(offer_id);
  town_.Formulate(home_);
  town_.Formulate(twin_);
  ExpectNothingHeard(offer_id);
  // Asked for, refused with words, asked for again.
  EXPECT_EQ(town_.Promise(mentor, offer_id), v1::OFFER_STATE_PROMISE_ASKED);
  ExpectNothingHeard(offer_id);
  Answer(offer_id, false);
  ExpectNothingHeard(offer_id);
  EXPECT_EQ(town_.Promise(mentor, offer_id), v1::OFFER_STATE_PROMISE_ASKED);
  ExpectNothingHeard(offer_id);

  Answer(offer_id, true);
  std::int64_t revision = 0, twin_revision = 0;
  Everything(*twin_.phone, twin_, &twin_revision);
  for (RawDevice* device : {home_.phone.get(), home_.tablet.get()}) {
    const Heard heard = Everything(*device, home_, &revision);
    EXPECT_TRUE(heard.Finds(kCanary));
    EXPECT_TRUE(heard.Finds("cents: " + std::to_string(kCanaryCents)));
    EXPECT_TRUE(heard.Finds(offer_id));
    EXPECT_GT(revision, twin_revision);
  }
}

TEST_P(MoneyGateOverTheWire, ADraftThatIsThrownAwayWasNeverThere) {
  const std::string offer_id = DraftWithCanary();
  auto discard = Fresh<v1::DiscardOfferRequest>();
  discard.set_offer_id(offer_id);
  RawDevice& mentor = *town_.mentor.device;
  mentor.Must(mentor.reward(), &Reward::DiscardOffer, discard);
  ExpectNothingHeard(offer_id);
}

TEST_P(MoneyGateOverTheWire, APlantedLeakIsFoundByTheSameSearchOnPhoneAndTablet) {
  const std::string offer_id = DraftWithCanary();
  // The mentor lets it slip: the words in a message, and the id in another.
  for (const std::string& slip : {std::string(kCanary), offer_id}) {
    const auto outcome =
        town_.mentor.device->Push(testing::Say(home_.phone->NewId(), slip), home_.dossier_id);
    ASSERT_TRUE(outcome.has_applied()) << outcome.DebugString();
  }
  std::int64_t revision = 0;
  for (RawDevice* device : {home_.phone.get(), home_.tablet.get()}) {
    const Heard heard = Everything(*device, home_, &revision);
    EXPECT_TRUE(heard.FindsTrace(offer_id));
    EXPECT_TRUE(heard.Finds(kCanary));
    EXPECT_TRUE(heard.Finds(offer_id));
  }
}

// A watching phone is told of the next thing that does concern it, with the next number.
TEST_P(MoneyGateOverTheWire, NoHintOfADraftIsGiven) {
  auto context = home_.phone->Context();
  auto stream = home_.phone->sync().Watch(context.get(), v1::WatchRequest());
  v1::WatchResponse hint;
  ASSERT_TRUE(stream->Read(&hint));
  std::int64_t before = 0;
  Everything(*home_.phone, home_, &before);
  DraftWithCanary();
  ASSERT_TRUE(
      home_.tablet->Push(testing::Say(home_.phone->NewId(), "Hello"), home_.dossier_id).has_applied());
  ASSERT_TRUE(stream->Read(&hint));
  EXPECT_EQ(hint.dossier_id(), home_.dossier_id);
  EXPECT_EQ(hint.revision(), before + 1);
  context->TryCancel();
  stream->Finish();
}

INSTANTIATE_TEST_SUITE_P(BothPolicies, MoneyGateOverTheWire,
                         ::testing::Values(v1::REVEAL_POLICY_AFTER_PLAN, v1::REVEAL_POLICY_RULES_KNOWN),
                         [](const auto& policy) {
                           return policy.param == v1::REVEAL_POLICY_AFTER_PLAN ? "AfterPlan" : "RulesKnown";
                         });

}  // namespace
}  // namespace brug::test
