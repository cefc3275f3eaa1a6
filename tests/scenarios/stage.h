#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/log.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "tests/scenarios/lookout.h"
#include "tests/scenarios/sentence.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/world.h"

namespace brug::scenarios {

// What was seen where something else should be; nothing when all is as the line says.
using Saw = std::optional<std::string>;

// Somebody of whom a scenario tells.
struct Person {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::string person_id = {};
  // A client's.
  std::string dossier_id = {};
  // What enrols the first device; empty once it did.
  std::string activation_code = {};
  std::vector<std::string> devices = {};
};

// Something that was written, by its first words.
struct Item {
  std::string kind;
  std::string record_id;
  std::string dossier_id;
  // Whether a device said that it is kept.
  bool kept = false;
};

// A scenario being played: the simulator's world, with names for what is in it. The invariants of document
// "sync" are checked all the while by the simulator's own checks.
//
//   what a line does or sees = a function of the lines before it
class Stage {
 public:
  Stage(std::string folder, simulation::Adapter adapter);

  // Plays one line.
  [[nodiscard]] Saw Play(std::string_view line);
  // After the last line: what must hold of every scenario.
  [[nodiscard]] Saw End();

  // ---- For the sentences

  [[nodiscard]] simulation::World& world() { return world_; }
  [[nodiscard]] simulation::Checks& checks() { return checks_; }
  [[nodiscard]] Lookout& lookout() { return lookout_; }
  [[nodiscard]] std::map<std::string, Person>& people() { return people_; }
  [[nodiscard]] std::map<std::string, Item>& items() { return items_; }
  [[nodiscard]] int StationOf(const std::string& device) const { return stations_.at(device); }
  [[nodiscard]] simulation::Station& station(const std::string& device) {
    return world_.station(StationOf(device));
  }
  [[nodiscard]] simulation::SimulatedDevice& device(const std::string& name) { return *station(name).device; }
  [[nodiscard]] Person& OwnerOf(const std::string& device) { return people_.at(cast_.owners.at(device)); }
  [[nodiscard]] const std::string& NameOf(const std::string& person_id) const;

  void AddPerson(const std::string& name, Person person);
  void AddDevice(const std::string& name, const std::string& owner, int station);
  // The item of those first words, of that kind; nothing when there is none.
  [[nodiscard]] const Item* FindItem(const std::string& kind, const std::string& text) const;

  // The device accepts it; or what it said instead. What `said` says of a refusal is looked at.
  [[nodiscard]] Saw Do(const Said& said, const std::string& dossier_id, v1::Mutation mutation);
  // The same, for what is new and known by its words from now on.
  [[nodiscard]] Saw Make(const Said& said, const std::string& kind, const std::string& text,
                         const std::string& record_id, const std::string& dossier_id, v1::Mutation mutation);
  // A call of the app; what it said instead.
  template <typename Response, typename Request>
  [[nodiscard]] Saw Ask(const Said& said, sdk::Method method, const Request& request, Response& response) {
    const auto reply = world_.Ask(StationOf(said.devices.at(0)), method, request.SerializeAsString());
    if (!reply.error && !response.ParseFromString(reply.response)) return "an answer that cannot be read";
    return HeldTo(said, reply.error ? reply.error->reason : "");
  }
  // What was refused, or not, against what was to be.
  [[nodiscard]] static Saw HeldTo(const Said& said, const std::string& reason);

  // All that a device shows of all dossiers it has, or why it shows nothing.
  [[nodiscard]] std::vector<v1::Record> ShownOn(const std::string& device);
  // The log of a dossier, by somebody who has its keys.
  [[nodiscard]] std::vector<v1::LogEntry> LogOf(const std::string& dossier_id);
  // Whether the service has the record, or what makes it known that it was there.
  [[nodiscard]] bool HasRecord(const Item& item);
  // Today for the people: in Amsterdam, by the true time.
  [[nodiscard]] rules::Day DayOf(const std::string& day);

  // What newer rules than the devices' refuse, by the words of it.
  std::set<std::string> refused_by_the_newest_rules;
  // Kinds of intent that the service does not know yet.
  std::set<std::string> unknown_intents;
  // What is newer in the service than in the apps: kinds of intent that it answers in a way of its own, what
  // it refuses for a reason of its own, and what it wrote, by its words; and the stations with a newer app.
  std::set<std::string> answered_in_a_new_way;
  std::set<std::string> refused_for_a_new_reason;
  std::map<std::string, Item> things_of_tomorrow;
  std::set<int> renewed_apps;
  std::optional<simulation::SimulatedService::Backup> backup;
  struct PhoneBackup {
    simulation::SimulatedDisk::Image image;
    rules::Instant at;
  };
  std::map<std::string, PhoneBackup> phone_backups;
  std::string scheme_id;
  // Clients without a name, each with a phone: their stations.
  std::vector<int> crowd;
  // What the next sync call of a station brings instead of what its app meant; false when there was nothing
  // to change, and the one behind it is to be changed.
  using Spoil = std::function<bool(v1::SyncRequest&)>;
  std::map<int, Spoil> spoils;
  // The cursors that each station sent last.
  std::map<int, std::vector<v1::DossierCursor>> cursors_sent;

 private:
  [[nodiscard]] simulation::World::Options OptionsOf(std::string folder, simulation::Adapter adapter);
  void Distort(int station, sdk::Call& call);
  [[nodiscard]] bool DistortMutations(v1::SyncRequest& request);
  void DistortAnswer(int station, const sdk::Call& call, sdk::Answer& answer) const;
  [[nodiscard]] Saw Violated();

  simulation::Checks checks_;
  Lookout lookout_{checks_};
  simulation::World world_;
  Cast cast_;
  std::map<std::string, Person> people_;
  std::map<std::string, int> stations_;
  std::map<std::string, Item> items_;
  // Mutations that are answered, or refused, as no app of today knows it; by id.
  std::set<std::string> to_answer_in_a_new_way_;
  std::set<std::string> to_refuse_for_a_new_reason_;
};

// A sentence of the language, and what comes of it.
struct Sentence {
  Pattern pattern;
  std::function<Saw(Stage&, const Said&)> play;
};
// Who and what there is.
[[nodiscard]] const std::vector<Sentence>& SentencesOfPeople();
// What somebody does in the app.
[[nodiscard]] const std::vector<Sentence>& SentencesOfDeeds();
// The same about money.
[[nodiscard]] const std::vector<Sentence>& SentencesOfRewards();
// Network, time, devices, service.
[[nodiscard]] const std::vector<Sentence>& SentencesOfWorld();
// Calls that no app of ours would make.
[[nodiscard]] const std::vector<Sentence>& SentencesOfBadCalls();
// What many do at once.
[[nodiscard]] const std::vector<Sentence>& SentencesOfCrowd();
// What can be read of a dossier's past.
[[nodiscard]] const std::vector<Sentence>& SentencesOfHistory();
// What a service does that is newer than the apps.
[[nodiscard]] const std::vector<Sentence>& SentencesOfTomorrow();
// What is to be seen.
[[nodiscard]] const std::vector<Sentence>& SentencesOfSight();
// All of them.
[[nodiscard]] const std::vector<Sentence>& Sentences();

}  // namespace brug::scenarios
