#include "tests/support/dossier_story.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <ostream>

#include "proto/rules/bridge_template.h"
#include "proto/rules/relation.h"
#include "proto/rules/validate.h"

namespace brug::testing {
namespace {

constexpr char kSomeRank[] = "m00000001";

v1::Author Person(std::int64_t number, v1::Role role) {
  v1::Author author;
  author.set_person_id(Id(number));
  author.set_role(role);
  return author;
}

void AddDomain(v1::Pillar& pillar, const char* domain_id) {
  v1::Domain& domain = *pillar.add_domains();
  domain.set_domain_id(domain_id);
  for (int level = 1; level <= 5; ++level) domain.add_levels()->set_level(level);
}

v1::Profile SomeProfile() {
  v1::Profile profile;
  profile.set_client_person_id(Client().person_id());
  profile.set_display_name("Noor");
  profile.set_language("nl");
  profile.set_time_zone("Europe/Amsterdam");
  return profile;
}

}  // namespace

std::string Id(std::int64_t number) {
  char text[64];
  std::snprintf(text, sizeof text, "00000000-0000-7000-8000-%012lld", static_cast<long long>(number));
  return text;
}

v1::Author Client() { return Person(900'001, v1::ROLE_CLIENT); }
v1::Author Mentor() { return Person(900'002, v1::ROLE_MENTOR); }
v1::Author OtherMentor() { return Person(900'003, v1::ROLE_MENTOR); }
v1::Author Someone(v1::Role role) { return Person(900'004, role); }

SmallBridge::SmallBridge() {
  bridge_.set_template_id("small");
  bridge_.set_version(1);
  AddDomain(*bridge_.add_pillars(), "housing");
  AddDomain(*bridge_.add_pillars(), "debts");
  AddDomain(*bridge_.add_pillars(), "health");
}

const v1::BridgeTemplate* SmallBridge::FindTemplate(std::string_view template_id, int version) const {
  return template_id == "small" && version == 1 ? &bridge_ : nullptr;
}

bool SmallBridge::HasDomain(std::string_view domain_id) const {
  return rules::FindDomain(bridge_, domain_id) != nullptr;
}

std::optional<rules::Zone> TwoZones::FindZone(std::string_view iana_name) const {
  if (iana_name == "Europe/Amsterdam" || iana_name == "UTC") return rules::Zone();
  return std::nullopt;
}

v1::Mutation NewMutation() {
  static std::atomic<std::int64_t> last_number = 1'000'000;
  v1::Mutation mutation;
  mutation.set_mutation_id(Id(++last_number));
  mutation.set_dossier_id(Id(900'000));
  mutation.set_epoch(1);
  mutation.set_sequence(1);
  *mutation.mutable_occurred_at() = rules::ToTimestamp(kNow);
  return mutation;
}

v1::Mutation NewGoal(const std::string& goal_id, const std::string& title) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_create_goal()->set_goal_id(goal_id);
  v1::Goal& goal = *mutation.mutable_create_goal()->mutable_goal();
  goal.set_domain_id("housing");
  goal.set_title(title);
  goal.set_rank(kSomeRank);
  return mutation;
}

v1::Mutation NewMilestone(const std::string& milestone_id, const std::string& goal_id) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_create_milestone()->set_milestone_id(milestone_id);
  v1::Milestone& milestone = *mutation.mutable_create_milestone()->mutable_milestone();
  milestone.set_goal_id(goal_id);
  milestone.set_title("The forms are in");
  milestone.set_rank(kSomeRank);
  return mutation;
}

v1::Mutation NewStep(const std::string& step_id, const std::string& goal_id, const std::string& title) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_create_step()->set_step_id(step_id);
  v1::Step& step = *mutation.mutable_create_step()->mutable_step();
  step.set_goal_id(goal_id);
  step.set_title(title);
  step.mutable_recurrence()->mutable_every_days()->set_days(1);
  *step.mutable_begins_on() = rules::ToDate(kToday - std::chrono::days(10));
  step.set_rank(kSomeRank);
  return mutation;
}

v1::Mutation RetitleGoal(const std::string& goal_id, const std::string& title) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_goal()->set_goal_id(goal_id);
  mutation.mutable_revise_goal()->mutable_goal()->set_title(title);
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("title");
  return mutation;
}

v1::Mutation RetitleStep(const std::string& step_id, const std::string& title) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_step()->set_step_id(step_id);
  mutation.mutable_revise_step()->mutable_step()->set_title(title);
  mutation.mutable_revise_step()->mutable_update_mask()->add_paths("title");
  return mutation;
}

v1::Mutation GoalTo(const std::string& goal_id, v1::GoalState state) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_change_goal_state()->set_goal_id(goal_id);
  mutation.mutable_change_goal_state()->set_state(state);
  return mutation;
}

v1::Mutation Formulate(const std::string& goal_id) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_formulate_plan()->set_goal_id(goal_id);
  return mutation;
}

v1::Mutation Delete(const std::string& record_id) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_delete_record()->set_record_id(record_id);
  return mutation;
}

v1::Mutation Tick(const std::string& step_id, rules::Day day, v1::TickState state) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_tick_step()->set_step_id(step_id);
  *mutation.mutable_tick_step()->mutable_date() = rules::ToDate(day);
  mutation.mutable_tick_step()->set_state(state);
  return mutation;
}

v1::Mutation Suggest(const std::string& suggestion_id, const std::string& target_id, v1::SuggestedField field,
                     const std::string& words) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_suggest_words()->set_suggestion_id(suggestion_id);
  v1::Suggestion& suggestion = *mutation.mutable_suggest_words()->mutable_suggestion();
  suggestion.set_target_id(target_id);
  suggestion.set_field(field);
  suggestion.set_words(words);
  return mutation;
}

v1::Mutation AnswerSuggestion(const std::string& suggestion_id, bool take) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_answer_suggestion()->set_suggestion_id(suggestion_id);
  mutation.mutable_answer_suggestion()->set_take(take);
  return mutation;
}

