#pragma once

#include <brug/bridge.h>
#include <brug/civil.h>
#include <brug/people.h>
#include <brug/plan.h>
#include <brug/result.h>
#include <brug/rewards.h>
#include <brug/support.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brug::sdk {
class Engine;
}

namespace brug {

// The dossier of one client, as this device shows it: view = confirmed by the service + pending on this
// device.
//
// Everything here works offline. Reads take what is on this device. A write returns once it is on disk
// (fsync), and the next read shows it, marked as pending until a sync confirms it; a write that returned a
// value is never lost in silence: it is confirmed, or found in Client::Rejected with its reason.
//
// A small value that may be copied; it must not outlive the Client it came from.
//
// @par Thread safety
// Any call from any thread. Calls wait for one another; none waits for the network.
//
// @par Errors of every read
// NOT_FOUND (this device does not hold the dossier, or no longer), ACCESS_ENDED (the relation has ended),
// WIPED (the device was revoked), STORAGE_FAILED, STORAGE_DAMAGED.
//
// @par Errors of every write
// As of a read; NOT_YOURS, WRONG_STATE, NOT_FOUND, DELETED, OUT_OF_RANGE and the other reasons of the
// contract with the field to blame: nothing was written and the same again gives the same; OUTBOX_FULL (sync
// first), STORAGE_FULL (make room).
//
// @par Cost
// A read: proportional to what it returns. A write: one fsync.
class Dossier {
 public:
  [[nodiscard]] const std::string& id() const { return id_; }

  // ---- Who and when

  [[nodiscard]] Result<Item<brug::Profile>> Profile() const;
  // Who can see this dossier, live ones first.
  [[nodiscard]] Result<std::vector<Item<Relation>>> Relations() const;
  // The day it is now in the dossier's time zone.
  [[nodiscard]] Result<Date> TodaysDate() const;

  // Each writes what is set, and only what is the caller's (see Profile).
  struct ProfileChanges {
    Edit<std::string> display_name;
    Edit<std::string> language;
    Edit<std::string> time_zone;
    Edit<TalkTime> talk_time;
    Edit<int> reply_within_hours;
  };
  [[nodiscard]] Result<void> ReviseProfile(const ProfileChanges& changes);

  // ---- The Bridge

  // The template of an assessment: of the newest one, or of the organisation's newest when there is none yet.
  [[nodiscard]] Result<BridgeTemplate> Template(std::string_view assessment_id = {}) const;
  // Newest first.
  [[nodiscard]] Result<std::vector<Item<Assessment>>> Assessments() const;
  // The mentors' views beside one assessment, oldest first.
  [[nodiscard]] Result<std::vector<Item<AssessmentView>>> AssessmentViews(
      std::string_view assessment_id) const;
  // The Bridge score of an assessment (empty: the newest), 0 to 100 with one decimal; none when nothing is
  // answered.
  [[nodiscard]] Result<std::optional<double>> Score(std::string_view assessment_id = {}) const;
  // The Bridge as an SVG picture, and in lines of text for a terminal (UTF-8). NOT_FOUND without
  // an assessment.
  [[nodiscard]] Result<std::string> DrawBridge(const DrawOptions& options = {}) const;
  [[nodiscard]] Result<std::string> DrawBridgeText(const DrawOptions& options = {}) const;

  // Client only. Returns the assessment's id.
  [[nodiscard]] Result<std::string> HandInAssessment(const Assessment& assessment);
  // Mentor only. Returns the view's id.
  [[nodiscard]] Result<std::string> AddAssessmentView(const AssessmentView& view);

  // ---- Goals, milestones, steps

  // In the client's own order.
  [[nodiscard]] Result<std::vector<Item<Goal>>> Goals() const;
  [[nodiscard]] Result<Item<Goal>> FindGoal(std::string_view goal_id) const;
  // Return the new item's id. A mentor's is marked as drafted by a mentor.
  [[nodiscard]] Result<std::string> CreateGoal(const NewGoal& goal);
  [[nodiscard]] Result<void> ReviseGoal(std::string_view goal_id, const GoalChanges& changes);
  // Client only.
  [[nodiscard]] Result<void> MoveGoal(std::string_view goal_id, const Place& place);
  // "This is my plan." Takes at least one step (NO_STEPS). Client only. Again: makes the client's own what a
  // mentor drafted.
  [[nodiscard]] Result<void> FormulatePlan(std::string_view goal_id);
  // Client only. A parked goal taken up again becomes what it was; an achieved or stopped one formulated or
  // draft.
  [[nodiscard]] Result<void> AchieveGoal(std::string_view goal_id);
  [[nodiscard]] Result<void> ParkGoal(std::string_view goal_id);
  [[nodiscard]] Result<void> StopGoal(std::string_view goal_id);
  [[nodiscard]] Result<void> TakeUpGoal(std::string_view goal_id);
  // With its milestones and steps. Ticks stay.
  [[nodiscard]] Result<void> DeleteGoal(std::string_view goal_id);

