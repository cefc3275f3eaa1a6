#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <random>
#include <set>

#include "proto/rules/apply.h"
#include "proto/rules/limits.h"
#include "proto/rules/overlay.h"
#include "proto/rules/validate.h"
#include "tests/support/dossier_story.h"
#include "tests/support/random_mutations.h"

// What holds for any mutations in any order.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

rc::Gen<Deed> SomeDeed() {
  return rc::gen::build<Deed>(rc::gen::set(&Deed::kind, rc::gen::inRange(0, kDeedKinds)),
                              rc::gen::set(&Deed::item, rc::gen::inRange(0, 6)),
                              rc::gen::set(&Deed::other, rc::gen::inRange(0, 12)),
                              rc::gen::set(&Deed::who, rc::gen::inRange(0, 3)),
                              rc::gen::set(&Deed::revisions_ago, rc::gen::inRange(0, 6)));
}

// Deeds that follow a plan that is there, so that most of them find what they are about.
rc::Gen<std::vector<Deed>> SomeDeeds() {
  return rc::gen::map(rc::gen::container<std::vector<Deed>>(SomeDeed()), [](const std::vector<Deed>& deeds) {
    std::vector<Deed> all = {{.kind = 3, .item = 0},           {.kind = 3, .item = 1, .who = 1},
                             {.kind = 7, .item = 0},           {.kind = 7, .item = 1, .other = 1, .who = 1},
                             {.kind = 9, .item = 0},           {.kind = 9, .item = 1, .other = 1, .who = 1},
                             {.kind = 15, .item = 0, .who = 1}};
    all.insert(all.end(), deeds.begin(), deeds.end());
    return all;
  });
}

// One mutation with its author, as a dossier at some revision receives it.
struct Step {
  v1::Mutation mutation;
  v1::Author author;
};

Step StepOf(const Deed& deed, int number, std::int64_t revision) {
  const std::int64_t seen = std::max<std::int64_t>(0, revision - deed.revisions_ago);
  return {Seen(seen, MutationOf(deed, number)), AuthorOf(deed)};
}

std::string Bytes(const Change& change) {
  std::string bytes;
  for (const v1::Record& record : change.records) bytes += record.SerializeAsString() + "|";
  bytes += "/";
  for (const v1::Record& record : change.overwritten) bytes += record.SerializeAsString() + "|";
  return bytes;
}

std::string Bytes(const std::variant<Change, Violation>& outcome) {
  if (const auto* change = std::get_if<Change>(&outcome)) return Bytes(*change);
  const auto& violation = std::get<Violation>(outcome);
  return v1::ErrorReason_Name(violation.reason) + " " + violation.field;
}

std::map<std::string, std::string> Bytes(const std::vector<v1::Record>& records) {
  std::map<std::string, std::string> bytes;
  for (const v1::Record& record : records) bytes[record.record_id()] = record.SerializeAsString();
  return bytes;
}

// All that a reader shows, by way of the parents and ids that `all` has.
std::map<std::string, std::map<std::string, std::string>> Shown(const DossierReader& reader,
                                                                const MemoryDossier& all) {
  std::map<std::string, std::map<std::string, std::string>> shown;
  for (const auto& [id, record] : all.records()) {
    const auto found = reader.Find(id);
    shown["by id"][id] = found ? found->SerializeAsString() : "nothing";
    const std::string parent = ParentOf(record);
    for (const std::string& of : {parent, id}) shown[of] = Bytes(reader.ChildrenOf(of));
  }
  return shown;
}

TEST(ApplyProperty, DeedsReachEveryKindOfIntent) {
  std::set<int> kinds;
  for (int kind = 0; kind < kDeedKinds; ++kind) kinds.insert(MutationOf({.kind = kind}, 0).intent_case());
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(kDeedKinds));
}

