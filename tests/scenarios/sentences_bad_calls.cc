#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/scenarios/stage.h"

// Calls that no app of ours would make: what is changed is what the service is given, and the device knows
// nothing of it.
namespace brug::scenarios {
namespace {

Saw SpoilNext(Stage& stage, const Said& said, Stage::Spoil spoil) {
  const auto added = stage.spoils.emplace(stage.StationOf(said.devices[0]), std::move(spoil));
  return added.second ? std::nullopt : Saw("its next call is spoiled already");
}

bool Cut(v1::SyncRequest& request) {
  for (v1::DossierCursor& cursor : *request.mutable_cursors()) {
    cursor.mutable_cursor()->resize(cursor.cursor().size() / 2);
  }
  return !request.cursors().empty();
}

bool SwapDossiers(v1::SyncRequest& request) {
  if (request.cursors_size() < 2) return false;
  for (int i = 1; i < request.cursors_size(); ++i) {
    request.mutable_cursors(i - 1)->mutable_cursor()->swap(*request.mutable_cursors(i)->mutable_cursor());
  }
  return true;
}

// All numbers move by so much, as if a mutation were missing or had come before.
template <int kBy>
bool MoveNumbers(v1::SyncRequest& request) {
  if (request.mutations().empty() || request.mutations(0).sequence() + kBy < 1) return false;
  for (v1::Mutation& mutation : *request.mutable_mutations())
    mutation.set_sequence(mutation.sequence() + kBy);
  return true;
}

bool SayTwice(v1::SyncRequest& request) {
  const std::vector<v1::Mutation> once(request.mutations().begin(), request.mutations().end());
  request.clear_mutations();
  for (const v1::Mutation& mutation : once) {
    *request.add_mutations() = mutation;
    *request.add_mutations() = mutation;
  }
  return !once.empty();
}

template <bool (*kSpoil)(v1::SyncRequest&)>
Saw SpoilBy(Stage& stage, const Said& said) {
  return SpoilNext(stage, said, kSpoil);
}

Saw MakeUp(Stage& stage, const Said& said) {
  return SpoilNext(stage, said, [&stage](v1::SyncRequest& request) {
    for (v1::DossierCursor& cursor : *request.mutable_cursors()) {
      for (char& byte : *cursor.mutable_cursor()) byte = static_cast<char>(stage.world().chance().Next());
    }
    return !request.cursors().empty();
  });
}

Saw BringCursorsOf(Stage& stage, const Said& said) {
  const int other = stage.StationOf(said.devices[1]);
  return SpoilNext(stage, said, [&stage, other](v1::SyncRequest& request) {
    const auto& theirs = stage.cursors_sent[other];
    request.clear_cursors();
    for (const v1::DossierCursor& cursor : theirs) *request.add_cursors() = cursor;
    return !theirs.empty();
  });
}

Saw BringSoMany(Stage& stage, const Said& said) {
  return SpoilNext(stage, said, [count = static_cast<int>(said.numbers[0])](v1::SyncRequest& request) {
    if (request.mutations().empty()) return false;
    const v1::Mutation one = request.mutations(0);
    while (request.mutations_size() < count) *request.add_mutations() = one;
    return true;
  });
}

}  // namespace

const std::vector<Sentence>& SentencesOfBadCalls() {
  static const std::vector<Sentence> sentences = {
      {"the next call of the DEVICE brings cursors that are cut", SpoilBy<Cut>},
      {"the next call of the DEVICE brings cursors that are made up", MakeUp},
      {"the next call of the DEVICE brings each cursor for another dossier", SpoilBy<SwapDossiers>},
      {"the next call of the DEVICE brings the cursors of the DEVICE", BringCursorsOf},
      {"the next call of the DEVICE leaves a number out", SpoilBy<MoveNumbers<1>>},
      {"the next call of the DEVICE uses a number again", SpoilBy<MoveNumbers<-1>>},
      {"the next call of the DEVICE says everything twice", SpoilBy<SayTwice>},
      {"the next call of the DEVICE brings NUMBER things", BringSoMany},
  };
  return sentences;
}

}  // namespace brug::scenarios
