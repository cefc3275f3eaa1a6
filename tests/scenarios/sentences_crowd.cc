#include "brug/v1/caseload_service.pb.h"
#include "tests/scenarios/stage.h"
#include "tests/scenarios/texts.h"
#include "tests/support/dossier_story.h"

// Many clients at once, whom nobody needs to tell apart.
namespace brug::scenarios {
namespace {

Saw Gather(Stage& stage, const Said& said) {
  const auto& devices = stage.people().at(said.people[0]).devices;
  if (devices.empty()) return said.people[0] + " has no device yet to register a client with";
  for (std::int64_t i = 0; i < said.numbers[0]; ++i) {
    v1::RegisterClientRequest request;
    request.set_request_id(stage.world().NewId());
    request.set_display_name("Client " + std::to_string(i));
    const auto reply = stage.world().Ask(stage.StationOf(devices.front()), sdk::Method::kRegisterClient,
                                         request.SerializeAsString());
    v1::RegisterClientResponse response;
    const int station = stage.world().NewStation();
    if (reply.error || !response.ParseFromString(reply.response) ||
        !stage.world().Enrol(station, response.activation_code()) || stage.world().Sync(station)) {
      return "client " + std::to_string(i) + " could not come in";
    }
    stage.crowd.push_back(station);
  }
  return std::nullopt;
}

Saw SendEach(Stage& stage, const Said& said) {
  for (const int station : stage.crowd) {
    const std::string id = stage.world().NewId();
    const std::string dossier_id = stage.world().station(station).dossier_id;
    if (!stage.world().Accept(station, dossier_id, testing::Say(id, said.texts[0]))) return "it was refused";
  }
  return std::nullopt;
}

Saw LetInAtAPace(Stage& stage, const Said& said) {
  stage.world().service().LetInAtAPace(
      {.calls_at_once_max = said.numbers[0], .returning_per_second_max = said.numbers[1]}, said.spans[0]);
  return std::nullopt;
}

Saw ComeBackAtOnce(Stage& stage, const Said& said) {
  const std::int64_t sent_away = stage.lookout().TakeRefusedWith(v1::ERROR_REASON_TOO_MANY_TRIES);
  const auto give_up_after = std::chrono::duration_cast<std::chrono::milliseconds>(said.spans[0]);
  for (const int station : stage.crowd) {
    stage.world().station(station).sync_ends.clear();
    stage.world().Give(station, sdk::SyncWanted{.give_up_after_ms = give_up_after.count()});
  }
  stage.world().Advance(said.spans[0]);
  std::size_t synced = 0;
  for (const int station : stage.crowd) {
    const auto& ends = stage.world().station(station).sync_ends;
    if (!ends.empty() && !ends.back().error) ++synced;
  }
  if (synced < stage.crowd.size()) return std::to_string(synced) + " of them have synced";
  if (stage.lookout().TakeRefusedWith(v1::ERROR_REASON_TOO_MANY_TRIES) == sent_away)
    return "none of them had to wait, so nothing is shown";
  return std::nullopt;
}

Saw IsInLogOfEach(Stage& stage, const Said& said) {
  for (const int station : stage.crowd) {
    std::int64_t count = 0;
    for (const v1::LogEntry& entry : stage.LogOf(stage.world().station(station).dossier_id)) {
      if (entry.has_mutation() && Says(entry.mutation(), said.texts[0])) ++count;
    }
    if (count != said.numbers[0]) return "with one of them it is there " + std::to_string(count) + " times";
  }
  return std::nullopt;
}

}  // namespace

const std::vector<Sentence>& SentencesOfCrowd() {
  static const std::vector<Sentence> sentences = {
      {"NUMBER clients of NAME have a phone each", Gather},
      {"each of them sends the message TEXT", SendEach},
      {"the service takes NUMBER calls at once works SPAN at each and lets NUMBER return in a second",
       LetInAtAPace},
      {"all of them come back at once and each has synced within SPAN", ComeBackAtOnce},
      {"TEXT is NUMBER in the log of each of them", IsInLogOfEach},
  };
  return sentences;
}

}  // namespace brug::scenarios
