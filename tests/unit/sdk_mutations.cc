// The mutations that people of the SDK's tests make.
#include <cstdio>
#include <string>

#include "proto/rules/apply.h"
#include "proto/rules/date.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {

v1::Mutation CreateGoal(const std::string& goal_id, const std::string& title) {
  v1::Mutation mutation;
  mutation.mutable_create_goal()->set_goal_id(goal_id);
  v1::Goal& goal = *mutation.mutable_create_goal()->mutable_goal();
  goal.set_domain_id("housing");
  goal.set_title(title);
  goal.set_rank("m0000abcd");
  return mutation;
}

v1::Mutation CreateStep(const std::string& step_id, const std::string& goal_id, const std::string& title) {
  v1::Mutation mutation;
  mutation.mutable_create_step()->set_step_id(step_id);
  v1::Step& step = *mutation.mutable_create_step()->mutable_step();
  step.set_goal_id(goal_id);
  step.set_title(title);
  step.set_rank("m0000abcd");
  step.mutable_recurrence()->mutable_every_days()->set_days(1);
  *step.mutable_begins_on() = rules::ToDate(Saturday() - std::chrono::days(30));
  return mutation;
}

v1::Mutation Formulate(const std::string& goal_id) {
  v1::Mutation mutation;
  mutation.mutable_formulate_plan()->set_goal_id(goal_id);
  return mutation;
}

v1::Mutation Tick(const std::string& step_id, rules::Day day, v1::TickState state, const std::string& note) {
  v1::Mutation mutation;
  mutation.mutable_tick_step()->set_step_id(step_id);
  *mutation.mutable_tick_step()->mutable_date() = rules::ToDate(day);
  mutation.mutable_tick_step()->set_state(state);
  mutation.mutable_tick_step()->set_note(note);
  return mutation;
}

v1::Mutation SendMessage(const std::string& message_id, const std::string& words) {
  v1::Mutation mutation;
  mutation.mutable_send_message()->set_message_id(message_id);
  mutation.mutable_send_message()->set_words(words);
  return mutation;
}

v1::Mutation ReviseGoalTitle(const std::string& goal_id, const std::string& title) {
  v1::Mutation mutation;
  mutation.mutable_revise_goal()->set_goal_id(goal_id);
  mutation.mutable_revise_goal()->mutable_goal()->set_title(title);
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("title");
  return mutation;
}

v1::Author ClientAuthor() {
  v1::Author author;
  author.set_person_id(kClient);
  author.set_role(v1::ROLE_CLIENT);
  return author;
}

v1::Author MentorAuthor() {
  v1::Author author;
  author.set_person_id(kMentor);
  author.set_role(v1::ROLE_MENTOR);
  return author;
}

std::string Id(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "0b8f6a3e-7c1d-4e5f-8a9b-%012d", number);
  return text;
}

}  // namespace brug::sdk
