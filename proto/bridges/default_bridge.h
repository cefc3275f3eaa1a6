#pragma once

#include <string_view>

namespace brug::bridges {

// The default Bridge template, template_id "brug": protobuf JSON of brug.v1.BridgeTemplate, as default.json
// beside this file has it. A template that organisations already use is never changed: other wording is
// another version.
[[nodiscard]] std::string_view DefaultBridgeJson();

}  // namespace brug::bridges
