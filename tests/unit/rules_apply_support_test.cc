#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rules/apply.h"
#include "proto/rules/relation.h"
#include "tests/support/dossier_story.h"

// Suggestions, appreciations, messages, contacts, appointments and handovers.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kGoal = Id(1);
const std::string kStep = Id(11);
const std::string kSuggestion = Id(51);
const std::string kAppointment = Id(61);
const std::string kHandover = Id(71);

Story WithStep() {
  Story story;
  story.Do(Client(), NewGoal(kGoal, "My own words"));
  story.Do(Client(), NewStep(kStep, kGoal, "Open the mail"));
  return story;
}

// Suggestions.

TEST(Suggestion, WaitsForTheClientAndChangesNothingByItself) {
  Story story = WithStep();
  story.Do(Mentor(), Suggest(kSuggestion, kStep, v1::SUGGESTED_FIELD_TITLE, "Open one letter"));
  EXPECT_EQ(story.Get(kSuggestion).suggestion().state(), v1::SUGGESTION_STATE_OPEN);
  EXPECT_EQ(ParentOf(story.Get(kSuggestion)), kStep);
  EXPECT_EQ(story.Get(kStep).step().title(), "Open the mail");
}

TEST(Suggestion, TakenBecomesTheClientsOwnEdit) {
  Story story = WithStep();
  story.Do(Mentor(), Suggest(kSuggestion, kStep, v1::SUGGESTED_FIELD_TITLE, "Open one letter"));
  const Change change = story.Do(Client(), AnswerSuggestion(kSuggestion, true));
  const v1::Record step = story.Get(kStep);
  EXPECT_EQ(step.step().title(), "Open one letter");
  ASSERT_THAT(step.marks(), SizeIs(1));
  EXPECT_EQ(step.marks(0).field(), "title");
  EXPECT_EQ(step.marks(0).author().person_id(), Client().person_id());
  EXPECT_EQ(story.Get(kSuggestion).suggestion().state(), v1::SUGGESTION_STATE_TAKEN);
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].step().title(), "Open the mail");
  EXPECT_EQ(story.Refused(Mentor(), RetitleStep(kStep, "x")).reason, v1::ERROR_REASON_NOT_YOURS);
}

TEST(Suggestion, LeftKeepsTheClientsWords) {
  Story story = WithStep();
  story.Do(Mentor(), Suggest(kSuggestion, kStep, v1::SUGGESTED_FIELD_TITLE, "Open one letter"));
  story.Do(Client(), AnswerSuggestion(kSuggestion, false));
  EXPECT_EQ(story.Get(kStep).step().title(), "Open the mail");
  EXPECT_EQ(story.Get(kSuggestion).suggestion().state(), v1::SUGGESTION_STATE_LEFT);
}

TEST(Suggestion, IsAnsweredOnce) {
  Story story = WithStep();
  story.Do(Mentor(), Suggest(kSuggestion, kStep, v1::SUGGESTED_FIELD_TITLE, "Open one letter"));
  story.Do(Client(), AnswerSuggestion(kSuggestion, true));
  story.Do(Client(), RetitleStep(kStep, "My own again"));
  EXPECT_THAT(story.Do(Client(), AnswerSuggestion(kSuggestion, true)).records, IsEmpty());
  EXPECT_EQ(story.Get(kStep).step().title(), "My own again");
  EXPECT_EQ(story.Refused(Client(), AnswerSuggestion(kSuggestion, false)),
            (Violation{v1::ERROR_REASON_WRONG_STATE, "answer_suggestion.suggestion_id"}));
}

