// The contract of service/storage/registry.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/contracts/storage_adapters.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kHash("\0\xff hash", 7);

ActivationCodeRow Code(std::string hmac, std::string person) {
  return {.code_hmac = std::move(hmac),
          .organisation_id = std::string(kThisOrganisation),
          .person_id = std::move(person),
          .expires_at_us = 77};
}

class Registries : public StorageContract {
 protected:
  Registry& registry() { return storage().registry(); }
  KeyStore& keys() { return storage().keys(); }

  std::optional<ActivationCodeRow> Find(const std::string& hmac) { return registry().FindCode(hmac).value(); }
};

INSTANTIATE_TEST_SUITE_P(Adapters, Registries, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Registries, AnOrganisationIsInsertedOnceAndListedById) {
  const OrganisationRow second{
      .organisation_id = "b", .display_name = "Gemeente Noordwijk", .created_at_us = 9};
  const OrganisationRow first{.organisation_id = "a", .display_name = "Één", .created_at_us = 10};
  EXPECT_THAT(registry().ListOrganisations().value(), IsEmpty());
  EXPECT_TRUE(registry().InsertOrganisation(second).value());
  EXPECT_TRUE(registry().InsertOrganisation(first).value());
  EXPECT_FALSE(registry().InsertOrganisation({.organisation_id = "b", .display_name = "another"}).value());
  EXPECT_THAT(registry().ListOrganisations().value(), ElementsAre(first, second));
}

TEST_P(Registries, ACodeIsFoundByItsHash) {
  EXPECT_EQ(Find(kHash), std::nullopt);
  EXPECT_TRUE(registry().InsertCode(Code(kHash, "a")).value());
  EXPECT_EQ(Find(kHash), Code(kHash, "a"));
  EXPECT_EQ(Find(kHash + "x"), std::nullopt);
}

TEST_P(Registries, ANewCodeVoidsTheUnusedOnesOfThePersonAlone) {
  ActivationCodeRow elsewhere = Code("elsewhere", "a");
  elsewhere.organisation_id = kOtherOrganisation;
  ASSERT_TRUE(registry().InsertCode(Code("used", "a")).value());
  ASSERT_TRUE(registry().BindCode("used", kHash, "device").value());
  ASSERT_TRUE(registry().InsertCode(Code("first", "a")).value());
  ASSERT_TRUE(registry().InsertCode(Code("other", "b")).value());
  ASSERT_TRUE(registry().InsertCode(elsewhere).value());

  ASSERT_TRUE(registry().InsertCode(Code("second", "a")).value());
  EXPECT_EQ(Find("first"), std::nullopt);
  EXPECT_EQ(Find("second"), Code("second", "a"));
  EXPECT_EQ(Find("other"), Code("other", "b"));
  EXPECT_EQ(Find("elsewhere"), elsewhere);
  EXPECT_EQ(Find("used")->device_id, "device");
}

TEST_P(Registries, ACodeWhoseHashExistsChangesNothing) {
  ASSERT_TRUE(registry().InsertCode(Code("of a", "a")).value());
  ASSERT_TRUE(registry().InsertCode(Code("of b", "b")).value());
  EXPECT_FALSE(registry().InsertCode(Code("of b", "a")).value());
  EXPECT_EQ(Find("of a"), Code("of a", "a")) << "it was voided by a code that was not inserted";
  EXPECT_EQ(Find("of b"), Code("of b", "b"));
  EXPECT_FALSE(registry().InsertCode(Code("of a", "a")).value());
  EXPECT_EQ(Find("of a"), Code("of a", "a"));
}

TEST_P(Registries, ACodeBindsOnce) {
  ASSERT_TRUE(registry().InsertCode(Code("code", "a")).value());
  EXPECT_FALSE(registry().BindCode("no such code", kHash, "device").value());
  EXPECT_TRUE(registry().BindCode("code", kHash, "device").value());
  ActivationCodeRow bound = Code("code", "a");
  bound.bound_key_sha256 = kHash;
  bound.device_id = "device";
  EXPECT_EQ(Find("code"), bound);
  EXPECT_FALSE(registry().BindCode("code", kHash, "device").value());
  EXPECT_FALSE(registry().BindCode("code", "another key", "another device").value());
  EXPECT_EQ(Find("code"), bound);
}

TEST_P(Registries, OfManyThatBindACodeAtOnceOneDoes) {
  ASSERT_TRUE(registry().InsertCode(Code("code", "a")).value());
  std::atomic<int> bound = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (registry().BindCode("code", kHash, "device " + std::to_string(i)).value()) ++bound;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bound, 1);
}

