#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <list>
#include <string>
#include <vector>

#include "client-sdk/app/command.h"
#include "client-sdk/app/json.h"
#include "client-sdk/app/session.h"

// brug: the reference app. Makes a command line of the table of commands, runs one, and says how it went: 0
// when it was done, 1 when it could not be, 2 when the command is not right.
namespace brug::app {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kNotUnderstood = 2;

// How long a write waits for the service before it is left for later.
constexpr std::chrono::seconds kSyncAfterWrite{5};

// What every command takes.
struct Common {
  std::string home;
  std::string server;
  std::string ca_file;
  std::string language;
  bool json = false;
  bool offline = false;
};

// The value of an option that is needed before the rest can be read: help is in the person's language.
std::string Early(const std::vector<std::string>& words, const std::string& option) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == option && i + 1 < words.size()) return words[i + 1];
    if (words[i].starts_with(option + "=")) return words[i].substr(option.size() + 1);
  }
  return {};
}

std::filesystem::path HomeOf(const std::string& given) {
  if (!given.empty()) return given;
  if (const char* home = std::getenv("BRUG_HOME")) return home;
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "." : home) / ".brug";
}

// The command line, made of the table; `commands` outlives it.
class CommandLine {
 public:
  CommandLine(const std::vector<Command>& commands, Language language)
      : language_(language), app_(Say(language, Word::kAppIsFor), "brug") {
    app_.set_help_flag("--help", Say(language, Word::kHelpHelp));
    app_.require_subcommand(1);
    AddCommon(app_);
    for (const Command& command : commands) Add(command);
  }

  CLI::App& app() { return app_; }
  [[nodiscard]] const Common& common() const { return common_; }

  // The command that was typed, and what for.
  struct Typed {
    const Command* command;
    Arguments arguments;
  };
  [[nodiscard]] Typed Read() const {
    CLI::App* noun = app_.get_subcommands().front();
    const bool has_verb = !noun->get_subcommands().empty();
    const Line& line = LineOf(has_verb ? noun->get_subcommands().front() : noun);
    Arguments::Values values;
    for (const Parameter& parameter : line.command->parameters) {
      const CLI::Option* option = line.app->get_option(std::string(parameter.name));
      if (option->count() > 0) values[std::string(parameter.name)] = option->results();
    }
    return {line.command, Arguments(std::move(values), line.command->parameters)};
  }

 private:
  struct Line {
    CLI::App* app;
    const Command* command;
  };

  void Add(const Command& command) {
    const std::string noun(command.noun);
    CLI::App* app = FindNoun(noun);
    if (app == nullptr) app = app_.add_subcommand(noun, Say(language_, command.help));
    if (!command.verb.empty())
      app = app->add_subcommand(std::string(command.verb), Say(language_, command.help));
    app->set_help_flag("--help", Say(language_, Word::kHelpHelp));
    for (const Parameter& parameter : command.parameters) AddParameter(*app, parameter);
    AddCommon(*app);
    lines_.push_back({app, &command});
  }

  CLI::App* FindNoun(const std::string& noun) {
    for (CLI::App* app : app_.get_subcommands([](const CLI::App*) { return true; })) {
      if (app->get_name() == noun) return app;
    }
    return nullptr;
  }