TEST(Suggestion, IsAboutWordsThatItsTargetHas) {
  struct Row {
    std::string target;
    v1::SuggestedField field;
    bool fits;
  };
  const std::vector<Row> rows = {
      {kGoal, v1::SUGGESTED_FIELD_TITLE, true},     {kGoal, v1::SUGGESTED_FIELD_WHY, true},
      {kGoal, v1::SUGGESTED_FIELD_OBSTACLE, false}, {kGoal, v1::SUGGESTED_FIELD_RESPONSE, false},
      {Id(21), v1::SUGGESTED_FIELD_TITLE, true},    {Id(21), v1::SUGGESTED_FIELD_WHY, false},
      {kStep, v1::SUGGESTED_FIELD_TITLE, true},     {kStep, v1::SUGGESTED_FIELD_WHY, false},
      {kStep, v1::SUGGESTED_FIELD_OBSTACLE, true},  {kStep, v1::SUGGESTED_FIELD_RESPONSE, true}};
  Story story = WithStep();
  story.Do(Client(), NewMilestone(Id(21), kGoal));
  int number = 500;
  for (const Row& row : rows) {
    const std::string id = Id(++number);
    const v1::Mutation mutation = Suggest(id, row.target, row.field, "Other words");
    if (!row.fits) {
      EXPECT_EQ(story.Refused(Mentor(), mutation),
                (Violation{v1::ERROR_REASON_OUT_OF_RANGE, "suggest_words.suggestion.field"}));
      continue;
    }
    story.Do(Mentor(), mutation);
    story.Do(Client(), AnswerSuggestion(id, true));
  }
  EXPECT_EQ(story.Get(kGoal).goal().why(), "Other words");
  EXPECT_EQ(story.Get(Id(21)).milestone().title(), "Other words");
  EXPECT_EQ(story.Get(kStep).step().if_then().obstacle(), "Other words");
  EXPECT_EQ(story.Get(kStep).step().if_then().response(), "Other words");
}

TEST(Suggestion, TakenOfOneHalfOfAnIfThenPlanLeavesTheOther) {
  Story story = WithStep();
  v1::Mutation plan = NewMutation();
  plan.mutable_revise_step()->set_step_id(kStep);
  plan.mutable_revise_step()->mutable_step()->mutable_if_then()->set_obstacle("I am tired");
  plan.mutable_revise_step()->mutable_step()->mutable_if_then()->set_response("I rest");
  plan.mutable_revise_step()->mutable_update_mask()->add_paths("if_then");
  story.Do(Client(), plan);
  story.Do(Mentor(), Suggest(kSuggestion, kStep, v1::SUGGESTED_FIELD_RESPONSE, "I open one letter"));
  story.Do(Client(), AnswerSuggestion(kSuggestion, true));
  EXPECT_EQ(story.Get(kStep).step().if_then().obstacle(), "I am tired");
  EXPECT_EQ(story.Get(kStep).step().if_then().response(), "I open one letter");
}

TEST(Suggestion, OfWhatWasDeletedCannotBeTakenButCanBeLeft) {
  Story story = WithStep();
  story.Do(Mentor(), Suggest(kSuggestion, kStep, v1::SUGGESTED_FIELD_TITLE, "Open one letter"));
  story.Do(Client(), Delete(kStep));
  EXPECT_EQ(story.Refused(Client(), AnswerSuggestion(kSuggestion, true)),
            (Violation{v1::ERROR_REASON_DELETED, "answer_suggestion.suggestion_id"}));
  story.Do(Client(), AnswerSuggestion(kSuggestion, false));
  EXPECT_EQ(story.Refused(Mentor(), Suggest(Id(52), kStep, v1::SUGGESTED_FIELD_TITLE, "x")),
            (Violation{v1::ERROR_REASON_DELETED, "suggest_words.suggestion.target_id"}));
  EXPECT_EQ(story.Refused(Mentor(), Suggest(Id(52), Id(99), v1::SUGGESTED_FIELD_TITLE, "x")).reason,
            v1::ERROR_REASON_NOT_FOUND);
}