// That properties over deeds say something: of each kind some are accepted and some refused.
TEST(ApplyProperty, DeedsOfEveryKindAreAcceptedAndRefused) {
  std::mt19937_64 random(20261120);
  const auto below = [&](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
  std::map<int, int> accepted;
  std::map<int, int> refused;
  for (int life = 0; life < 500; ++life) {
    Story story;
    for (int i = 0; i < 60; ++i) {
      const Deed deed{below(kDeedKinds), below(6), below(12), below(3), below(6)};
      const Step step = StepOf(deed, i, story.revision());
      const auto outcome = story.Try(step.author, step.mutation);
      ++(std::holds_alternative<Change>(outcome) ? accepted : refused)[deed.kind];
    }
  }
  for (int kind = 0; kind < kDeedKinds; ++kind) {
    EXPECT_GE(accepted[kind], 5) << kind;
    EXPECT_GE(refused[kind], 5) << kind;
  }
}

RC_GTEST_PROP(ApplyProperty, WhatIsAppliedIsValidInForm, ()) {
  RC_ASSERT(!Validate(StepOf(*SomeDeed(), 1, 9).mutation).has_value());
}

RC_GTEST_PROP(ApplyProperty, ViewIsBaseAndPending, ()) {
  const std::vector<Deed> deeds = *SomeDeeds();
  const auto confirmed =
      static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(deeds.size()) + 1));
  Story sequential;
  Story base;
  Overlay overlay(base.dossier());
  int accepted = 0;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    const Step step = StepOf(deeds[i], static_cast<int>(i), sequential.revision());
    const Occasion occasion = sequential.OccasionFor(step.author);
    const auto outcome = sequential.Try(step.author, step.mutation);
    if (i < confirmed) {
      base.Try(step.author, step.mutation);
      continue;
    }
    Occasion later = occasion;
    later.at = sequential.now();
    const auto over = Apply(overlay, sequential.templates(), step.mutation, later);
    RC_ASSERT(Bytes(over) == Bytes(outcome));
    if (const auto* change = std::get_if<Change>(&over)) {
      overlay.Put(*change);
      ++accepted;
    }
  }
  RC_TAG(accepted > 0 ? "with pending" : "nothing pending");
  RC_ASSERT(Shown(overlay, sequential.dossier()) == Shown(sequential.dossier(), sequential.dossier()));
}

// A dossier whose children come in the other order.
class OtherOrder : public DossierReader {
 public:
  explicit OtherOrder(const DossierReader& base) : base_(base) {}
  [[nodiscard]] std::optional<v1::Record> Find(std::string_view id) const override { return base_.Find(id); }
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override {
    auto children = base_.ChildrenOf(parent);
    return {children.rbegin(), children.rend()};
  }

 private:
  const DossierReader& base_;
};

RC_GTEST_PROP(ApplyProperty, SameViewSameMutationSameBytes, ()) {
  const std::vector<Deed> deeds = *SomeDeeds();
  Story story;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    const Step step = StepOf(deeds[i], static_cast<int>(i), story.revision());
    const Occasion occasion = story.OccasionFor(step.author);
    const auto one = Apply(story.dossier(), story.templates(), step.mutation, occasion);
    const auto other = Apply(OtherOrder(story.dossier()), story.templates(), step.mutation, occasion);
    RC_ASSERT(Bytes(one) == Bytes(other));
    story.Try(step.author, step.mutation);
  }
}

RC_GTEST_PROP(ApplyProperty, ARefusedMutationChangesNothing, ()) {
  const std::vector<Deed> deeds = *SomeDeeds();
  Story with_refused;
  Story without;
  int refused = 0;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    const Step step = StepOf(deeds[i], static_cast<int>(i), with_refused.revision());
    const auto before = Shown(with_refused.dossier(), with_refused.dossier());
    const auto outcome = with_refused.Try(step.author, step.mutation);
    if (std::holds_alternative<Violation>(outcome)) {
      ++refused;
      without.MoveClock(std::chrono::seconds(1));
      RC_ASSERT(Shown(with_refused.dossier(), with_refused.dossier()) == before);
      continue;
    }
    RC_ASSERT(Bytes(without.Try(step.author, step.mutation)) == Bytes(outcome));
  }
  RC_TAG(refused > 0 ? "some refused" : "none refused");
  RC_ASSERT(Shown(with_refused.dossier(), with_refused.dossier()) ==
            Shown(without.dossier(), without.dossier()));
}

