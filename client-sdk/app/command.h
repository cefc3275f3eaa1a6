#pragma once

#include <brug/client.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client-sdk/app/words.h"

namespace brug::app {

using Json = nlohmann::ordered_json;

class Session;

// What a command takes: "--why" is an option, "TITLE" stands where it stands.
struct Parameter {
  enum class Kind { kText, kNumber, kFlag, kMany };

  std::string_view name;
  Kind kind = Kind::kText;
  bool required = false;
  Word help;
};

// What was typed for the parameters of a command, which outlive it. Numbers are numbers: main.cc refused
// anything else.
class Arguments {
 public:
  using Values = std::map<std::string, std::vector<std::string>, std::less<>>;
  Arguments(Values values, const std::vector<Parameter>& parameters)
      : values_(std::move(values)), parameters_(&parameters) {}

  [[nodiscard]] bool Has(std::string_view name) const { return values_.contains(name); }
  // Whether the command knows it at all.
  [[nodiscard]] bool Takes(std::string_view name) const {
    return std::any_of(parameters_->begin(), parameters_->end(),
                       [&](const Parameter& parameter) { return parameter.name == name; });
  }
  // Empty when it was not given.
  [[nodiscard]] std::string Text(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? std::string() : found->second.front();
  }
  [[nodiscard]] std::vector<std::string> All(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>() : found->second;
  }
  [[nodiscard]] int Number(std::string_view name, int otherwise = 0) const {
    return Has(name) ? std::stoi(Text(name)) : otherwise;
  }

 private:
  Values values_;
  const std::vector<Parameter>* parameters_;
};

// What a command has to say: to a person and to a program.
struct Answer {
  std::string text;
  Json json = Json::object();
  // Whether it wrote something that waits for a sync.
  bool wrote = false;
};

// Why a command stopped. Thrown by Take and Refuse, caught once, in main.cc: a command reads top to bottom.
struct Refusal {
  Error error;
};

// The value, or the end of the command.
template <class T>
T Take(Result<T> result) {
  if (!result.ok()) throw Refusal{result.error()};
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// One line of the table of commands: "goal add" is noun and verb; without a verb it is the noun alone.
struct Command {
  std::string_view noun;
  std::string_view verb;
  Word help;
  std::vector<Parameter> parameters;
  Answer (*run)(Session& session, const Arguments& arguments);
};

// The commands, a file a noun. main.cc makes the command line of them.
[[nodiscard]] std::vector<Command> DeviceCommands();
[[nodiscard]] std::vector<Command> BridgeCommands();
[[nodiscard]] std::vector<Command> GoalCommands();
[[nodiscard]] std::vector<Command> MilestoneCommands();
[[nodiscard]] std::vector<Command> StepCommands();
[[nodiscard]] std::vector<Command> DayCommands();
[[nodiscard]] std::vector<Command> MessageCommands();
[[nodiscard]] std::vector<Command> HistoryCommands();
[[nodiscard]] std::vector<Command> AppointmentCommands();
[[nodiscard]] std::vector<Command> ProfileCommands();
[[nodiscard]] std::vector<Command> CaseloadCommands();
[[nodiscard]] std::vector<Command> WatchCommands();
[[nodiscard]] std::vector<Command> MentorCommands();
[[nodiscard]] std::vector<Command> TeamCommands();
[[nodiscard]] std::vector<Command> VoucherCommands();
[[nodiscard]] std::vector<Command> OfferCommands();
[[nodiscard]] std::vector<Command> MerchantCommands();
[[nodiscard]] std::vector<Command> SchemeCommands();

}  // namespace brug::app