TEST(Suggestion, TakenMakesAMentorsDraftTheClientsOwn) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal, "Drafted"));
  story.Do(OtherMentor(), Suggest(kSuggestion, kGoal, v1::SUGGESTED_FIELD_TITLE, "A home"));
  story.Do(Client(), AnswerSuggestion(kSuggestion, true));
  EXPECT_FALSE(story.Get(kGoal).goal().drafted_by_mentor());
}

// Appreciations, messages, contacts.

TEST(Appreciation, CanAlwaysBeGiven) {
  Story story = WithStep();
  const auto appreciate = [](int number, const std::string& about) {
    v1::Mutation mutation = NewMutation();
    mutation.mutable_give_appreciation()->set_appreciation_id(Id(number));
    v1::Appreciation& appreciation = *mutation.mutable_give_appreciation()->mutable_appreciation();
    appreciation.set_kind(v1::APPRECIATION_KIND_CERTIFICATE);
    appreciation.set_words("You kept going.");
    appreciation.set_about_id(about);
    return mutation;
  };
  story.Do(Client(), Tick(kStep, kToday, v1::TICK_STATE_TRIED));
  story.Do(Mentor(), appreciate(81, kStep));
  story.Do(Mentor(), appreciate(82, ""));
  story.Do(Client(), Delete(kStep));
  story.Do(Mentor(), appreciate(83, kStep));
  EXPECT_EQ(story.Refused(Mentor(), appreciate(84, Id(99))),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "give_appreciation.appreciation.about_id"}));
  EXPECT_EQ(story.Refused(Mentor(), appreciate(84, Id(81))).reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST(Message, GoesBothWaysAndCarriesTheClampedTime) {
  Story story;
  story.Do(Client(), Say(Id(91), "Can you call?"));
  story.Do(Mentor(), Say(Id(92), "Of course."));
  EXPECT_EQ(story.Get(Id(92)).message().words(), "Of course.");
  EXPECT_EQ(ToInstant(story.Get(Id(92)).message().written_at()), story.now());
}

TEST(Contact, TookPlace) {
  Story story;
  story.Do(Mentor(), Talked(Id(101)));
  EXPECT_EQ(story.Get(Id(101)).contact().minutes(), 45);
  v1::Mutation mutation = Talked(Id(102));
  *mutation.mutable_record_contact()->mutable_contact()->mutable_at() =
      ToTimestamp(kNow + std::chrono::days(1) + std::chrono::minutes(1));
  EXPECT_EQ(story.Refused(Mentor(), mutation),
            (Violation{v1::ERROR_REASON_IN_THE_FUTURE, "record_contact.contact.at"}));
}

// Appointments.

v1::Mutation Propose() {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_propose_appointment()->set_appointment_id(kAppointment);
  v1::Appointment& appointment = *mutation.mutable_propose_appointment()->mutable_appointment();
  *appointment.mutable_at() = ToTimestamp(kNow + std::chrono::days(3));
  appointment.set_minutes(60);
  appointment.set_kind(v1::CONTACT_KIND_HOME_VISIT);
  return mutation;
}

v1::Mutation Answer(v1::AppointmentState state) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_answer_appointment()->set_appointment_id(kAppointment);
  mutation.mutable_answer_appointment()->set_state(state);
  return mutation;
}

