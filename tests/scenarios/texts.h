#pragma once

#include <set>
#include <string>
#include <vector>

#include "brug/v1/mutation.pb.h"
#include "brug/v1/record.pb.h"

namespace brug::scenarios {

// What a record says, in somebody's words; empty when it has none.
[[nodiscard]] std::string WordsOf(const v1::Record& record);
// "goal"; empty for what scenarios do not name.
[[nodiscard]] std::string KindOf(const v1::Record& record);
// Whether any text in a message is this one.
[[nodiscard]] bool Says(const google::protobuf::Message& message, const std::string& text);
// "A", "B"
[[nodiscard]] std::string Quoted(const std::vector<std::string>& texts);
// Puts another text in its place, wherever it is.
void ReplaceText(google::protobuf::Message& message, const std::string& text, const std::string& other);
// Whether the intent is one of these, by the name it has in the contract, as "send_message".
[[nodiscard]] bool IntentIs(const v1::Mutation& mutation, const std::set<std::string>& names);
// The intent that makes something of this kind, by that name.
[[nodiscard]] std::string IntentOf(const std::string& kind);
// Puts a field into the message that nobody knows; and whether there is one in it.
void AddUnknownField(google::protobuf::Message& message);
[[nodiscard]] bool HasUnknownField(const google::protobuf::Message& message);
// What a record of a kind that nobody knows yet says; empty when there is nothing of it.
void SetContentOfTomorrow(v1::Record& record, const std::string& words);
[[nodiscard]] std::string ContentOfTomorrow(const v1::Record& record);

}  // namespace brug::scenarios
