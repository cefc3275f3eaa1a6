#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "brug/v1/reward_service.pb.h"
#include "proto/crypto/bytes.h"
#include "tests/unit/sdk_world.h"

// Statements: what a device acts on, and what it does then (documents "sync" and "trust").
namespace brug::sdk {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Statements : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    service_.Grant(kMentor, kDossier, v1::ROLE_MENTOR);
    ASSERT_TRUE(phone_.Enrol(kMentorCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    service_.requests.clear();
    phone_.notifies.clear();
  }

  // What the device still holds of the dossier in any table.
  std::size_t RowsOf(const std::string& dossier_id) {
    Storage& storage = phone_.storage();
    std::size_t rows = static_cast<std::size_t>(storage.replica().CountRecords(dossier_id).value());
    rows +=
        storage.outbox().ListPending(dossier_id)->size() + storage.outbox().ListRing(dossier_id, 100)->size();
    for (const auto& row : *storage.outbox().ListRejected()) rows += row.dossier_id == dossier_id ? 1 : 0;
    for (const auto& row : *storage.replica().ListDossiers()) rows += row.dossier_id == dossier_id ? 1 : 0;
    for (const auto& row : *storage.outbox().ListNumberings()) rows += row.dossier_id == dossier_id ? 1 : 0;
    return rows;
  }

  v1::Statement End(const std::function<void(v1::StatementContent&)>& change = {}) {
    v1::StatementContent content = service_.NextContent(kMentor);
    content.mutable_end()->set_dossier_id(kDossier);
    if (change) change(content);
    return service_.Sign(content);
  }

  void Bring(const v1::Statement& statement) {
    service_.distort = [statement](v1::SyncResponse& response) {
      *response.add_statements() = statement;
      response.clear_pages();
    };
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, GetParam()};
};

TEST_P(Statements, AGrantMakesADossierReadableInItsRole) {
  ASSERT_THAT(phone_.core().Dossiers(), SizeIs(1));
  EXPECT_EQ(phone_.core().Dossiers()[0].role, v1::ROLE_MENTOR);
  service_.Grant(kMentor, kOtherDossier, v1::ROLE_MENTOR);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_THAT(phone_.core().Dossiers(), SizeIs(2));
  EXPECT_EQ(phone_.Find("profile", kOtherDossier)->profile().display_name(), "Fatima");
  EXPECT_EQ(phone_.Accept(Tick(Id(2), Saturday()), kOtherDossier).ok(), false) << "a mentor ticks nothing";
}

TEST_P(Statements, AnEndPurgesTheDossierAtOnceWhenNothingIsPending) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "dag")).ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_GT(RowsOf(kDossier), 0U);
  service_.End(kMentor, kDossier);
  phone_.notifies.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(RowsOf(kDossier), 0U);
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
  EXPECT_FALSE(phone_.core().ViewOf(kDossier).ok());
  EXPECT_FALSE(phone_.Accept(SendMessage(Id(2), "nog iets")).ok());
  EXPECT_TRUE(std::any_of(phone_.notifies.begin(), phone_.notifies.end(),
                          [](const Notify& n) { return n.dossiers; }));
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
}

