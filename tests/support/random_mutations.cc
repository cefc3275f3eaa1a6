#include "tests/support/random_mutations.h"

#include <array>

#include "tests/support/dossier_story.h"

namespace brug::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string GoalId(int n) { return Id(1 + n % 2); }
std::string StepId(int n) { return Id(11 + n % 3); }
std::string MilestoneId(int n) { return Id(21 + n % 2); }
std::string PlannedId(int n) {
  const std::array ids = {GoalId(0), GoalId(1),      StepId(0),     StepId(1),
                          StepId(2), MilestoneId(0), MilestoneId(1)};
  return ids[static_cast<std::size_t>(n) % ids.size()];
}
std::string RankOf(int n) { return std::string(1, static_cast<char>('a' + n % 5)) + "00000001"; }
rules::Day DayOf(int n) { return kToday - std::chrono::days(n % 4); }

// A mutation for a deed, with what every such mutation has.
v1::Mutation ProfileRevision(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = NewMutation();
  v1::ReviseProfile& intent = *mutation.mutable_revise_profile();
  if (deed.other % 2 == 0) {
    intent.mutable_profile()->set_display_name(words);
    intent.mutable_update_mask()->add_paths("display_name");
  } else {
    intent.mutable_profile()->set_reply_within_hours(1 + deed.item);
    intent.mutable_update_mask()->add_paths("reply_within_hours");
  }
  return mutation;
}

v1::Mutation GoalRevision(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = RetitleGoal(GoalId(deed.item), words);
  if (deed.other % 2 == 0) return mutation;
  mutation.mutable_revise_goal()->mutable_goal()->set_rank(RankOf(deed.other));
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("rank");
  return mutation;
}

v1::Mutation MilestoneRevision(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_milestone()->set_milestone_id(MilestoneId(deed.item));
  mutation.mutable_revise_milestone()->mutable_milestone()->set_title(words);
  mutation.mutable_revise_milestone()->mutable_update_mask()->add_paths("title");
  return mutation;
}

v1::Mutation StepRevision(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = RetitleStep(StepId(deed.item), words);
  v1::Step& step = *mutation.mutable_revise_step()->mutable_step();
  if (deed.other % 3 == 0) {
    step.set_milestone_id(MilestoneId(deed.other / 3));
    mutation.mutable_revise_step()->mutable_update_mask()->add_paths("milestone_id");
  } else if (deed.other % 3 == 1) {
    *step.mutable_ends_on() = rules::ToDate(DayOf(deed.other));
    mutation.mutable_revise_step()->mutable_update_mask()->add_paths("ends_on");
  }
  return mutation;
}

v1::Mutation StepMade(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = NewStep(StepId(deed.item), GoalId(deed.other), words);
  if (deed.other % 3 == 0)
    mutation.mutable_create_step()->mutable_step()->set_milestone_id(MilestoneId(deed.other / 3));
  return mutation;
}

v1::Mutation ViewAdded(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_add_assessment_view()->set_view_id(Id(45 + deed.item % 2));
  mutation.mutable_add_assessment_view()->mutable_view()->set_assessment_id(Id(41 + deed.other % 2));
  mutation.mutable_add_assessment_view()->mutable_view()->set_words(words);
  return mutation;
}

v1::Mutation PauseEnded(const Deed& deed) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_end_pause()->set_pause_id(Id(31 + deed.item % 2));
  *mutation.mutable_end_pause()->mutable_until() = rules::ToDate(DayOf(deed.other));
  return mutation;
}

v1::Mutation AppreciationGiven(const Deed& deed, const std::string& words) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_give_appreciation()->set_appreciation_id(Id(81 + deed.item % 3));
  v1::Appreciation& appreciation = *mutation.mutable_give_appreciation()->mutable_appreciation();
  appreciation.set_kind(v1::APPRECIATION_KIND_MESSAGE);
  appreciation.set_words(words);
  appreciation.set_about_id(PlannedId(deed.other));
  return mutation;
}

v1::Mutation AppointmentProposed(const Deed& deed) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_propose_appointment()->set_appointment_id(Id(61 + deed.item % 2));
  v1::Appointment& appointment = *mutation.mutable_propose_appointment()->mutable_appointment();
  *appointment.mutable_at() = rules::ToTimestamp(kNow);
  appointment.set_minutes(30);
  appointment.set_kind(v1::CONTACT_KIND_PHONE);
  return mutation;
}

v1::Mutation AppointmentAnswered(const Deed& deed) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_answer_appointment()->set_appointment_id(Id(61 + deed.item % 2));
  mutation.mutable_answer_appointment()->set_state(static_cast<v1::AppointmentState>(2 + deed.other % 3));
  return mutation;
}