// What both sides keep of what was said: in the records as they are, or in the history.
RC_GTEST_PROP(ApplyProperty, NoAcceptedWordIsLost, ()) {
  const std::vector<Deed> deeds = *SomeDeeds();
  Story story;
  std::string history;
  std::vector<std::string> said;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    const Step step = StepOf(deeds[i], static_cast<int>(i), story.revision());
    const auto outcome = story.Try(step.author, step.mutation);
    const auto* change = std::get_if<Change>(&outcome);
    if (change == nullptr) continue;
    for (const v1::Record& record : change->overwritten) history += record.SerializeAsString() + "|";
    // A number at the end could be the beginning of another; every text ends before a byte that is no digit.
    if (step.mutation.SerializeAsString().find(WordsOf(static_cast<int>(i))) != std::string::npos) {
      said.push_back(WordsOf(static_cast<int>(i)));
    }
  }
  std::string kept = history;
  for (const auto& [id, record] : story.dossier().records()) kept += record.SerializeAsString() + "|";
  for (const std::string& words : said) RC_ASSERT(kept.find(words) != std::string::npos);
}

RC_GTEST_PROP(ApplyProperty, AMentorNeverChangesWhatIsTheClients, ()) {
  const std::vector<Deed> deeds = *SomeDeeds();
  Story story;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    const Step step = StepOf(deeds[i], static_cast<int>(i), story.revision());
    const MemoryDossier before = story.dossier();
    story.Try(step.author, step.mutation);
    if (step.author.role() != v1::ROLE_MENTOR) continue;
    for (const auto& [id, was] : before.records()) {
      v1::Record is = story.Get(id);
      if (was.has_goal() && !was.goal().drafted_by_mentor()) {
        RC_ASSERT(is.goal().SerializeAsString() == was.goal().SerializeAsString());
      }
      if (was.has_milestone() && !was.milestone().drafted_by_mentor()) {
        RC_ASSERT(is.milestone().SerializeAsString() == was.milestone().SerializeAsString());
      }
      if (was.has_tick()) RC_ASSERT(is.tick().SerializeAsString() == was.tick().SerializeAsString());
      if (!was.has_step() || was.step().drafted_by_mentor()) continue;
      // Only a milestone of the mentor's own that is gone is let go of.
      v1::Step loosened = was.step();
      if (is.step().milestone_id().empty()) loosened.clear_milestone_id();
      RC_ASSERT(is.step().SerializeAsString() == loosened.SerializeAsString());
    }
  }
}

RC_GTEST_PROP(ApplyProperty, EveryRecordCarriesTheRevisionThatChangedIt, ()) {
  const std::vector<Deed> deeds = *SomeDeeds();
  Story story;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    const Step step = StepOf(deeds[i], static_cast<int>(i), story.revision());
    const std::int64_t next = story.revision() + 1;
    const auto outcome = story.Try(step.author, step.mutation);
    const auto* change = std::get_if<Change>(&outcome);
    if (change == nullptr) continue;
    std::set<std::string> ids;
    for (const v1::Record& record : change->records) {
      RC_ASSERT(record.revision() == next);
      RC_ASSERT(record.deleted() == (record.content_case() == v1::Record::CONTENT_NOT_SET));
      RC_ASSERT(ids.insert(record.record_id()).second);
    }
  }
}

// Bad input.

// Applies what Validate() lets through, whoever says it. An assertion that fails ends the program.
bool TryOut(const Story& story, const v1::Mutation& mutation) {
  if (Validate(mutation) || mutation.intent_case() == v1::Mutation::INTENT_NOT_SET) return false;
  for (const v1::Author& author : {Client(), Mentor(), Someone(v1::ROLE_TEAM_LEAD)}) {
    const auto outcome = Apply(story.dossier(), story.templates(), mutation, story.OccasionFor(author));
    const auto* change = std::get_if<Change>(&outcome);
    if (change == nullptr) continue;
    for (const v1::Record& record : change->records) EXPECT_LE(record.ByteSizeLong(), kPageBytesMax);
  }
  return true;
}

// A dossier in which the ids of FillAtRandom() are a goal, a step and a milestone.
Story WithPlan() {
  Story story;
  story.Do(Client(), NewGoal(Id(1)));
  story.Do(Mentor(), NewStep(Id(11), Id(1)));
  story.Do(Client(), NewMilestone(Id(21), Id(1)));
  return story;
}