TEST_P(Registries, AKeyStaysWhatItWasFirst) {
  const WrappedKeyRow first{.organisation_id = "o", .name = "dossier/d1", .wrapped = kHash};
  const WrappedKeyRow second{.organisation_id = "o", .name = "dossier/d1", .wrapped = "another"};
  const WrappedKeyRow service{.organisation_id = "", .name = "dossier/d1", .wrapped = "the service's"};
  EXPECT_EQ(keys().Find("o", "dossier/d1").value(), std::nullopt);
  EXPECT_EQ(keys().InsertOrFind(first).value(), first);
  EXPECT_EQ(keys().InsertOrFind(second).value(), first);
  EXPECT_EQ(keys().InsertOrFind(service).value(), service);
  EXPECT_EQ(keys().Find("o", "dossier/d1").value(), first);
  EXPECT_EQ(keys().Find("", "dossier/d1").value(), service);
  EXPECT_EQ(keys().Find("o", "dossier/d2").value(), std::nullopt);
}

TEST_P(Registries, ManyThatMakeOneKeyAtOnceGetTheSame) {
  std::vector<std::string> got(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < got.size(); ++i) {
    threads.emplace_back([&, i] {
      got[i] =
          keys().InsertOrFind({.organisation_id = "o", .name = "k", .wrapped = std::to_string(i)})->wrapped;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got, std::vector<std::string>(got.size(), got.front()));
}

TEST_P(Registries, OpeningAnOrganisationGivesTheSameStoreEachTime) {
  OrganisationStore* const first = storage().OpenOrganisation(kThisOrganisation).value();
  OrganisationStore* const other = storage().OpenOrganisation(kOtherOrganisation).value();
  EXPECT_NE(first, other);
  EXPECT_EQ(storage().OpenOrganisation(kThisOrganisation).value(), first);
}

TEST_P(Registries, AProbeSaysWhetherAWriteSucceedsNow) {
  EXPECT_TRUE(storage().ProbeWrite().ok());
  adapter().FailWrites(true);
  const auto failed = storage().ProbeWrite();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  adapter().FailWrites(false);
  EXPECT_TRUE(storage().ProbeWrite().ok());
}

TEST_P(Registries, AFailedWriteChangesNothingAndMayBeTriedAgain) {
  ASSERT_TRUE(registry().InsertCode(Code("first", "a")).value());
  adapter().FailWrites(true);
  const auto organisation = registry().InsertOrganisation({.organisation_id = "o"});
  const auto code = registry().InsertCode(Code("second", "a"));
  const auto bound = registry().BindCode("first", kHash, "device");
  const auto key = keys().InsertOrFind({.organisation_id = "o", .name = "k", .wrapped = "w"});
  adapter().FailWrites(false);
  ASSERT_FALSE(organisation.ok() || code.ok() || bound.ok() || key.ok());
  EXPECT_EQ(code.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_GT(code.failure().retry_delay_ms.value_or(0), 0);
  EXPECT_FALSE(code.failure().log_detail.empty());

  EXPECT_THAT(registry().ListOrganisations().value(), IsEmpty());
  EXPECT_EQ(Find("first"), Code("first", "a"));
  EXPECT_EQ(Find("second"), std::nullopt);
  EXPECT_EQ(keys().Find("o", "k").value(), std::nullopt);
  EXPECT_TRUE(registry().InsertCode(Code("second", "a")).value());
}

TEST_P(Registries, WhatWasAnsweredOutlivesTheProcess) {
  if (!adapter().forgets_because().empty()) GTEST_SKIP() << adapter().forgets_because();
  const WrappedKeyRow key{.organisation_id = "o", .name = "k", .wrapped = kHash};
  ASSERT_TRUE(registry().InsertOrganisation({.organisation_id = "o", .display_name = "O"}).value());
  ASSERT_TRUE(registry().InsertCode(Code("code", "a")).value());
  ASSERT_TRUE(keys().InsertOrFind(key).ok());
  adapter().Reopen();
  EXPECT_THAT(registry().ListOrganisations().value(),
              ElementsAre(OrganisationRow{.organisation_id = "o", .display_name = "O"}));
  EXPECT_EQ(Find("code"), Code("code", "a"));
  EXPECT_EQ(keys().Find("o", "k").value(), key);
}

}  // namespace
}  // namespace brug::storage
