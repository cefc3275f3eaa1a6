#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "brug/v1/admin_service.grpc.pb.h"
#include "proto/rules/bridge_template.h"
#include "proto/rules/wording.h"
#include "service/ctl/restore.h"
#include "service/ctl/words.h"

// brugctl: what the operator does, over the admin socket; restore alone works without it. Ends with 0 when it
// was done, 1 when the service refused it or did not answer, 2 when the command is not right.
namespace brug::ctl {
namespace {

constexpr std::chrono::seconds kCallTimeout{20};
// A backup takes as long as its disk does.
constexpr std::chrono::hours kBackupTimeout{24};
constexpr int kPageSize = 200;
constexpr int kTemplatePageSize = 50;
// What the service answers about the restore of an organisation that had none.
constexpr std::string_view kNeverRestored = "WRONG_STATE";

struct Options {
  std::string socket = "/run/brug/admin.sock";
  bool json = false;
  std::string organisation_id;
  std::string id;
  std::string name;
  std::string team_id;
  std::vector<std::string> roles;
  bool leaves = false;
  bool returns = false;
  std::string file;
  std::string data_directory = "/var/lib/brug";
  std::string key_copy;
};

// Ends the command with a sentence.
struct Stop {
  int code;
  Fault fault;
};

std::string NewRequestId() {
  std::random_device source;
  unsigned char bytes[16];
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(source());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string id;
  for (int i = 0; i < 16; ++i) {
    char two[4];
    std::snprintf(two, sizeof two, "%02x", bytes[i]);
    id += (i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "") + std::string(two);
  }
  return id;
}

v1::Role RoleOf(std::string name) {
  for (char& letter : name)
    letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  v1::Role role;
  if (!v1::Role_Parse("ROLE_" + name, &role)) {
    throw Stop{2,
               {"OUT_OF_RANGE", "--role",
                "There is no such role. Roles: mentor, team_lead, programme_manager, approver, merchant, "
                "evaluator."}};
  }
  return role;
}

// The service, and how its answers are printed.
class Desk {
 public:
  explicit Desk(const Options& options)
      : options_(options),
        stub_(v1::AdminService::NewStub(
            grpc::CreateChannel("unix:" + options.socket, grpc::InsecureChannelCredentials()))) {}

  template <class Request, class Response>
  using Rpc = grpc::Status (v1::AdminService::Stub::*)(grpc::ClientContext*, const Request&, Response*);

  template <class Request, class Response>
  Response Call(Rpc<Request, Response> rpc, const Request& request,
                std::chrono::seconds timeout = kCallTimeout) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    context.AddMetadata("accept-language", "en");
    Response response;
    const grpc::Status status = ((*stub_).*rpc)(&context, request, &response);
    if (!status.ok()) throw Stop{1, FaultOf(status, options_.socket)};
    return response;
  }

  template <class Request, class Response>
  void CallAndPrint(Rpc<Request, Response> rpc, const Request& request) {
    Print(Call(rpc, request));
  }

  // Page after page, as one answer.
  template <class Request, class Response>
  void ListAndPrint(Rpc<Request, Response> rpc, Request request, int page_size = kPageSize) {
    Response all;
    request.set_page_size(page_size);
    do {
      all.clear_next_page_token();
      all.MergeFrom(Call(rpc, request));
      request.set_page_token(all.next_page_token());
    } while (!all.next_page_token().empty());
    Print(all);
  }

  // The one that was named, or the only one there is.
  std::string Organisation() {
    if (!options_.organisation_id.empty()) return options_.organisation_id;
    v1::ListOrganisationsRequest request;
    const auto listed = Call(&v1::AdminService::Stub::ListOrganisations, request);
    if (listed.organisations_size() == 1) return listed.organisations(0).organisation_id();
    throw Stop{2,
               {"MISSING", "--organisation",
                "Say which organisation: --organisation ID. brugctl organisation list names them."}};
  }

