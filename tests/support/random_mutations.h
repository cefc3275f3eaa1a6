#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "brug/v1/mutation.pb.h"
#include "brug/v1/person.pb.h"

// Mutations that nobody thought of.
namespace brug::testing {

// One deed of a made-up life: numbers that are small, so that deeds meet in the same few records, and that a
// property test can make smaller still.
struct Deed {
  int kind = 0;           // Which intent; any number.
  int item = 0;           // Which record of its kind.
  int other = 0;          // Which other record, day, state or choice.
  int who = 0;            // 0 the client, 1 and 2 mentors.
  int revisions_ago = 0;  // How old the view was on which it was done.
};

inline constexpr int kDeedKinds = 24;

// The mutation of a deed, right in its form. `number` makes its words its own: they are WordsOf(number).
[[nodiscard]] v1::Mutation MutationOf(const Deed& deed, int number);
[[nodiscard]] v1::Author AuthorOf(const Deed& deed);
[[nodiscard]] std::string WordsOf(int number);

// Sets fields of `message`, and of what is in it, to values that a mutation might have, or should not have.
void FillAtRandom(google::protobuf::Message& message, std::mt19937_64& random);

}  // namespace brug::testing
