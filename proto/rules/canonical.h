#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "brug/v1/record.pb.h"

namespace brug::rules {

// The message's bytes with the fields of each level in order of number, those that this program does not know
// among them where they belong.
//
//   the same content -> the same bytes, whichever version of the contract each program was built with
//
// Deterministic serialisation alone does not give that: it puts fields that it does not know behind all
// others.
[[nodiscard]] std::string CanonicalBytes(const google::protobuf::Message& message);

// What stands for the record in the digest over a dossier's live records: its id, revision and content.
// Nothing for a tombstone. Both sides add and remove exactly this (crypto::SetDigest).
[[nodiscard]] std::optional<std::string> DigestEntry(const v1::Record& record);

}  // namespace brug::rules
