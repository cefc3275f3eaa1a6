#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "brug/v1/mutation.pb.h"

namespace brug::sdk {

// What is in a message of the contract, for people and for apps that do not know it.

// The texts that a person wrote, in the order of the fields; what is not filled in is left out.
[[nodiscard]] std::vector<std::string> OwnWordsIn(const google::protobuf::Message& message);
// All of it, by the JSON mapping of Protocol Buffers with the contract's own names.
[[nodiscard]] std::string JsonOf(const google::protobuf::Message& message);

// What a mutation means.
struct Meaning {
  std::string kind;       // as "revise_goal"; empty when it is not known
  std::string record_id;  // of what it is about
  std::vector<std::string> words;
};
[[nodiscard]] Meaning MeaningOf(const v1::Mutation& mutation);

}  // namespace brug::sdk
