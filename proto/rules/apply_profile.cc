#include "proto/rules/apply_field.h"
#include "proto/rules/apply_intents.h"
#include "proto/rules/bridge_template.h"

// The profile, the assessments, and the views beside them.
namespace brug::rules {
namespace {

using Answers = google::protobuf::RepeatedPtrField<v1::Answer>;

std::string At(std::string_view list, int index, std::string_view field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + std::string(field);
}

// That a level is one of the five, Validate() has checked.
template <typename Items>
std::optional<Violation> CheckDomains(const Scene& scene, const v1::BridgeTemplate& bridge,
                                      const Items& items, std::string_view list) {
  for (int i = 0; i < items.size(); ++i) {
    if (FindDomain(bridge, items[i].domain_id()) == nullptr) {
      return Refuse(scene, v1::ERROR_REASON_NOT_ON_THE_BRIDGE, At(list, i, "domain_id"));
    }
  }
  return std::nullopt;
}

std::optional<Violation> CheckOnTheBridge(const Scene& scene, const v1::BridgeTemplate& bridge,
                                          const v1::Assessment& assessment) {
  if (auto wrong = CheckDomains(scene, bridge, assessment.answers(), "assessment.answers")) return wrong;
  if (!assessment.most_urgent_domain_id().empty() &&
      FindDomain(bridge, assessment.most_urgent_domain_id()) == nullptr) {
    return Refuse(scene, v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "assessment.most_urgent_domain_id");
  }
  return CheckDomains(scene, bridge, assessment.aims(), "assessment.aims");
}

bool HasZone(const Occasion& occasion, std::string_view name) {
  return occasion.zones != nullptr && occasion.zones->FindZone(name).has_value();
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::ReviseProfile& intent) {
  auto found = FindLive(scene, std::string(kProfileId), v1::Record::kProfile, "profile");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  const auto& before = std::get<v1::Record>(found);
  const FieldEdit edit = EditOf(intent.profile(), intent.update_mask(), "profile");
  if (auto wrong = CheckOwner(scene, before, edit)) return *wrong;
  if (Names(intent.update_mask(), "time_zone") && !HasZone(scene.occasion, intent.profile().time_zone())) {
    return Refuse(scene, v1::ERROR_REASON_UNKNOWN_NAME, "profile.time_zone");
  }
  return Write(scene, before, edit);
}

Outcome Apply(const Scene& scene, const v1::HandInAssessment& intent) {
  const v1::Assessment& assessment = intent.assessment();
  if (auto wrong = CheckIdIsFree(scene, intent.assessment_id(), "assessment_id")) return *wrong;
  const auto* bridge = scene.templates.FindTemplate(assessment.template_id(), assessment.template_version());
  if (bridge == nullptr) {
    return Refuse(scene, v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "assessment.template_id");
  }
  if (ToDay(assessment.date()) > scene.occasion.today + std::chrono::days(1)) {
    return Refuse(scene, v1::ERROR_REASON_IN_THE_FUTURE, "assessment.date");
  }
  if (auto wrong = CheckOnTheBridge(scene, *bridge, assessment)) return *wrong;
  v1::Record record = NewRecord(intent.assessment_id(), scene.occasion);
  *record.mutable_assessment() = assessment;
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::AddAssessmentView& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.view_id(), "view_id")) return *wrong;
  auto found = FindLive(scene, intent.view().assessment_id(), v1::Record::kAssessment, "view.assessment_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  const v1::Assessment& assessment = std::get<v1::Record>(found).assessment();
  const auto* bridge = scene.templates.FindTemplate(assessment.template_id(), assessment.template_version());
  if (bridge == nullptr) {
    return Refuse(scene, v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "view.assessment_id");
  }
  if (auto wrong = CheckDomains(scene, *bridge, intent.view().answers(), "view.answers")) return *wrong;
  v1::Record record = NewRecord(intent.view_id(), scene.occasion);
  *record.mutable_assessment_view() = intent.view();
  return Made(std::move(record));
}

}  // namespace brug::rules