TEST_P(Statements, AnEndTakesAlongWhatStatementsAboutMoneyTellOfThePlan) {
  const auto tell = [this](const std::string& dossier_id) {
    v1::StatementContent promise = service_.NextContent(kMentor);
    promise.mutable_promise()->set_dossier_id(dossier_id);
    service_.Keep(promise, service_.Sign(promise));
    v1::StatementContent issue = service_.NextContent(kMentor);
    issue.mutable_issue()->set_dossier_id(dossier_id);
    service_.Keep(issue, service_.Sign(issue));
  };
  tell(kDossier);
  tell(kOtherDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(phone_.core().MoneyStatements(9).value(), SizeIs(4));
  service_.End(kMentor, kDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const auto left = phone_.core().MoneyStatements(9).value();
  ASSERT_THAT(left, SizeIs(2));
  EXPECT_EQ(left[0].issue().dossier_id(), kOtherDossier);
  EXPECT_EQ(left[1].promise().dossier_id(), kOtherDossier);
}

TEST_P(Statements, AnEndTakesAlongTheUnansweredRequestsThatNameTheDossierAndNoOthers) {
  const auto draft = [this](const std::string& dossier_id) {
    v1::DraftOfferRequest request;
    request.set_dossier_id(dossier_id);
    request.mutable_draft()->set_words("Omdat je het volhoudt");
    service_.other_fates = {ScriptedService::Fate::kAnswerLost};
    phone_.Do(RequestWanted{
        .request_id = 1, .method = Method::kDraftOffer, .request = request.SerializeAsString()});
  };
  draft(kDossier);
  draft(kOtherDossier);
  ASSERT_THAT(phone_.core().UnansweredRequests().value(), SizeIs(2));
  service_.End(kMentor, kDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const auto check = [this] {
    const auto left = phone_.core().UnansweredRequests().value();
    ASSERT_THAT(left, SizeIs(1));
    v1::DraftOfferRequest kept;
    ASSERT_TRUE(kept.ParseFromString(left[0].content));
    EXPECT_EQ(kept.dossier_id(), kOtherDossier);
  };
  check();
  ASSERT_TRUE(phone_.Reopen().ok());
  check();
}

TEST_P(Statements, APromiseThatComesAfterTheEndIsNotKept) {
  service_.End(kMentor, kDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  v1::StatementContent promise = service_.NextContent(kMentor);
  promise.mutable_promise()->set_dossier_id(kDossier);
  v1::PromiseOfferResponse response;
  *response.mutable_statement() = service_.Sign(promise);
  service_.answer_other = [&](const Call& call) { return std::optional(Fine(call, response)); };
  v1::PromiseOfferRequest request;
  request.set_offer_id(Id(9));
  phone_.replies.clear();
  phone_.Do(RequestWanted{
      .request_id = 1, .method = Method::kPromiseOffer, .request = request.SerializeAsString()});
  ASSERT_THAT(phone_.replies, SizeIs(1));
  EXPECT_EQ(phone_.replies[0].error, std::nullopt);
  EXPECT_THAT(phone_.core().MoneyStatements(9).value(), IsEmpty());
  EXPECT_THAT(phone_.core().UnansweredRequests().value(), IsEmpty());
}

TEST_P(Statements, WhatIsPendingAtAnEndIsHandedInAndThenPurged) {
  for (int i = 0; i < 250; ++i)
    ASSERT_TRUE(phone_.Accept(SendMessage(Id(100 + i), "geschreven onderweg")).ok());
  service_.End(kMentor, kDossier);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(service_.received, SizeIs(250));
  EXPECT_EQ(service_.received[0].send_message().words(), "geschreven onderweg");
  EXPECT_EQ(RowsOf(kDossier), 0U);
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

TEST_P(Statements, BetweenTheEndAndTheHandingInTheDossierIsShownToNobodyAlsoAfterARestart) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "onderweg")).ok());
  // The end comes with an answer that settles nothing, and then the connection is gone.
  Bring(End());
  service_.retry_later[kDossier] = 1;
  EXPECT_TRUE(phone_.Sync().has_value());
  service_.distort = nullptr;
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
  EXPECT_EQ(phone_.core().ViewOf(kDossier).error().reason, "ACCESS_ENDED");
  EXPECT_EQ(phone_.Accept(SendMessage(Id(2), "x")).error().reason, "ACCESS_ENDED");
  EXPECT_EQ(phone_.core().Status().pending, 1);
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().ViewOf(kDossier).error().reason, "ACCESS_ENDED");
  EXPECT_GT(RowsOf(kDossier), 0U);

  service_.End(kMentor, kDossier);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(service_.received, SizeIs(1));
  EXPECT_EQ(RowsOf(kDossier), 0U);
}

