#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>

namespace brug::rpc {

// The path of the first text that is not UTF-8 in `bytes`, which were sent as a message of `type`: as in
// "mutations[1].create_goal.goal.title". Nothing when all text is
// UTF-8, or when the bytes are no message at all. Pure; costs a copy of the bytes for each level of the
// message.
[[nodiscard]] std::optional<std::string> FindUnreadableText(const google::protobuf::Descriptor& type,
                                                            const std::string& bytes);

}  // namespace brug::rpc