TEST(BadInput, MutationsFilledAtRandomAreRefusedOrApplied) {
  const Story story = WithPlan();
  const auto& intents = *v1::Mutation::descriptor()->FindOneofByName("intent");
  std::mt19937_64 random(20261121);
  std::map<std::string, int> let_through;
  for (int i = 0; i < 60'000; ++i) {
    v1::Mutation mutation = NewMutation();
    const auto* intent = intents.field(i % intents.field_count());
    FillAtRandom(*mutation.GetReflection()->MutableMessage(&mutation, intent), random);
    if (TryOut(story, mutation)) ++let_through[intent->name()];
  }
  // Not everything is refused, or nothing was shown of Apply().
  EXPECT_GE(let_through.size(), 12U) << ::testing::PrintToString(let_through);
}

TEST(BadInput, BytesChangedAtRandomAreRefusedOrApplied) {
  const Story story = WithPlan();
  std::mt19937_64 random(20261122);
  // The parser tells of every text that is not UTF-8.
  const google::protobuf::LogSilencer silence;
  int parsed = 0;
  int let_through = 0;
  for (int i = 0; i < 60'000; ++i) {
    Deed deed{.kind = i, .item = i / kDeedKinds, .other = i / 7, .who = i};
    std::string bytes = MutationOf(deed, i).SerializeAsString();
    for (std::size_t n = 1 + random() % 3; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    v1::Mutation mutation;
    if (!mutation.ParseFromString(bytes)) continue;
    ++parsed;
    if (TryOut(story, mutation)) ++let_through;
  }
  EXPECT_GT(parsed, 1000);
  EXPECT_GT(let_through, 100);
}

RC_GTEST_PROP(BadInput, AnyBytesAreRefusedOrApplied, (const std::string& bytes)) {
  const google::protobuf::LogSilencer silence;
  v1::Mutation mutation;
  if (!mutation.ParseFromString(bytes)) return;
  RC_ASSERT(Validate(mutation).has_value());
}

// Size.

TEST(RecordSize, NoRecordGrowsPastAPageHoweverOftenItIsRevised) {
  Story story;
  const auto full = [](std::size_t bytes) { return std::string(bytes, 'w'); };
  story.Do(Client(), NewGoal(Id(1), full(kTitleBytesMax)));
  story.Do(Client(), NewMilestone(Id(21), Id(1)));
  v1::Mutation made = NewStep(Id(11), Id(1), full(kTitleBytesMax));
  // What a newer version of the contract might say, kept as it is.
  made.mutable_create_step()
      ->mutable_step()
      ->GetReflection()
      ->MutableUnknownFields(made.mutable_create_step()->mutable_step())
      ->AddLengthDelimited(999, full(15'000));
  story.Do(Client(), made);
  v1::Mutation revise = NewMutation();
  revise.mutable_revise_step()->set_step_id(Id(11));
  v1::Step& step = *revise.mutable_revise_step()->mutable_step();
  step = story.Get(Id(11)).step();
  step.GetReflection()->MutableUnknownFields(&step)->Clear();
  step.set_milestone_id(Id(21));
  step.set_minutes(1440);
  step.set_confidence(10);
  step.mutable_if_then()->set_obstacle(full(kObstacleBytesMax));
  step.mutable_if_then()->set_response(full(kObstacleBytesMax));
  *step.mutable_ends_on() = ToDate(kToday);
  step.mutable_reminder()->set_hour(9);
  for (const char* field : {"milestone_id", "title", "minutes", "confidence", "if_then", "reminder",
                            "recurrence", "begins_on", "ends_on", "rank"}) {
    revise.mutable_revise_step()->mutable_update_mask()->add_paths(field);
  }
  story.Do(Client(), revise);
  const std::size_t once = story.Get(Id(11)).ByteSizeLong();
  for (int i = 0; i < 50; ++i) story.Do(Client(), Seen(story.revision(), revise));
  EXPECT_LE(story.Get(Id(11)).ByteSizeLong(), once + 64);
  EXPECT_LE(story.Get(Id(11)).ByteSizeLong(), kPageBytesMax / 16);
}

}  // namespace
}  // namespace brug::rules