TEST(Appointment, IsAnsweredByWhoWasAskedAndCancelledByEither) {
  constexpr auto kAccepted = v1::APPOINTMENT_STATE_ACCEPTED;
  constexpr auto kDeclined = v1::APPOINTMENT_STATE_DECLINED;
  constexpr auto kCancelled = v1::APPOINTMENT_STATE_CANCELLED;
  const Violation not_yours{v1::ERROR_REASON_NOT_YOURS, "answer_appointment.state"};
  for (const bool by_client : {true, false}) {
    const v1::Author proposer = by_client ? Client() : Mentor();
    const v1::Author asked = by_client ? OtherMentor() : Client();
    for (const auto state : {kAccepted, kDeclined, kCancelled}) {
      Story story;
      story.Do(proposer, Propose());
      EXPECT_EQ(story.Get(kAppointment).appointment().state(), v1::APPOINTMENT_STATE_PROPOSED);
      if (state != kCancelled) {
        EXPECT_EQ(story.Refused(proposer, Answer(state)), not_yours);
      }
      story.Do(asked, Answer(state));
      EXPECT_EQ(story.Get(kAppointment).appointment().state(), state);
      EXPECT_THAT(story.Do(asked, Answer(state)).records, IsEmpty());
    }
    Story story;
    story.Do(proposer, Propose());
    story.Do(proposer, Answer(kCancelled));
    EXPECT_EQ(story.Refused(asked, Answer(kAccepted)),
              (Violation{v1::ERROR_REASON_WRONG_STATE, "answer_appointment.state"}));
  }
}

TEST(Appointment, ThatWasAcceptedCanStillBeCancelledButNotDeclined) {
  Story story;
  story.Do(Mentor(), Propose());
  story.Do(Client(), Answer(v1::APPOINTMENT_STATE_ACCEPTED));
  EXPECT_EQ(story.Refused(Client(), Answer(v1::APPOINTMENT_STATE_DECLINED)).reason,
            v1::ERROR_REASON_WRONG_STATE);
  story.Do(Mentor(), Answer(v1::APPOINTMENT_STATE_CANCELLED));
}

TEST(Appointment, OfAnotherDossierIsNotFound) {
  Story story;
  EXPECT_EQ(story.Refused(Client(), Answer(v1::APPOINTMENT_STATE_ACCEPTED)),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "answer_appointment.appointment_id"}));
}

// Handovers.

const v1::Author kNewMentor = OtherMentor();

v1::HandoverState StateOf(const Story& story) { return story.Get(kHandover).handover().state(); }

// The new mentor's answer, which comes by its own call.
std::optional<v1::ErrorReason> NewMentorSays(Story& story, bool accept, const v1::Author& who = kNewMentor) {
  const auto outcome = AcceptHandover(story.dossier(), kHandover, accept, story.OccasionFor(who));
  if (const auto* refused = std::get_if<Violation>(&outcome)) {
    EXPECT_EQ(refused->field, "handover_id");
    return refused->reason;
  }
  story.Put(std::get<Change>(outcome));
  return std::nullopt;
}

Story Proposed() {
  Story story;
  story.Do(Mentor(), ProposeHandover(kHandover, kNewMentor.person_id()));
  return story;
}

TEST(Handover, GoesWarmlyInEitherOrder) {
  for (const bool client_first : {true, false}) {
    Story story = Proposed();
    EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_PROPOSED);
    EXPECT_EQ(story.Get(kHandover).handover().from_person_id(), Mentor().person_id());
    EXPECT_EQ(story.Refused(Mentor(), Talked(Id(101), kHandover)),
              (Violation{v1::ERROR_REASON_WRONG_STATE, "record_contact.contact.handover_id"}));
    if (client_first) story.Do(Client(), AnswerHandover(kHandover, true));
    if (client_first) {
      EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_AGREED);
    }
    EXPECT_EQ(NewMentorSays(story, true), std::nullopt);
    if (!client_first) {
      EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_ACCEPTED);
    }
    if (!client_first) story.Do(Client(), AnswerHandover(kHandover, true));
    EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_TO_MEET);
    const Change met = story.Do(client_first ? Mentor() : kNewMentor, Talked(Id(101), kHandover));
    EXPECT_THAT(met.records, SizeIs(2));
    EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_COMPLETED);
    EXPECT_EQ(story.Get(Id(101)).contact().handover_id(), kHandover);
  }
}