v1::Mutation Unbased(const Deed& deed, const std::string& words) {
  const int item = deed.item;
  const int other = deed.other;
  switch (deed.kind % kDeedKinds) {
    case 0:
      return ProfileRevision(deed, words);
    case 1:
      return Assess(Id(41 + item % 2));
    case 2:
      return ViewAdded(deed, words);
    case 3:
      return NewGoal(GoalId(item), words);
    case 4:
      return GoalRevision(deed, words);
    case 5:
      return GoalTo(GoalId(item), static_cast<v1::GoalState>(1 + other % 5));
    case 6:
      return Formulate(GoalId(item));
    case 7: {
      v1::Mutation mutation = NewMilestone(MilestoneId(item), GoalId(other));
      mutation.mutable_create_milestone()->mutable_milestone()->set_title(words);
      return mutation;
    }
    case 8:
      return MilestoneRevision(deed, words);
    case 9:
      return StepMade(deed, words);
    case 10:
      return StepRevision(deed, words);
    case 11:
      return Delete(PlannedId(item));
    case 12:
      return BeginPause(Id(31 + item % 2), other % 2 == 0 ? "" : StepId(other), DayOf(other));
    case 13:
      return PauseEnded(deed);
    case 14: {
      v1::Mutation mutation = Tick(StepId(item), DayOf(other), static_cast<v1::TickState>(1 + other % 4));
      mutation.mutable_tick_step()->set_note(words);
      return mutation;
    }
    case 15:
      return Suggest(Id(51 + item % 3), PlannedId(other), static_cast<v1::SuggestedField>(1 + other % 4),
                     words);
    case 16:
      return AnswerSuggestion(Id(51 + item % 3), other % 2 == 0);
    case 17:
      return AppreciationGiven(deed, words);
    case 18:
      return Say(Id(91 + item), words);
    case 19:
      return Talked(Id(101 + item), other % 2 == 0 ? "" : Id(71 + other % 2));
    case 20:
      return AppointmentProposed(deed);
    case 21:
      return AppointmentAnswered(deed);
    case 22:
      return ProposeHandover(Id(71 + item % 2), OtherMentor().person_id());
    default:
      return AnswerHandover(Id(71 + item % 2), other % 2 == 0);
  }
}

std::string TextAtRandom(std::mt19937_64& random) {
  static const std::array<std::string, 16> texts = {"",
                                                    " ",
                                                    "A few words",
                                                    Id(1),
                                                    Id(11),
                                                    Id(21),
                                                    "m00000001",
                                                    "housing",
                                                    "debts",
                                                    "small",
                                                    "title",
                                                    "nl",
                                                    "Europe/Amsterdam",
                                                    "caf\xC3\xA9",
                                                    std::string("a\0b", 3),
                                                    std::string(2500, 'x')};
  return texts[random() % texts.size()];
}

std::int64_t NumberAtRandom(std::mt19937_64& random) {
  switch (random() % 6) {
    case 0:
      return 0;
    case 1:
      return -1;
    case 2:
      return 2026;
    case 3:
      return std::numeric_limits<std::int64_t>::max();
    default:
      return static_cast<std::int64_t>(random() % 12);
  }
}

void FillField(Message& message, const FieldDescriptor& field, std::mt19937_64& random) {
  const Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      many ? reflection.AddString(&message, &field, TextAtRandom(random))
           : reflection.SetString(&message, &field, TextAtRandom(random));
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      reflection.SetInt32(&message, &field, static_cast<std::int32_t>(NumberAtRandom(random)));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection.SetInt64(&message, &field, NumberAtRandom(random));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      reflection.SetUInt64(&message, &field, random());
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, random() % 2 == 0);
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      many ? reflection.AddEnumValue(&message, &field, static_cast<int>(random() % 10))
           : reflection.SetEnumValue(&message, &field, static_cast<int>(random() % 10) - 1);
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      FillAtRandom(
          many ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field),
          random);
      return;
    default:
      return;
  }
}

}  // namespace

v1::Mutation MutationOf(const Deed& deed, int number) { return Unbased(deed, WordsOf(number)); }

v1::Author AuthorOf(const Deed& deed) {
  switch (deed.who % 3) {
    case 0:
      return Client();
    case 1:
      return Mentor();
    default:
      return OtherMentor();
  }
}

std::string WordsOf(int number) { return "words of deed " + std::to_string(number); }

void FillAtRandom(Message& message, std::mt19937_64& random) {
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (random() % 3 == 0) continue;
    const int times = field.is_repeated() ? static_cast<int>(random() % 3) : 1;
    for (int n = 0; n < times; ++n) FillField(message, field, random);
  }
}

}  // namespace brug::testing
