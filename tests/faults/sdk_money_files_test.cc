// What lies on a device's disk of money: nothing that can be read, and nothing at all once it is over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/faults/fault_vfs.h"
#include "tests/unit/sdk_till.h"

namespace brug::sdk {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using Fate = ScriptedService::Fate;

const std::string kVoucher = Id(40);
const std::string kCode = Till::CodeOf(kVoucher, 1).code();

class MoneyFiles : public testing::Test {
 protected:
  void Begin(const char* code) {
    ASSERT_TRUE(phone_.Enrol(code).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  }

  // Which of `words` can be found in any file of the device as it is now, logs included.
  std::vector<std::string> Found(const std::vector<std::string>& words) const {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(phone_.directory())) {
      if (!entry.is_regular_file()) continue;
      std::stringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      bytes += content.str() + '\n';
    }
    std::vector<std::string> found;
    for (const std::string& word : words) {
      if (bytes.find(word) != std::string::npos) found.push_back(word);
    }
    return found;
  }

  std::optional<Error> Spend(std::int64_t cents) {
    v1::RedeemVoucherRequest request;
    request.set_code(kCode);
    request.set_amount_cents(cents);
    phone_.replies.clear();
    phone_.Do(RequestWanted{
        .request_id = 1, .method = Method::kRedeemVoucher, .request = request.SerializeAsString()});
    return phone_.replies.at(0).error;
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Till till_{service_};
  Phone phone_{service_, clock_, SqliteAdapter()};
};

TEST_F(MoneyFiles, NoCodeTokenOrAmountCanBeReadOnTheClientsDevice) {
  Begin(kClientCode);
  v1::Record offer;
  offer.set_record_id(Id(9));
  offer.mutable_offer()->set_words("kanariebeloning");
  offer.mutable_offer()->set_amount_cents(4'000);
  service_.WriteRecord(kDossier, offer);
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  v1::StatementContent content = service_.NextContent(kClient);
  content.mutable_issue()->set_voucher_id("kanariebewijs");
  service_.Keep(content, service_.Sign(content));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_TRUE(phone_.core().FindVoucherCode(kDossier, kVoucher)->has_value()) << "it is here";
  ASSERT_THAT(phone_.core().MoneyStatements(9).value(), SizeIs(1));
  // The code whole and in part, the token, words, ids, and the amounts as their messages write them.
  const std::vector<std::string> canaries = {
      kCode,
      kCode.substr(0, 8),
      "kanarie.token",
      "kanariebeloning",
      "kanariebewijs",
      kVoucher,
      offer.offer().SerializeAsString(),
      service_.Records(kDossier).at(kVoucher).voucher().SerializeAsString()};
  EXPECT_THAT(Found(canaries), IsEmpty());
  phone_.Close();
  EXPECT_THAT(Found(canaries), IsEmpty()) << "after an orderly end";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().FindVoucherCode(kDossier, kVoucher)->value().code(), kCode);
}

TEST_F(MoneyFiles, TheCodeIsNoPartOfAnyRecord) {
  Begin(kClientCode);
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  auto view = phone_.core().ViewOf(kDossier);
  ASSERT_TRUE(view.ok());
  std::string shown;
  for (const auto group : {rules::kProfiles, rules::kRelations, rules::kGoals, rules::kMessages,
                           rules::kOffers, rules::kVouchers}) {
    for (const auto& record : (*view)->ChildrenOf(group)) shown += record.SerializeAsString();
  }
  EXPECT_NE(shown.find(kVoucher), std::string::npos) << "the search finds the voucher itself";
  EXPECT_EQ(shown.find(kCode), std::string::npos);
  EXPECT_EQ(shown.find("kanarie.token"), std::string::npos);
}

TEST_F(MoneyFiles, NothingOfARequestThatWaitsCanBeRead) {
  Begin(kMerchantCode);
  service_.other_fates = {Fate::kAnswerLost};
  ASSERT_EQ(Spend(1'234)->reason, "NO_CONNECTION");
  const auto waiting = phone_.core().UnansweredRequests().value();
  ASSERT_THAT(waiting, SizeIs(1));
  const std::vector<std::string> canaries = {kCode, waiting[0].request_id, "RedeemVoucher",
                                             waiting[0].content};
  EXPECT_THAT(Found(canaries), IsEmpty());
  ASSERT_EQ(Spend(1'234), std::nullopt);
  EXPECT_THAT(phone_.core().MoneyStatements(9).value(), SizeIs(1));
  EXPECT_THAT(Found({kCode, "Schoenenhuis", Id(501)}), IsEmpty()) << "nor of its receipt";
}

TEST_F(MoneyFiles, TheSearchFindsWhatIsPlanted) {
  Begin(kClientCode);
  EXPECT_THAT(Found({kCode, "kanarie.token"}), IsEmpty());
  // As careless adapters would.
  ASSERT_TRUE(phone_.storage().replica().PutVoucherCode(kDossier, {.token = "t", .sealed = kCode}).ok());
  ASSERT_TRUE(
      phone_.storage().unanswered().AddRequest({.name = "kanarie.token", .ordinal = 1, .sealed = "x"}).ok());
  EXPECT_THAT(Found({kCode, "kanarie.token"}), SizeIs(2));
}

TEST_F(MoneyFiles, TheCodeOfASpentVoucherIsOverwrittenAlsoInTheLog) {
  Begin(kClientCode);
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const std::string sealed = phone_.storage().replica().ListVoucherCodes(kDossier)->at(0).sealed;
  ASSERT_THAT(Found({sealed}), SizeIs(1));
  till_.Put(kVoucher, v1::VOUCHER_STATE_REDEEMED);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(Found({sealed}), IsEmpty());
}

TEST_F(MoneyFiles, AWipeLeavesNoByteOfIt) {
  Begin(kClientCode);
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.other_fates = {Fate::kAnswerLost};
  phone_.Do(RequestWanted{.request_id = 1, .method = Method::kCancelVoucher, .request = "x"});
  const std::vector<std::string> sealed = {
      phone_.storage().replica().ListVoucherCodes(kDossier)->at(0).sealed,
      phone_.storage().unanswered().ListRequests()->at(0).sealed};
  ASSERT_THAT(Found(sealed), SizeIs(2));
  service_.OrderWipe(kClient, phone_.core().account()->device_id);
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  EXPECT_THAT(Found(sealed), IsEmpty());
}

TEST_F(MoneyFiles, SealedBytesThatWereMovedToAnotherRowDoNotOpen) {
  Begin(kMerchantCode);
  service_.other_fates = {Fate::kAnswerLost, Fate::kAnswerLost};
  ASSERT_TRUE(Spend(1).has_value());
  ASSERT_TRUE(Spend(2).has_value());
  phone_.Close();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((phone_.directory() + "/replica.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "UPDATE unanswered SET sealed = (SELECT max(sealed) FROM unanswered)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().UnansweredRequests().error().reason, "STORAGE_DAMAGED");
}

// ---- The Nth operation of the disk fails, for all N

class MoneyFault : public MoneyFiles {
 protected:
  void SetUp() override {
    FaultVfs().Reset();
    phone_.Close();
    sqlite3_vfs_register(sqlite3_vfs_find(kFaultVfs), 1);
    ASSERT_TRUE(phone_.Reopen().ok());
    Begin(kMerchantCode);
  }
  void TearDown() override {
    FaultVfs().Reset();
    phone_.Close();
    sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
  }
};

// Whatever fails and wherever: asked until it is answered, a voucher is spent once, and its receipt is here.
TEST_F(MoneyFault, WhicheverOperationFailsItIsSpentOnceAndItsReceiptIsKept) {
  FaultVfs().Reset();
  ASSERT_EQ(Spend(1), std::nullopt);
  const std::int64_t operations = FaultVfs().operations;
  ASSERT_GT(operations, 5);
  std::int64_t failures = 0;
  for (std::int64_t n = 1; n <= operations; ++n) {
    const std::size_t spent = till_.redeemed.size();
    const std::size_t receipts = phone_.core().MoneyStatements(999)->size();
    FaultVfs().Reset();
    FaultVfs().failing_operation = n;
    const auto error = Spend(100 + n);
    failures += FaultVfs().failures;
    FaultVfs().Reset();
    if (error.has_value()) {
      EXPECT_TRUE(error->reason.starts_with("STORAGE_")) << error->reason;
      if (n % 2 == 0) {
        ASSERT_TRUE(phone_.Reopen().ok()) << "the process ends between the two";
      }
      ASSERT_EQ(Spend(100 + n), std::nullopt) << "operation " << n;
    }
    EXPECT_EQ(till_.redeemed.size(), spent + 1) << "operation " << n;
    EXPECT_EQ(phone_.core().MoneyStatements(999)->size(), receipts + 1) << "operation " << n;
    // Where only the forgetting failed, the same content is still the same request.
    if (!phone_.core().UnansweredRequests()->empty()) {
      ASSERT_EQ(Spend(100 + n), std::nullopt);
    }
    EXPECT_EQ(till_.redeemed.size(), spent + 1) << "operation " << n;
    EXPECT_THAT(phone_.core().UnansweredRequests().value(), IsEmpty()) << "operation " << n;
  }
  std::printf("%lld operations, %lld failures\n", static_cast<long long>(operations),
              static_cast<long long>(failures));
  EXPECT_GE(failures, operations / 2);
}

}  // namespace
}  // namespace brug::sdk