TEST(Handover, SayingYesTwiceChangesNothing) {
  Story story = Proposed();
  story.Do(Client(), AnswerHandover(kHandover, true));
  EXPECT_THAT(story.Do(Client(), AnswerHandover(kHandover, true)).records, IsEmpty());
  EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_AGREED);
  EXPECT_EQ(NewMentorSays(story, true), std::nullopt);
  EXPECT_EQ(NewMentorSays(story, true), std::nullopt);
  EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_TO_MEET);
}

TEST(Handover, ANoOfAnyOfTheThreeLeavesAllAsItWas) {
  for (int who = 0; who < 3; ++who) {
    Story story = Proposed();
    if (who == 0) story.Do(Client(), AnswerHandover(kHandover, false));
    if (who == 1) {
      EXPECT_EQ(NewMentorSays(story, false), std::nullopt);
    }
    if (who == 2) story.Do(Mentor(), AnswerHandover(kHandover, false));
    EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_DECLINED);
    EXPECT_EQ(story.Refused(Client(), AnswerHandover(kHandover, true)),
              (Violation{v1::ERROR_REASON_WRONG_STATE, "answer_handover.handover_id"}));
    EXPECT_EQ(NewMentorSays(story, true), v1::ERROR_REASON_WRONG_STATE);
    // Another one can be proposed now.
    story.Do(Mentor(), ProposeHandover(Id(72), kNewMentor.person_id()));
  }
}

TEST(Handover, IsAnsweredByThoseItConcernsAlone) {
  Story story = Proposed();
  const Violation not_yours{v1::ERROR_REASON_NOT_YOURS, "answer_handover.handover_id"};
  EXPECT_EQ(story.Refused(Mentor(), AnswerHandover(kHandover, true)), not_yours);
  EXPECT_EQ(story.Refused(kNewMentor, AnswerHandover(kHandover, false)), not_yours);
  EXPECT_EQ(NewMentorSays(story, true, Someone(v1::ROLE_MENTOR)), v1::ERROR_REASON_NOT_YOURS);
  story.Do(Client(), AnswerHandover(kHandover, true));
  EXPECT_EQ(NewMentorSays(story, true), std::nullopt);
  EXPECT_EQ(story.Refused(Someone(v1::ROLE_MENTOR), Talked(Id(101), kHandover)),
            (Violation{v1::ERROR_REASON_NOT_YOURS, "record_contact.contact.handover_id"}));
}