v1::Mutation Say(const std::string& message_id, const std::string& words) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_send_message()->set_message_id(message_id);
  mutation.mutable_send_message()->set_words(words);
  return mutation;
}

v1::Mutation Talked(const std::string& contact_id, const std::string& handover_id) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_record_contact()->set_contact_id(contact_id);
  v1::Contact& contact = *mutation.mutable_record_contact()->mutable_contact();
  contact.set_kind(v1::CONTACT_KIND_HOME_VISIT);
  *contact.mutable_at() = rules::ToTimestamp(kNow);
  contact.set_minutes(45);
  contact.set_handover_id(handover_id);
  return mutation;
}

v1::Mutation ProposeHandover(const std::string& handover_id, const std::string& to_person_id) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_propose_handover()->set_handover_id(handover_id);
  mutation.mutable_propose_handover()->set_to_person_id(to_person_id);
  return mutation;
}

v1::Mutation AnswerHandover(const std::string& handover_id, bool agree) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_answer_handover()->set_handover_id(handover_id);
  mutation.mutable_answer_handover()->set_agree(agree);
  return mutation;
}

v1::Mutation Assess(const std::string& assessment_id) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_hand_in_assessment()->set_assessment_id(assessment_id);
  v1::Assessment& assessment = *mutation.mutable_hand_in_assessment()->mutable_assessment();
  assessment.set_template_id("small");
  assessment.set_template_version(1);
  *assessment.mutable_date() = rules::ToDate(kToday);
  v1::Answer& answer = *assessment.add_answers();
  answer.set_domain_id("housing");
  answer.set_level(2);
  v1::Aim& aim = *assessment.add_aims();
  aim.set_domain_id("housing");
  aim.set_level(4);
  assessment.set_most_urgent_domain_id("debts");
  return mutation;
}

v1::Mutation BeginPause(const std::string& pause_id, const std::string& step_id, rules::Day from) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_begin_pause()->set_pause_id(pause_id);
  mutation.mutable_begin_pause()->mutable_pause()->set_step_id(step_id);
  *mutation.mutable_begin_pause()->mutable_pause()->mutable_from() = rules::ToDate(from);
  return mutation;
}

Story::Story() {
  rules::Occasion occasion = OccasionFor(v1::Author());
  occasion.revision = revision_;
  dossier_.Put(rules::OpenDossier(SomeProfile(), occasion));
}

std::variant<rules::Change, rules::Violation> Story::Try(const v1::Author& author, v1::Mutation mutation) {
  now_ += std::chrono::seconds(1);
  if (!mutation.has_base()) mutation.mutable_base()->set_revision(revision_);
  if (const auto wrong = rules::Validate(mutation)) return *wrong;
  auto outcome = rules::Apply(dossier_, templates_, mutation, OccasionFor(author));
  if (const auto* change = std::get_if<rules::Change>(&outcome)) Put(*change);
  return outcome;
}

rules::Change Story::Do(const v1::Author& author, const v1::Mutation& mutation) {
  auto outcome = Try(author, mutation);
  if (const auto* refused = std::get_if<rules::Violation>(&outcome)) {
    ADD_FAILURE() << "refused: " << v1::ErrorReason_Name(refused->reason) << " at " << refused->field << "\n"
                  << mutation.DebugString();
    return {};
  }
  return std::get<rules::Change>(std::move(outcome));
}

rules::Violation Story::Refused(const v1::Author& author, const v1::Mutation& mutation) {
  auto outcome = Try(author, mutation);
  if (const auto* refused = std::get_if<rules::Violation>(&outcome)) return *refused;
  ADD_FAILURE() << "accepted:\n" << mutation.DebugString();
  return {};
}

void Story::Put(const rules::Change& change) {
  dossier_.Put(change);
  ++revision_;
}

v1::Record Story::Get(std::string_view record_id) const {
  auto record = dossier_.Find(record_id);
  if (!record) ADD_FAILURE() << "no record " << record_id;
  return record.value_or(v1::Record());
}

rules::Occasion Story::OccasionFor(const v1::Author& author) const {
  return {.author = author, .at = now_, .today = kToday, .revision = revision_ + 1, .zones = &zones_};
}

v1::Mutation Seen(std::int64_t revision, v1::Mutation mutation) {
  mutation.mutable_base()->set_revision(revision);
  return mutation;
}

}  // namespace brug::testing

namespace brug::rules {

void PrintTo(const Violation& violation, std::ostream* out) {
  *out << v1::ErrorReason_Name(violation.reason) << " at \"" << violation.field << "\"";
}

}  // namespace brug::rules