TEST_P(Statements, RefusedContentOfADossierThatEndedIsPurgedToo) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "een")).ok());
  service_.Write(kDossier, ClientAuthor(), SendMessage(Id(1), "zelfde nummer"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(phone_.core().Rejected().value(), SizeIs(1));
  service_.End(kMentor, kDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(phone_.core().Rejected().value(), IsEmpty());
  EXPECT_EQ(phone_.core().Status().rejected, 0);
  EXPECT_EQ(RowsOf(kDossier), 0U);
}

TEST_P(Statements, AnEndThatDoesNotVerifyIsNotActedOn) {
  crypto::SeededRandom random(99);
  const auto strange_key = crypto::SigningKey::Generate(random);
  std::vector<v1::Statement> forged;
  forged.push_back(End([](v1::StatementContent& c) { c.set_person_id(kClient); }));
  forged.push_back(End([](v1::StatementContent& c) { c.set_organisation_id(Id(9)); }));
  forged.push_back(End());
  forged.back().set_signature(
      strange_key.Sign(std::string("brug.v1.Statement") + '\0' + forged.back().content()));
  forged.push_back(End());
  forged.back().set_key_id(strange_key.PublicKey().KeyId());
  forged.push_back(End());
  forged.back().mutable_content()->back() ^= 1;
  forged.push_back(End());
  forged.back().clear_signature();
  for (std::size_t i = 0; i < forged.size(); ++i) {
    Bring(forged[i]);
    const auto error = phone_.Sync();
    ASSERT_TRUE(error.has_value()) << i;
    EXPECT_EQ(error->reason, "STATEMENT_NOT_VALID") << i;
    EXPECT_THAT(phone_.core().Dossiers(), SizeIs(1)) << i;
    EXPECT_GT(RowsOf(kDossier), 0U) << i;
  }
  // The same search finds a right one.
  Bring(End());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(RowsOf(kDossier), 0U);
}

TEST_P(Statements, WhatComesBehindOneThatDoesNotVerifyIsAskedForAgain) {
  v1::Statement forged = End();
  forged.clear_signature();
  const v1::Statement right = End();
  service_.distort = [&](v1::SyncResponse& response) {
    response.clear_pages();
    *response.add_statements() = forged;
    *response.add_statements() = right;
  };
  EXPECT_EQ(phone_.Sync()->reason, "STATEMENT_NOT_VALID");
  EXPECT_THAT(phone_.core().Dossiers(), SizeIs(1));
  const std::int64_t seen = service_.requests.back().statements_seen();
  service_.distort = [&](v1::SyncResponse& response) { *response.add_statements() = right; };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.back().statements_seen(), seen);
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
}

TEST_P(Statements, NothingIsDeletedBecauseAServiceDoesNotKnowIt) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "blijft")).ok());
  service_.distort = [](v1::SyncResponse& response) {
    response.Clear();
    response.set_templates_serial(3);
  };
  EXPECT_TRUE(phone_.Sync().has_value());
  EXPECT_THAT(phone_.core().Dossiers(), SizeIs(1));
  EXPECT_EQ(phone_.core().Status().pending, 1);
}

TEST_P(Statements, AccessThatIsGivenAgainBringsEverythingAnew) {
  service_.End(kMentor, kDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.Grant(kMentor, kDossier, v1::ROLE_MENTOR);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(phone_.core().Dossiers(), SizeIs(1));
  EXPECT_TRUE(phone_.Find("profile").has_value());
  EXPECT_TRUE(phone_.Accept(SendMessage(Id(1), "weer terug")).ok());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

// Hard case 10: the outcome of one's own mutation and the end come together.
TEST_P(Statements, AMutationThatEndsOnesOwnAccessLeavesNothingBehind) {
  const auto accepted = phone_.Accept(SendMessage(Id(1), "dag"));
  ASSERT_TRUE(accepted.ok());
  const v1::Statement end = End();
  service_.distort = [&](v1::SyncResponse& response) {
    response.clear_pages();
    *response.add_statements() = end;
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.effects[accepted->mutation_id], 1);
  EXPECT_EQ(RowsOf(kDossier), 0U);
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

TEST_P(Statements, PagesOfADossierThatEndedAreNotKept) {
  v1::DossierPage page;
  service_.distort = [&](v1::SyncResponse& response) {
    if (response.pages_size() > 0) page = response.pages(0);
  };
  service_.Write(kDossier, ClientAuthor(), SendMessage(Id(1), "nog te lezen"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(page.records_size(), 1);
  service_.End(kMentor, kDossier);
  service_.distort = [&](v1::SyncResponse& response) { *response.add_pages() = page; };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(RowsOf(kDossier), 0U) << "with the end";
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(RowsOf(kDossier), 0U) << "after it";
}

TEST_P(Statements, TheOnesKeptAreShownToAServiceThatAsks) {
  service_.distort = [](v1::SyncResponse& response) { response.set_show_statements(true); };
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.distort = nullptr;
  EXPECT_GE(service_.requests.back().statements_size(), 1);
  v1::StatementContent content;
  ASSERT_TRUE(content.ParseFromString(service_.requests.back().statements(0).content()));
  EXPECT_EQ(content.person_id(), kMentor);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.back().statements_size(), 0) << "not again without being asked";
}

class Wiping : public Statements {
 protected:
  void ExpectWiped() {
    EXPECT_EQ(phone_.core().Status().state, CoreState::kAccessEnded);
    EXPECT_EQ(phone_.core().account(), std::nullopt);
    EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
    EXPECT_EQ(RowsOf(kDossier), 0U);
    EXPECT_THAT(phone_.storage().replica().ListStatements().value(), IsEmpty());
    EXPECT_THAT(phone_.storage().replica().ListTemplates().value(), IsEmpty());
    EXPECT_EQ(phone_.storage().replica().ReadNote(Note::kAccount).value(), "");
    EXPECT_EQ(phone_.storage().replica().ReadNote(Note::kWrappedKey).value(), "");
    EXPECT_GE(phone_.key_store.destroyed, 1);
    EXPECT_EQ(phone_.Accept(SendMessage(Id(9), "x")).error().reason, "WIPED");
  }
  std::string DeviceId() { return phone_.core().account()->device_id; }
};

TEST_P(Wiping, AWipeOrderDestroysTheKeysAndEverythingElse) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "pending")).ok());
  service_.OrderWipe(kMentor, DeviceId());
  phone_.replies.clear();
  const auto error = phone_.Sync();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "WIPED");
  ExpectWiped();
  ASSERT_TRUE(phone_.Reopen().ok());
  ExpectWiped();
}

