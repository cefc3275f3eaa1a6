#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/world.h"

namespace brug::simulation {

// What people remember of a dossier: the ids of what they made, also when somebody deleted it since.
struct Notebook {
  std::vector<std::string> goals, steps, milestones, suggestions, handovers, pauses, appointments;
  // Goals of which the client said that this is the plan.
  std::vector<std::string> planned;
};

// The people of a world, and what they do with the app. What they choose comes from the dice they are given.
class People {
 public:
  explicit People(World& world) : world_(world) {}

  struct Cast {
    int mentors = 1;
    int clients = 1;
    int second_devices = 0;
    bool rewards = false;
  };
  // Registers and enrols everybody; false when that did not work out.
  bool MoveIn(const Cast& cast, Dice& dice);

  // Mentors and clients: those who visit.
  [[nodiscard]] const std::vector<int>& visitors() const { return visitors_; }
  // Opens the app, means to do a few things, and closes it.
  void Visit(int station, Dice& dice);
  // The same without a connection.
  void VisitOffline(int station, Dice& dice);
  void Rewards(Dice& dice);
  void Handover(Dice& dice);
  // A client's next device: the number of its station, or nothing.
  std::optional<int> NewDevice(Dice& dice);
  // Another client of one of the mentors: the number of their phone's station, or nothing.
  std::optional<int> NewClient(Dice& dice);
  // Those at whose work money is handed out; none without rewards.
  [[nodiscard]] std::vector<int> Counters() const;
  // Somebody else's deed: this device is no longer trusted. Whether it was revoked.
  bool Revoke(int station, Dice& dice);

 private:
  [[nodiscard]] std::optional<int> HolderOf(const std::string& dossier_id);
  void TakeOver(int mentor, const std::string& handover_id, Dice& dice);
  [[nodiscard]] v1::Mutation Intend(int station, const std::string& dossier_id, Dice& dice);
  [[nodiscard]] v1::Mutation IntendAsClient(Notebook& notes, Dice& dice);
  [[nodiscard]] v1::Mutation IntendAsMentor(Notebook& notes, Dice& dice);
  [[nodiscard]] std::string Words(Dice& dice);
  [[nodiscard]] std::string NewIn(std::vector<std::string>& ids);
  // The scheme's id; empty when it did not come to one.
  std::string OpenScheme();
  void MakePlan(Dice& dice);
  void AddBudget();
  void Draft(Dice& dice);
  void MoveOn(Dice& dice);
  void Approve(Dice& dice);
  void Redeem(Dice& dice);

  World& world_;
  std::vector<int> mentors_, clients_, visitors_;
  std::optional<int> manager_, approver_, merchant_;
  std::string scheme_id_;
  std::map<std::string, Notebook> notebooks_;
};

}  // namespace brug::simulation
