#pragma once

#include "brug/v1/record.pb.h"

namespace brug::rules {

// Whether it is achieved, or rests or was stopped as that.
[[nodiscard]] inline bool CountsAsAchieved(const v1::Goal& goal) {
  return goal.state() == v1::GOAL_STATE_ACHIEVED || goal.state_before_parking() == v1::GOAL_STATE_ACHIEVED;
}

}  // namespace brug::rules
