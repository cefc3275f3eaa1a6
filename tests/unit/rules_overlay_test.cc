#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rules/overlay.h"
#include "tests/support/memory_dossier.h"

namespace brug::rules {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

v1::Record StepRecord(const std::string& id, const std::string& goal_id, const std::string& title) {
  v1::Record record;
  record.set_record_id(id);
  record.mutable_step()->set_goal_id(goal_id);
  record.mutable_step()->set_title(title);
  return record;
}

v1::Record Tombstone(const std::string& id) {
  v1::Record record;
  record.set_record_id(id);
  record.set_deleted(true);
  return record;
}

std::vector<std::string> Titles(const DossierReader& reader, const std::string& parent) {
  std::vector<std::string> titles;
  for (const v1::Record& record : reader.ChildrenOf(parent)) titles.push_back(record.step().title());
  return titles;
}

TEST(Overlay, ShowsTheBaseWhereNothingChanged) {
  testing::MemoryDossier base;
  base.Put(StepRecord("a", "goal", "one"));
  const Overlay overlay(base);
  EXPECT_EQ(overlay.Find("a")->step().title(), "one");
  EXPECT_EQ(overlay.Find("b"), std::nullopt);
  EXPECT_THAT(Titles(overlay, "goal"), UnorderedElementsAre("one"));
  EXPECT_THAT(Titles(overlay, "other"), IsEmpty());
}

TEST(Overlay, ShowsWhatWasPutInItsPlaceAndLeavesTheBase) {
  testing::MemoryDossier base;
  base.Put(StepRecord("a", "goal", "one"));
  Overlay overlay(base);
  overlay.Put(StepRecord("a", "goal", "one anew"));
  overlay.Put(StepRecord("b", "goal", "two"));
  EXPECT_THAT(Titles(overlay, "goal"), UnorderedElementsAre("one anew", "two"));
  EXPECT_THAT(Titles(base, "goal"), UnorderedElementsAre("one"));
  overlay.Put(StepRecord("b", "goal", "two anew"));
  EXPECT_THAT(Titles(overlay, "goal"), UnorderedElementsAre("one anew", "two anew"));
  EXPECT_EQ(overlay.changed().size(), 2U);
}

TEST(Overlay, ShowsATombstoneByItsIdAlone) {
  testing::MemoryDossier base;
  base.Put(StepRecord("a", "goal", "one"));
  Overlay overlay(base);
  overlay.Put(StepRecord("b", "goal", "two"));
  overlay.Put(Tombstone("a"));
  overlay.Put(Tombstone("b"));
  EXPECT_TRUE(overlay.Find("a")->deleted());
  EXPECT_TRUE(overlay.Find("b")->deleted());
  EXPECT_THAT(Titles(overlay, "goal"), IsEmpty());
  EXPECT_THAT(Titles(overlay, ""), IsEmpty());
}

TEST(Overlay, CanLieOverAnother) {
  testing::MemoryDossier base;
  Overlay lower(base);
  lower.Put(StepRecord("a", "goal", "one"));
  Overlay upper(lower);
  upper.Put(Tombstone("a"));
  EXPECT_THAT(Titles(lower, "goal"), UnorderedElementsAre("one"));
  EXPECT_THAT(Titles(upper, "goal"), IsEmpty());
}

TEST(ParentOf, PutsEveryKindUnderItsParentOrGroup) {
  v1::Record record;
  EXPECT_EQ(ParentOf(record), "");
  const auto parent_with = [](auto set) {
    v1::Record made;
    set(made);
    return ParentOf(made);
  };
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_profile(); }), kProfiles);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_relation(); }), kRelations);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_assessment(); }), kAssessments);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_assessment_view()->set_assessment_id("a"); }), "a");
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_goal(); }), kGoals);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_milestone()->set_goal_id("g"); }), "g");
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_step()->set_goal_id("g"); }), "g");
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_pause(); }), kPauses);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_pause()->set_step_id("s"); }), "s");
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_tick()->set_step_id("s"); }), "s");
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_suggestion()->set_target_id("t"); }), "t");
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_appreciation()->set_about_id("t"); }), kAppreciations);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_message(); }), kMessages);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_contact()->set_handover_id("h"); }), kContacts);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_appointment(); }), kAppointments);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_handover(); }), kHandovers);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_offer()->set_goal_id("g"); }), kOffers);
  EXPECT_EQ(parent_with([](auto& r) { r.mutable_voucher()->set_offer_id("o"); }), kVouchers);
  EXPECT_EQ(parent_with([](auto& r) {
              r.mutable_goal();
              r.set_deleted(true);
            }),
            "");
}

}  // namespace
}  // namespace brug::rules