TEST_P(Wiping, ARevokedDeviceIsWipedByTheOrderThatComesWithTheRefusal) {
  v1::StatementContent content = service_.NextContent(kMentor);
  content.set_number(0);
  content.mutable_wipe()->set_device_id(DeviceId());
  CallStatus refusal{.code = CallCode::kRefused, .reason = v1::ERROR_REASON_DEVICE_REVOKED};
  refusal.metadata["wipe_statement"] = crypto::Base64UrlEncode(service_.Sign(content).SerializeAsString());
  service_.EndSessions();
  service_.session_refusals = {refusal};
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  ExpectWiped();
}

TEST_P(Wiping, WhoWaitsForAnAnswerWhileItHappensGetsOne) {
  phone_.replies.clear();
  phone_.Give(RequestWanted{.request_id = 5, .method = Method::kListDevices, .request = "r"});
  const Call held = phone_.calls.front();
  phone_.calls.clear();
  service_.OrderWipe(kMentor, DeviceId());
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  ASSERT_THAT(phone_.replies, SizeIs(1));
  EXPECT_EQ(phone_.replies[0].error->reason, "WIPED");
  phone_.Do(service_.Take(held));
  EXPECT_THAT(phone_.replies, SizeIs(1));
}

TEST_P(Wiping, AnOrderForAnotherDeviceOrAForgedOneWipesNothing) {
  service_.OrderWipe(kMentor, Id(9));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(phone_.core().Dossiers(), SizeIs(1));

  v1::StatementContent content = service_.NextContent(kMentor);
  content.mutable_wipe()->set_device_id(DeviceId());
  v1::Statement forged = service_.Sign(content);
  forged.mutable_signature()->front() ^= 1;
  CallStatus refusal{.code = CallCode::kRefused, .reason = v1::ERROR_REASON_DEVICE_REVOKED};
  refusal.metadata["wipe_statement"] = crypto::Base64UrlEncode(forged.SerializeAsString());
  service_.EndSessions();
  service_.session_refusals = {refusal};
  EXPECT_EQ(phone_.Sync()->reason, "DEVICE_REVOKED");
  EXPECT_EQ(phone_.core().Status().state, CoreState::kSignInNeeded);
  EXPECT_EQ(phone_.key_store.destroyed, 0);
  EXPECT_GT(RowsOf(kDossier), 0U);
}

TEST_P(Wiping, AnotherDevicesOrderThatComesWithARefusalWipesNothing) {
  v1::StatementContent content = service_.NextContent(kMentor);
  content.mutable_wipe()->set_device_id(Id(9));
  CallStatus refusal{.code = CallCode::kRefused, .reason = v1::ERROR_REASON_DEVICE_REVOKED};
  refusal.metadata["wipe_statement"] = crypto::Base64UrlEncode(service_.Sign(content).SerializeAsString());
  service_.EndSessions();
  service_.session_refusals = {refusal};
  EXPECT_EQ(phone_.Sync()->reason, "DEVICE_REVOKED");
  EXPECT_EQ(phone_.key_store.destroyed, 0);
  EXPECT_GT(RowsOf(kDossier), 0U);
}

TEST_P(Wiping, AWipedDeviceCanBeEnrolledAnewWithOtherKeys) {
  const std::string old_key = phone_.key_store.PublicKey().value();
  service_.OrderWipe(kMentor, DeviceId());
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
  EXPECT_NE(phone_.key_store.PublicKey().value(), old_key);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().account()->person_id, kClient);
  EXPECT_TRUE(phone_.Find("profile").has_value());
}

const auto kAdapters = testing::Values(MemoryAdapter(), SqliteAdapter());
INSTANTIATE_TEST_SUITE_P(Adapters, Statements, kAdapters,
                         [](const auto& adapter) { return adapter.param.name; });
INSTANTIATE_TEST_SUITE_P(Adapters, Wiping, kAdapters, [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