  // In order.
  [[nodiscard]] Result<std::vector<Item<Milestone>>> Milestones(std::string_view goal_id) const;
  [[nodiscard]] Result<std::string> CreateMilestone(const NewMilestone& milestone);
  [[nodiscard]] Result<void> ReviseMilestone(std::string_view milestone_id, const MilestoneChanges& changes);
  [[nodiscard]] Result<void> MoveMilestone(std::string_view milestone_id, const Place& place);
  [[nodiscard]] Result<void> DeleteMilestone(std::string_view milestone_id);

  // In order.
  [[nodiscard]] Result<std::vector<Item<Step>>> Steps(std::string_view goal_id) const;
  [[nodiscard]] Result<Item<Step>> FindStep(std::string_view step_id) const;
  [[nodiscard]] Result<std::string> CreateStep(const NewStep& step);
  [[nodiscard]] Result<void> ReviseStep(std::string_view step_id, const StepChanges& changes);
  [[nodiscard]] Result<void> MoveStep(std::string_view step_id, const Place& place);
  [[nodiscard]] Result<void> DeleteStep(std::string_view step_id);

  // ---- Days, ticks, pauses

  // What is for today, or for `date`: the steps of plans that are offered on it, and those of which something
  // was said, in the order of goals and steps. A step that rests is not offered; a draft is not part of a
  // plan yet.
  [[nodiscard]] Result<std::vector<DayItem>> Today(std::optional<Date> date = std::nullopt) const;
  // The next reminder of all steps later than `after`; none when there is none to come. A pause silences
  // them. Ask again after each change.
  [[nodiscard]] Result<std::optional<Reminder>> NextReminder(Instant after) const;
  // The ticks of one step, newest day first; cleared ones left out.
  [[nodiscard]] Result<std::vector<Item<brug::Tick>>> Ticks(std::string_view step_id) const;
  // Client only. The later tick of one (step, date) holds, also between two devices.
  [[nodiscard]] Result<void> Tick(const NewTick& tick);

  // Pauses that are going on or still to come, and past ones, newest first.
  [[nodiscard]] Result<std::vector<Item<Pause>>> Pauses() const;
  // Client only. Returns the pause's id.
  [[nodiscard]] Result<std::string> BeginPause(const Pause& pause);
  // Client only. `until` before its first day: it never was.
  [[nodiscard]] Result<void> EndPause(std::string_view pause_id, const Date& until);

  // ---- Rewards

  // What was promised, those that can still be earned or turned into a voucher first, then newest first.
  // Drafts are no part of a dossier. An offer's progress counts what is pending on this device.
  [[nodiscard]] Result<std::vector<Item<Offer>>> Offers() const;
  // Those that can be spent first, of these the one that expires first; then newest first.
  [[nodiscard]] Result<std::vector<Item<Voucher>>> Vouchers() const;
  // What the voucher is spent with. The client's own devices have it once a sync has fetched it, and keep it,
  // sealed, until the voucher is spent, expired or cancelled. Errors: NOT_FOUND (no such voucher),
  // WRONG_STATE (not open any more), CODE_NOT_HERE (not fetched yet, or replaced since: sync first).
  [[nodiscard]] Result<VoucherCode> ShowVoucherCode(std::string_view voucher_id) const;

  // ---- Words between people

  // About one goal, milestone or step, or (empty) about all; oldest first.
  [[nodiscard]] Result<std::vector<Item<Suggestion>>> Suggestions(std::string_view target_id = {}) const;
  // Mentor only.
  [[nodiscard]] Result<std::string> SuggestWords(const NewSuggestion& suggestion);
  // Client only. Taking writes the words into the item.
  [[nodiscard]] Result<void> TakeSuggestion(std::string_view suggestion_id);
  [[nodiscard]] Result<void> LeaveSuggestion(std::string_view suggestion_id);

  // Oldest first.
  [[nodiscard]] Result<std::vector<Item<Appreciation>>> Appreciations() const;
  // Mentor only.
  [[nodiscard]] Result<std::string> GiveAppreciation(const Appreciation& appreciation);

  // Oldest first. The profile says within how many hours an answer was agreed.
  [[nodiscard]] Result<std::vector<Item<Message>>> Messages() const;
  [[nodiscard]] Result<std::string> SendMessage(std::string_view words);

  // Newest first.
  [[nodiscard]] Result<std::vector<Item<Contact>>> Contacts() const;
  // Mentor only. With a handover id it completes that handover.
  [[nodiscard]] Result<std::string> RecordContact(const Contact& contact);

  // Earliest first.
  [[nodiscard]] Result<std::vector<Item<Appointment>>> Appointments() const;
  [[nodiscard]] Result<std::string> ProposeAppointment(const NewAppointment& appointment);
  [[nodiscard]] Result<void> AnswerAppointment(std::string_view appointment_id, AppointmentAnswer answer);

  // Newest first.
  [[nodiscard]] Result<std::vector<Item<Handover>>> Handovers() const;
  // The present mentor only. Client::ListColleagues names who can take over.
  [[nodiscard]] Result<std::string> ProposeHandover(const NewHandover& handover);
  // The client's yes or no, or the proposing mentor's no. The new mentor: Client::AnswerHandover.
  [[nodiscard]] Result<void> AnswerHandover(std::string_view handover_id, bool agree);

 private:
  friend class Client;
  Dossier(sdk::Engine* engine, std::string id);

  sdk::Engine* engine_;
  std::string id_;
};

}  // namespace brug
