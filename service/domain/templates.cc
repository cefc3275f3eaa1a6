#include "service/domain/templates.h"

#include <algorithm>

#include "proto/rules/bridge_template.h"

namespace brug::domain {

const v1::BridgeTemplate* Templates::FindTemplate(std::string_view template_id, int version) const {
  for (const v1::BridgeTemplate& bridge : All()) {
    if (bridge.template_id() == template_id && bridge.version() == version) return &bridge;
  }
  return nullptr;
}

bool Templates::HasDomain(std::string_view domain_id) const {
  return std::any_of(All().begin(), All().end(), [&](const v1::BridgeTemplate& bridge) {
    return rules::FindDomain(bridge, domain_id) != nullptr;
  });
}

const std::vector<v1::BridgeTemplate>& Templates::All() const {
  if (!templates_) {
    templates_.emplace();
    for (const storage::TemplateRow& row : reads_.ListTemplates()) {
      v1::BridgeTemplate bridge;
      if (bridge.ParseFromString(row.content)) templates_->push_back(std::move(bridge));
    }
  }
  return *templates_;
}

}  // namespace brug::domain
