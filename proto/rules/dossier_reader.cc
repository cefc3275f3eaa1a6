#include "proto/rules/dossier_reader.h"

namespace brug::rules {

std::string ParentOf(const v1::Record& record) {
  if (record.deleted()) return {};
  switch (record.content_case()) {
    case v1::Record::kProfile:
      return std::string(kProfiles);
    case v1::Record::kRelation:
      return std::string(kRelations);
    case v1::Record::kAssessment:
      return std::string(kAssessments);
    case v1::Record::kAssessmentView:
      return record.assessment_view().assessment_id();
    case v1::Record::kGoal:
      return std::string(kGoals);
    case v1::Record::kMilestone:
      return record.milestone().goal_id();
    case v1::Record::kStep:
      return record.step().goal_id();
    case v1::Record::kPause:
      return record.pause().step_id().empty() ? std::string(kPauses) : record.pause().step_id();
    case v1::Record::kTick:
      return record.tick().step_id();
    case v1::Record::kSuggestion:
      return record.suggestion().target_id();
    case v1::Record::kAppreciation:
      return std::string(kAppreciations);
    case v1::Record::kMessage:
      return std::string(kMessages);
    case v1::Record::kContact:
      return std::string(kContacts);
    case v1::Record::kAppointment:
      return std::string(kAppointments);
    case v1::Record::kHandover:
      return std::string(kHandovers);
    case v1::Record::kOffer:
      return std::string(kOffers);
    case v1::Record::kVoucher:
      return std::string(kVouchers);
    case v1::Record::CONTENT_NOT_SET:
      break;
  }
  return {};
}

}  // namespace brug::rules