TEST(Handover, CannotBeTakenBackOnceBothSaidYes) {
  Story story = Proposed();
  story.Do(Client(), AnswerHandover(kHandover, true));
  EXPECT_EQ(NewMentorSays(story, true), std::nullopt);
  EXPECT_EQ(story.Refused(Mentor(), AnswerHandover(kHandover, false)).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(story.Refused(Client(), AnswerHandover(kHandover, false)).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(NewMentorSays(story, false), v1::ERROR_REASON_WRONG_STATE);
}

TEST(Handover, IsOneAtATime) {
  Story story = Proposed();
  EXPECT_EQ(story.Refused(Mentor(), ProposeHandover(Id(72), kNewMentor.person_id())),
            (Violation{v1::ERROR_REASON_WRONG_STATE, "propose_handover.handover_id"}));
}

TEST(Handover, IsToAnotherMentor) {
  Story story;
  const Violation out_of_range{v1::ERROR_REASON_OUT_OF_RANGE, "propose_handover.to_person_id"};
  EXPECT_EQ(story.Refused(Mentor(), ProposeHandover(kHandover, Mentor().person_id())), out_of_range);
  EXPECT_EQ(story.Refused(Mentor(), ProposeHandover(kHandover, Client().person_id())), out_of_range);
}

TEST(Handover, ThatDoesNotExistIsNotFound) {
  Story story;
  EXPECT_EQ(story.Refused(Client(), AnswerHandover(kHandover, true)).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(story.Refused(Mentor(), Talked(Id(101), kHandover)).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(NewMentorSays(story, true), v1::ERROR_REASON_NOT_FOUND);
}

TEST(Relation, BeginsAndEndsAndStaysKnown) {
  Story story;
  v1::Relation relation;
  relation.set_person_id(Mentor().person_id());
  relation.set_display_name("Sam");
  *relation.mutable_from() = ToTimestamp(kNow);
  story.Put(BeginRelation(Id(111), relation, story.OccasionFor({})));
  EXPECT_FALSE(story.Get(Id(111)).relation().has_until());
  story.MoveClock(std::chrono::hours(1));
  const auto ended = EndRelation(story.dossier(), Id(111), story.OccasionFor({}));
  story.Put(std::get<Change>(ended));
  EXPECT_EQ(ToInstant(story.Get(Id(111)).relation().until()), story.now());
  EXPECT_THAT(std::get<Change>(EndRelation(story.dossier(), Id(111), story.OccasionFor({}))).records,
              IsEmpty());
  EXPECT_EQ(std::get<Violation>(EndRelation(story.dossier(), kProfileId, story.OccasionFor({}))),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "relation_id"}));
}

TEST(Relation, AReplacementTakesBackAnOpenHandover) {
  Story story = Proposed();
  v1::Handover handover;
  handover.set_from_person_id(Mentor().person_id());
  handover.set_to_person_id(Id(900'010));
  handover.set_to_display_name("Robin");
  handover.set_words("Sam is ill.");
  story.Put(ReplaceMentor(story.dossier(), Id(73), handover, story.OccasionFor({})));
  EXPECT_EQ(StateOf(story), v1::HANDOVER_STATE_DECLINED);
  EXPECT_EQ(story.Get(Id(73)).handover().state(), v1::HANDOVER_STATE_REPLACED);
  EXPECT_EQ(story.Get(Id(73)).handover().words(), "Sam is ill.");
  story.Do(Mentor(), ProposeHandover(Id(74), kNewMentor.person_id()));
}

TEST(Handover, IsNoOtherRecord) {
  Story story;
  story.Do(Client(), NewGoal(kHandover));
  EXPECT_EQ(NewMentorSays(story, true), v1::ERROR_REASON_NOT_FOUND);
}

TEST(Handover, CanBeProposedWhereTheProfileHasNotComeYet) {
  const Story story;
  const auto outcome = Apply(MemoryDossier(), story.templates(),
                             ProposeHandover(kHandover, kNewMentor.person_id()), story.OccasionFor(Mentor()));
  EXPECT_TRUE(std::holds_alternative<Change>(outcome));
}

TEST(Handover, ThatTheThreeMadeIsNotAnsweredAnyMore) {
  Story story = Proposed();
  story.Do(Client(), AnswerHandover(kHandover, true));
  EXPECT_EQ(NewMentorSays(story, true), std::nullopt);
  story.Do(Mentor(), Talked(Id(101), kHandover));
  EXPECT_EQ(story.Refused(Client(), AnswerHandover(kHandover, true)).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(story.Refused(Client(), AnswerHandover(kHandover, false)).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(NewMentorSays(story, true), v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(NewMentorSays(story, false), v1::ERROR_REASON_WRONG_STATE);
  // A replacement leaves what has ended as it is, and is itself no handover to answer.
  v1::Handover replaced;
  replaced.set_to_person_id(kNewMentor.person_id());
  const Change change = ReplaceMentor(story.dossier(), Id(73), replaced, story.OccasionFor({}));
  EXPECT_THAT(change.records, SizeIs(1));
  story.Put(change);
  EXPECT_EQ(story.Refused(Client(), AnswerHandover(Id(73), false)).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(story.Refused(Client(), AnswerHandover(Id(73), true)).reason, v1::ERROR_REASON_WRONG_STATE);
}

TEST(Relation, ThatDoesNotExistIsNotFound) {
  const Story story;
  EXPECT_EQ(std::get<Violation>(EndRelation(story.dossier(), Id(111), story.OccasionFor({}))).reason,
            v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace brug::rules