  template <class Response>
  void Print(const Response& response) {
    if (!options_.json) {
      std::cout << Say(response);
      return;
    }
    std::string json;
    google::protobuf::util::JsonPrintOptions print;
    print.preserve_proto_field_names = true;
    print.always_print_primitive_fields = true;
    if (!google::protobuf::util::MessageToJsonString(response, &json, print).ok()) {
      throw Stop{1, {"INTERNAL", "", "The answer cannot be shown as JSON."}};
    }
    std::cout << json << "\n";
  }

 private:
  const Options& options_;
  std::unique_ptr<v1::AdminService::Stub> stub_;
};

using Stub = v1::AdminService::Stub;

void CreateOrganisation(Desk& desk, const Options& options) {
  v1::CreateOrganisationRequest request;
  request.set_request_id(NewRequestId());
  request.set_display_name(options.name);
  desk.CallAndPrint(&Stub::CreateOrganisation, request);
}

void ListOrganisations(Desk& desk, const Options&) {
  desk.ListAndPrint(&Stub::ListOrganisations, v1::ListOrganisationsRequest());
}

void CreateTeam(Desk& desk, const Options& options) {
  v1::CreateTeamRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(desk.Organisation());
  request.set_display_name(options.name);
  desk.CallAndPrint(&Stub::CreateTeam, request);
}

void ListTeams(Desk& desk, const Options&) {
  v1::ListTeamsRequest request;
  request.set_organisation_id(desk.Organisation());
  desk.ListAndPrint(&Stub::ListTeams, request);
}

void RegisterStaff(Desk& desk, const Options& options) {
  v1::RegisterStaffRequest request;
  request.set_request_id(NewRequestId());
  request.set_display_name(options.name);
  for (const auto& role : options.roles) request.add_roles(RoleOf(role));
  request.set_team_id(options.team_id);
  request.set_organisation_id(desk.Organisation());
  desk.CallAndPrint(&Stub::RegisterStaff, request);
}

void ListStaff(Desk& desk, const Options&) {
  v1::ListStaffRequest request;
  request.set_organisation_id(desk.Organisation());
  desk.ListAndPrint(&Stub::ListStaff, request);
}

v1::StaffMember FindStaff(Desk& desk, const std::string& organisation_id, const std::string& person_id) {
  v1::ListStaffRequest request;
  request.set_organisation_id(organisation_id);
  request.set_page_size(kPageSize);
  while (true) {
    const auto page = desk.Call(&Stub::ListStaff, request);
    for (const auto& member : page.staff()) {
      if (member.person_id() == person_id) return member;
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  throw Stop{1, {"NOT_FOUND", "PERSON", "Nobody on the staff has this id. brugctl staff list names them."}};
}

void UpdateStaff(Desk& desk, const Options& options) {
  v1::UpdateStaffRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(desk.Organisation());
  auto& member = *request.mutable_staff_member();
  member = FindStaff(desk, request.organisation_id(), options.id);
  if (!options.name.empty()) member.set_display_name(options.name);
  if (!options.team_id.empty()) member.set_team_id(options.team_id == "none" ? "" : options.team_id);
  if (!options.roles.empty()) member.clear_roles();
  for (const auto& role : options.roles) member.add_roles(RoleOf(role));
  if (options.leaves) member.set_active(false);
  if (options.returns) member.set_active(true);
  desk.CallAndPrint(&Stub::UpdateStaff, request);
}

void CreateStaffCode(Desk& desk, const Options& options) {
  v1::CreateStaffActivationCodeRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(desk.Organisation());
  request.set_person_id(options.id);
  desk.CallAndPrint(&Stub::CreateStaffActivationCode, request);
}

void ListDevices(Desk& desk, const Options& options) {
  v1::ListPersonDevicesRequest request;
  request.set_organisation_id(desk.Organisation());
  request.set_person_id(options.id);
  desk.ListAndPrint(&Stub::ListPersonDevices, request);
}

void RevokeDevice(Desk& desk, const Options& options) {
  v1::RevokePersonDeviceRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(desk.Organisation());
  request.set_device_id(options.id);
  desk.CallAndPrint(&Stub::RevokePersonDevice, request);
}

v1::BridgeTemplate ReadTemplate(const std::string& path) {
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.empty()) throw Stop{2, {"NOT_FOUND", "FILE", "Cannot read " + path + ", or it is empty."}};
  auto parsed = rules::ParseTemplate(text);
  if (const auto* fault = std::get_if<rules::TemplateFault>(&parsed)) {
    throw Stop{1, {"MALFORMED", fault->place, fault->message}};
  }
  return std::get<v1::BridgeTemplate>(std::move(parsed));
}

void CheckTemplate(Desk&, const Options& options) {
  const auto violations = rules::CheckTemplate(ReadTemplate(options.file));
  for (const auto& violation : violations) {
    std::cout << violation.field << ": " << rules::Say(violation, "en") << "\n";
  }
  if (!violations.empty()) {
    throw Stop{1,
               {"OUT_OF_RANGE", violations.front().field,
                "The template has a gap. Mend it there and check it again."}};
  }
  std::cout << (options.json ? "{\"ok\":true}\n" : "The template is whole.\n");
}

void AddTemplate(Desk& desk, const Options& options) {
  v1::AddTemplateRequest request;
  *request.mutable_template_() = ReadTemplate(options.file);
  request.set_request_id(NewRequestId());
  request.set_organisation_id(desk.Organisation());
  desk.CallAndPrint(&Stub::AddTemplate, request);
}

void ListTemplates(Desk& desk, const Options&) {
  v1::ListTemplatesRequest request;
  request.set_organisation_id(desk.Organisation());
  desk.ListAndPrint(&Stub::ListTemplates, request, kTemplatePageSize);
}

// Ends with 1 when something does not fit, so that a job of the operator's notices.
void VerifyLedger(Desk& desk, const Options&) {
  v1::VerifyLedgerRequest request;
  request.set_organisation_id(desk.Organisation());
  const auto verified = desk.Call(&Stub::VerifyLedger, request);
  desk.Print(verified);
  if (verified.findings_count() > 0) {
    throw Stop{1,
               {"LEDGER_DOES_NOT_FIT", "",
                "The books do not add up. Keep a copy of the data directory, and ask for help with what "
                "stands above."}};
  }
}

void ListVoucherKeys(Desk& desk, const Options&) {
  v1::ListVoucherKeysRequest request;
  request.set_organisation_id(desk.Organisation());
  desk.CallAndPrint(&Stub::ListVoucherKeys, request);
}

// The key set alone, to be given to a shop: brug verify reads it.
void PublishVoucherKeys(Desk& desk, const Options&) {
  v1::ListVoucherKeysRequest request;
  request.set_organisation_id(desk.Organisation());
  std::cout << desk.Call(&Stub::ListVoucherKeys, request).jwks() << "\n";
}

void RotateVoucherKey(Desk& desk, const Options&) {
  v1::RotateVoucherKeyRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(desk.Organisation());
  desk.CallAndPrint(&Stub::RotateVoucherKey, request);
}

v1::ReleaseRestoreResponse AskAboutRestore(Desk& desk, const std::string& organisation_id, bool only_tell) {
  v1::ReleaseRestoreRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(organisation_id);
  request.set_only_tell(only_tell);
  try {
    return desk.Call(&Stub::ReleaseRestore, request);
  } catch (Stop& stop) {
    if (stop.fault.reason == kNeverRestored)
      stop.fault.message = "It was never put back to a backup, so nothing waits to be released.";
    throw;
  }
}

void ShowRestore(Desk& desk, const Options&) { desk.Print(AskAboutRestore(desk, desk.Organisation(), true)); }

void ReleaseRestore(Desk& desk, const Options&) {
  desk.Print(AskAboutRestore(desk, desk.Organisation(), false));
}

// brugd writes it, so the path is the same for brugd wherever this was typed.
void CreateBackup(Desk& desk, const Options& options) {
  v1::CreateBackupRequest request;
  if (!options.file.empty()) {
    auto path = std::filesystem::absolute(options.file).lexically_normal().string();
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    request.set_path(path);
  }
  const auto created = desk.Call(&Stub::CreateBackup, request, kBackupTimeout);
  if (!created.backup().problem().empty()) throw Stop{1, {"NO_BACKUP", "", created.backup().problem()}};
  desk.Print(created);
}

void ListBackups(Desk& desk, const Options&) {
  desk.ListAndPrint(&Stub::ListBackups, v1::ListBackupsRequest());
}

void RestoreFrom(Desk&, const Options& options) {
  const auto said = Restore({.backup = options.file,
                             .data_directory = options.data_directory,
                             .key_copy = options.key_copy,
                             .json = options.json});
  if (!said.problem.empty()) throw Stop{1, {"NOT_RESTORED", "", said.problem}};
  if (!said.unfinished.empty()) throw Stop{1, {"RESTORE_NOT_FINISHED", "", said.unfinished}};
  std::cout << said.text;
}

// A restore that nobody released is told with it, for until then nothing of the money moves.
void Status(Desk& desk, const Options& options) {
  const auto status = desk.Call(&Stub::GetStatus, v1::GetStatusRequest());
  desk.Print(status);
  if (options.json) return;
  for (const auto& totals : status.organisations()) {
    try {
      const auto& organisation = totals.organisation();
      std::cout << SayHeldBack(organisation, AskAboutRestore(desk, organisation.organisation_id(), true));
    } catch (const Stop& stop) {
      if (stop.fault.reason != kNeverRestored) throw;
    }
  }
}

// The table of commands: what each takes, and what runs it.
struct Command {
  const char* noun;
  const char* verb;
  const char* help;
  enum Takes { kNothing, kName, kStaff, kPerson, kChange, kDevice, kFile, kNewFolder, kBackup } takes;
  void (*run)(Desk&, const Options&);
};

constexpr Command kCommands[] = {
    {"organisation", "create", "Make an organisation with its keys and the default Bridge", Command::kName,
     CreateOrganisation},
    {"organisation", "list", "List the organisations", Command::kNothing, ListOrganisations},
    {"team", "create", "Make a team", Command::kName, CreateTeam},
    {"team", "list", "List the teams", Command::kNothing, ListTeams},
    {"staff", "register", "Register a member of staff; prints the activation code", Command::kStaff,
     RegisterStaff},
    {"staff", "list", "List the staff", Command::kNothing, ListStaff},
    {"staff", "update", "Change name, team or roles, or say that somebody leaves", Command::kChange,
     UpdateStaff},
    {"staff", "code", "Make a new activation code", Command::kPerson, CreateStaffCode},
    {"devices", "list", "List the devices of a person", Command::kPerson, ListDevices},
    {"devices", "revoke", "Revoke a device: refused at once, wiped at its next contact", Command::kDevice,
     RevokeDevice},
    {"template", "check", "Check a Bridge template without the service", Command::kFile, CheckTemplate},
    {"template", "add", "Add a Bridge template, or a version of one", Command::kFile, AddTemplate},
    {"template", "list", "List the Bridge templates", Command::kNothing, ListTemplates},
    {"ledger", "verify", "Rebuild the books from the first transfer and compare them", Command::kNothing,
     VerifyLedger},
    {"voucher-keys", "list", "List the keys that sign vouchers, newest first", Command::kNothing,
     ListVoucherKeys},
    {"voucher-keys", "publish", "Print the key set that checks vouchers offline", Command::kNothing,
     PublishVoucherKeys},
    {"voucher-keys", "rotate", "Make a new key; vouchers of the old ones stay valid", Command::kNothing,
     RotateVoucherKey},
    {"restored", "show", "Say which shops were not heard from since the restore", Command::kNothing,
     ShowRestore},
    {"restored", "release", "Let promises, vouchers and redemptions go on after a restore", Command::kNothing,
     ReleaseRestore},
    {"backup", "", "Copy the databases of the running service into a new folder, and verify the copies",
     Command::kNewFolder, CreateBackup},
    {"backup", "list", "List the backups that were made or tried, newest first", Command::kNothing,
     ListBackups},
    {"restore", "", "Put a backup back; brugd must not run", Command::kBackup, RestoreFrom},
    {"status", "", "Say how the service is", Command::kNothing, Status},
};

void AddParameters(CLI::App& line, Command::Takes takes, Options& options) {
  if (takes == Command::kName || takes == Command::kStaff)
    line.add_option("NAME", options.name, "What it is called")->required();
  if (takes == Command::kPerson || takes == Command::kChange)
    line.add_option("PERSON", options.id, "Id of the person")->required();
  if (takes == Command::kDevice) line.add_option("DEVICE", options.id, "Id of the device")->required();
  if (takes == Command::kFile) line.add_option("FILE", options.file, "The template as JSON")->required();
  if (takes == Command::kNewFolder)
    line.add_option("DIRECTORY", options.file,
                    "The folder to make; without one a new one in backup_directory");
  if (takes == Command::kBackup) {
    line.add_option("DIRECTORY", options.file, "The folder of the backup")->required();
    line.add_option("--data", options.data_directory, "data_directory of brugd")->capture_default_str();
    line.add_option(
        "--keys", options.key_copy,
        "File of the wrapped keys; without one those in --data, or brug-keys.db beside the backup");
  }
  if (takes == Command::kChange) {
    line.add_option("--name", options.name, "Another name");
    line.add_flag("--leaves", options.leaves, "Works here no longer; the devices are revoked");
    line.add_flag("--returns", options.returns, "Works here again");
  }
  if (takes == Command::kStaff || takes == Command::kChange) {
    auto* roles =
        line.add_option("--role", options.roles, "mentor, team_lead, ...; more than one may be given");
    if (takes == Command::kStaff) roles->required();
    line.add_option("--team", options.team_id, "Id of the team; none for no team");
  }
}

CLI::App* FindLine(CLI::App& app, const std::string& name) {
  for (CLI::App* line : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (line->get_name() == name) return line;
  }
  return nullptr;
}

// A line in the table makes a command; `chosen` is the one that was typed.
void AddCommands(CLI::App& app, Options& options, const Command*& chosen) {
  app.require_subcommand(1);
  for (const Command& command : kCommands) {
    CLI::App* line = FindLine(app, command.noun);
    const bool alone = *command.verb == '\0';
    if (line == nullptr) {
      line = app.add_subcommand(command.noun, alone ? command.help : "");
      line->fallthrough();
      if (!alone) line->require_subcommand(1);
    }
    if (!alone) {
      line = line->add_subcommand(command.verb, command.help);
      line->fallthrough();
    }
    AddParameters(*line, command.takes, options);
    // What stands behind it counts: the callback of "backup" comes after that of "backup list".
    line->callback([line, &chosen, &command] {
      if (line->get_subcommands().empty()) chosen = &command;
    });
  }
}

int Complain(const Stop& stop, bool json) {
  if (json) {
    nlohmann::json said;
    said["error"] = {
        {"reason", stop.fault.reason}, {"field", stop.fault.field}, {"message", stop.fault.message}};
    std::cout << said.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  }
  std::cerr << "brugctl: " << stop.fault.message
            << (stop.fault.field.empty() ? "" : " [" + stop.fault.field + "]") << " (" << stop.fault.reason
            << ")\n";
  return stop.code;
}

int Main(int argc, char** argv) {
  Options options;
  if (const char* socket = std::getenv("BRUG_ADMIN_SOCKET")) options.socket = socket;
  const Command* chosen = nullptr;
  CLI::App app("brugctl: for the operator of brugd, over its admin socket");
  app.add_option("--socket", options.socket, "The admin socket; also BRUG_ADMIN_SOCKET")
      ->capture_default_str();
  app.add_option("--organisation", options.organisation_id,
                 "Id of the organisation; may be left out when there is one");
  app.add_flag("--json", options.json, "For programs");
  AddCommands(app, options, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    Desk desk(options);
    chosen->run(desk, options);
    return 0;
  } catch (const Stop& stop) {
    return Complain(stop, options.json);
  }
}

}  // namespace
}  // namespace brug::ctl

int main(int argc, char** argv) { return brug::ctl::Main(argc, argv); }