  void AddParameter(CLI::App& app, const Parameter& parameter) {
    const std::string name(parameter.name);
    const std::string help = Say(language_, parameter.help);
    if (parameter.kind == Parameter::Kind::kFlag) {
      app.add_flag(name, help);
      return;
    }
    auto* option = app.add_option(
        name, [](const CLI::results_t&) { return true; }, help);
    option->type_name("")->required(parameter.required);
    if (parameter.kind == Parameter::Kind::kNumber)
      option->check(CLI::TypeValidator<int>("NUMBER"))->type_name("N");
    if (parameter.kind == Parameter::Kind::kMany)
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  void AddCommon(CLI::App& app) {
    const auto text = [&](const char* name, std::string& value, Word help) {
      app.add_option(name, value, Say(language_, help))->type_name("")->group("Brug");
    };
    text("--home", common_.home, Word::kHelpHome);
    text("--server", common_.server, Word::kHelpServer);
    text("--ca", common_.ca_file, Word::kHelpCa);
    text("--language", common_.language, Word::kHelpLanguage);
    app.add_flag("--json", common_.json, Say(language_, Word::kHelpJson))->group("Brug");
    app.add_flag("--offline", common_.offline, Say(language_, Word::kHelpOffline))->group("Brug");
  }

  const Line& LineOf(const CLI::App* app) const {
    for (const Line& line : lines_) {
      if (line.app == app) return line;
    }
    throw CLI::ExtrasError(app->get_name(), {app->get_name()});
  }

  Language language_;
  Common common_;
  CLI::App app_;
  std::list<Line> lines_;
};

std::vector<Command> AllCommands() {
  std::vector<Command> all;
  for (const auto& make :
       {DeviceCommands, ProfileCommands, BridgeCommands, GoalCommands, MilestoneCommands, StepCommands,
        DayCommands, MessageCommands, HistoryCommands, AppointmentCommands, CaseloadCommands, WatchCommands,
        MentorCommands, TeamCommands, VoucherCommands, OfferCommands, MerchantCommands, SchemeCommands}) {
    for (auto& command : make()) all.push_back(std::move(command));
  }
  return all;
}

std::string Dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

void Print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// `hint` is for a person only.
int Complain(bool json, const Error& error, int code, const std::string& hint = {}) {
  if (json) Print(Dump({{"error", ToJson(error)}}));
  const std::string place = error.field.empty() ? "" : " (" + error.field + ")";
  std::fprintf(stderr, "brug: %s%s%s\n", error.message.c_str(), code == kRefused ? place.c_str() : "",
               hint.empty() ? "" : (" " + hint).c_str());
  return code;
}

// The rules name a field of the contract and not what to type instead: the command's help does.
std::string HintFor(const Error& error, const Command& command, Language language) {
  if (error.code != ErrorCode::kInvalid || error.field.find('.') == std::string::npos) return {};
  std::string name = "brug " + std::string(command.noun);
  if (!command.verb.empty()) name += " " + std::string(command.verb);
  return Say(language, Word::kSeeHelp, {name});
}

// After a write: whether the service has it now. It is safe on this device either way.
bool SendIt(Session& session) {
  if (session.asked().offline || session.asked().settings.server.empty()) return false;
  return session.Sync(kSyncAfterWrite).ok() && session.client().GetStatus().pending_count == 0;
}

// A person reads at once that it is saved; a program gets one answer at the end.
void PrintAnswer(Session& session, Answer& answer) {
  if (!session.asked().json) Print(answer.text);
  if (answer.wrote) {
    const bool sent = SendIt(session);
    answer.json["sent"] = sent;
    if (!session.asked().json) Print(session.Say(sent ? Word::kSavedAndSent : Word::kSavedHere) + "\n");
    const auto refused = session.client().GetStatus().rejected_count;
    answer.json["refused"] = refused;
    if (!session.asked().json && refused > 0) {
      Print(session.Say(Word::kSomethingRefused, {std::to_string(refused)}) + "\n");
    }
  }
  if (session.asked().json) Print(Dump(answer.json));
}

Asked AskedOf(const Common& common) {
  Asked asked{.home = HomeOf(common.home), .settings = {}, .json = common.json, .offline = common.offline};
  asked.settings = LoadSettings(asked.home);
  if (!common.server.empty()) asked.settings.server = common.server;
  if (!common.ca_file.empty()) asked.settings.ca_file = std::filesystem::absolute(common.ca_file).string();
  if (!common.language.empty()) asked.settings.language = common.language;
  return asked;
}

// What CLI11's English sentence is about: an option, an argument, or what it did not expect.
std::string SubjectOf(const CLI::ParseError& error, const CLI::App& app) {
  const auto extras = app.remaining(true);
  if (!extras.empty()) return extras.front();
  const std::string what = error.what();
  if (what.find("subcommand") != std::string::npos) return "COMMAND";
  return what.substr(0, what.find_first_of(": "));
}

// The command as far as it was understood: "brug goal add".
std::string CommandIn(const CLI::App& app) {
  const auto deeper = app.get_subcommands();
  return app.get_name() + (deeper.empty() ? "" : " " + CommandIn(*deeper.front()));
}

// CLI11's sentence in the person's language.
int ComplainOfLine(const CLI::ParseError& error, const CLI::App& app, Language language, bool json) {
  Word word = Word::kNotUnderstood;
  if (error.get_name() == "RequiredError" && app.remaining(true).empty()) word = Word::kMissing;
  if (error.get_name() == "ValidationError" || error.get_name() == "ConversionError")
    word = Word::kNotANumber;
  const std::string name = SubjectOf(error, app);
  return Complain(json,
                  {.code = ErrorCode::kInvalid,
                   .reason = "COMMAND_NOT_UNDERSTOOD",
                   .field = name,
                   .message = Say(language, word, {name, CommandIn(app)}),
                   .retry_after_ms = {}},
                  kNotUnderstood);
}

int Run(const CommandLine& line) {
  const Asked asked = AskedOf(line.common());
  const auto typed = line.Read();
  try {
    Session session(asked);
    Answer answer = typed.command->run(session, typed.arguments);
    PrintAnswer(session, answer);
    return kDone;
  } catch (const Refusal& refusal) {
    const Language language = LanguageOf(asked.settings.language);
    return Complain(asked.json, refusal.error, kRefused, HintFor(refusal.error, *typed.command, language));
  }
}

int Main(const std::vector<std::string>& words) {
  const auto home = HomeOf(Early(words, "--home"));
  const std::string early = Early(words, "--language");
  const Language language = LanguageOf(early.empty() ? LoadSettings(home).language : early);
  const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
  const auto commands = AllCommands();
  CommandLine line(commands, language);
  if (words.empty()) {
    Print(line.app().help());
    return kDone;
  }
  try {
    line.app().parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    Print(line.app().help());
    return kDone;
  } catch (const CLI::ParseError& error) {
    return ComplainOfLine(error, line.app(), language, json);
  }
  try {
    return Run(line);
  } catch (const std::exception& exception) {
    return Complain(json,
                    {.code = ErrorCode::kInternal,
                     .reason = "INTERNAL",
                     .field = {},
                     .message = Say(language, Word::kBroke, {exception.what()}),
                     .retry_after_ms = {}},
                    kRefused);
  }
}

}  // namespace
}  // namespace brug::app

int main(int argc, char** argv) { return brug::app::Main(std::vector<std::string>(argv + 1, argv + argc)); }
