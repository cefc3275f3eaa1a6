#pragma once

#include <string>
#include <vector>

#include "proto/rules/scene.h"

// One function an intent, gathered by noun in the files named here. Apply() has checked that the author's
// role may do it.
namespace brug::rules {

// apply_profile.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ReviseProfile& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::HandInAssessment& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::AddAssessmentView& intent);

// apply_goal.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::CreateGoal& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ReviseGoal& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ChangeGoalState& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::FormulatePlan& intent);

// apply_step.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::CreateMilestone& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ReviseMilestone& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::CreateStep& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ReviseStep& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::BeginPause& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::EndPause& intent);

// apply_delete.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::DeleteRecord& intent);

// apply_tick.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::TickStep& intent);

// apply_support.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::SuggestWords& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::AnswerSuggestion& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::GiveAppreciation& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::SendMessage& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::RecordContact& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ProposeAppointment& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::AnswerAppointment& intent);

// apply_handover.cc
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::ProposeHandover& intent);
[[nodiscard]] Outcome Apply(const Scene& scene, const v1::AnswerHandover& intent);

}  // namespace brug::rules
