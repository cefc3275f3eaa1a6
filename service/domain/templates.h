#pragma once

#include <optional>
#include <vector>

#include "brug/v1/bridge_template.pb.h"
#include "proto/rules/apply.h"
#include "service/storage/directory.h"

namespace brug::domain {

// The organisation's Bridge templates, read when first asked for. One thread; valid as long as `reads`.
class Templates final : public rules::TemplateReader {
 public:
  explicit Templates(const storage::DirectoryReads& reads) : reads_(reads) {}

  [[nodiscard]] const v1::BridgeTemplate* FindTemplate(std::string_view template_id,
                                                       int version) const override;
  [[nodiscard]] bool HasDomain(std::string_view domain_id) const override;
  // In the order in which they were added.
  [[nodiscard]] const std::vector<v1::BridgeTemplate>& All() const;

 private:
  const storage::DirectoryReads& reads_;
  mutable std::optional<std::vector<v1::BridgeTemplate>> templates_;
};

}  // namespace brug::domain
