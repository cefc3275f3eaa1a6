#include "brug/v1/caseload_service.pb.h"
#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/reward_service.pb.h"
#include "tests/scenarios/stage.h"

// Who there is, and what devices they have. Whoever comes in has synced.
namespace brug::scenarios {
namespace {

Saw ComeInAs(Stage& stage, const std::string& name, v1::Role role) {
  const std::string code = stage.world().RegisterStaff(name, {role});
  if (code.empty()) return "the operator could not register " + name;
  stage.AddPerson(name, {.role = role, .activation_code = code});
  return std::nullopt;
}

template <typename Response, typename Request>
std::optional<Response> AskBy(Stage& stage, const std::string& device, sdk::Method method,
                              const Request& request) {
  const auto reply = stage.world().Ask(stage.StationOf(device), method, request.SerializeAsString());
  Response response;
  if (reply.error || !response.ParseFromString(reply.response)) return std::nullopt;
  return response;
}

Saw BecomeClient(Stage& stage, const std::string& name, const std::string& mentor) {
  const auto& devices = stage.people().at(mentor).devices;
  if (devices.empty()) return mentor + " has no device yet to register a client with";
  v1::RegisterClientRequest request;
  request.set_request_id(stage.world().NewId());
  request.set_display_name(name);
  const auto response =
      AskBy<v1::RegisterClientResponse>(stage, devices.front(), sdk::Method::kRegisterClient, request);
  if (!response) return mentor + " could not register " + name;
  stage.AddPerson(name, {.role = v1::ROLE_CLIENT,
                         .dossier_id = response->dossier_id(),
                         .activation_code = response->activation_code()});
  const auto error = stage.world().Sync(stage.StationOf(devices.front()));
  return error ? Saw("the " + devices.front() + " could not sync: " + error->reason) : std::nullopt;
}

// A client's next device: asked for on the first, which then says yes.
std::string CodeForNextDevice(Stage& stage, const Person& person) {
  v1::CreateActivationCodeRequest request;
  request.set_request_id(stage.world().NewId());
  const auto code = AskBy<v1::CreateActivationCodeResponse>(stage, person.devices.front(),
                                                            sdk::Method::kCreateActivationCode, request);
  return code ? code->activation_code() : "";
}

Saw SayYesToNextDevice(Stage& stage, const Person& person) {
  const auto listed = AskBy<v1::ListDevicesResponse>(stage, person.devices.front(), sdk::Method::kListDevices,
                                                     v1::ListDevicesRequest());
  for (int i = 0; listed && i < listed->devices_size(); ++i) {
    if (listed->devices(i).state() != v1::DEVICE_STATE_WAITING) continue;
    v1::AllowDeviceRequest allow;
    allow.set_request_id(stage.world().NewId());
    allow.set_device_id(listed->devices(i).device_id());
    allow.set_allow(true);
    const auto allowed =
        AskBy<v1::AllowDeviceResponse>(stage, person.devices.front(), sdk::Method::kAllowDevice, allow);
    return allowed ? std::nullopt : Saw("the " + person.devices.front() + " could not say yes to it");
  }
  return std::nullopt;
}

Saw TakeDevice(Stage& stage, const std::string& name, const std::string& device) {
  Person& person = stage.people().at(name);
  const bool first = !person.activation_code.empty();
  if (!first && person.role != v1::ROLE_CLIENT) return "in scenarios staff have one device each";
  const std::string code =
      first ? std::exchange(person.activation_code, "") : CodeForNextDevice(stage, person);
  const int station = stage.world().NewStation();
  if (!stage.world().Enrol(station, code)) return "the " + device + " could not be enrolled";
  person.person_id = stage.world().station(station).person_id;
  stage.AddDevice(device, name, station);
  if (!first) {
    if (auto saw = SayYesToNextDevice(stage, person)) return saw;
  }
  const auto error = stage.world().Sync(station);
  return error ? Saw("the " + device + " could not sync: " + error->reason) : std::nullopt;
}

Saw TakeDevices(Stage& stage, const Said& said) {
  for (const std::string& device : said.words) {
    if (auto saw = TakeDevice(stage, said.people.at(0), device)) return saw;
  }
  return std::nullopt;
}

Saw KeepShop(Stage& stage, const Said& said) {
  if (stage.scheme_id.empty()) return "there is no scheme yet whose vouchers a shop could take";
  const std::string& manager = said.people.at(1);
  v1::RegisterMerchantRequest request;
  request.set_request_id(stage.world().NewId());
  request.set_display_name(said.people.at(0));
  request.add_scheme_ids(stage.scheme_id);
  const auto response = AskBy<v1::RegisterMerchantResponse>(stage, stage.people().at(manager).devices.at(0),
                                                            sdk::Method::kRegisterMerchant, request);
  if (!response) return manager + " could not register the shop";
  stage.AddPerson(said.people.at(0),
                  {.role = v1::ROLE_MERCHANT, .activation_code = response->activation_code()});
  return std::nullopt;
}

}  // namespace

const std::vector<Sentence>& SentencesOfPeople() {
  static const std::vector<Sentence> sentences = {
      {"SOMEBODY is a mentor",
       [](Stage& stage, const Said& said) { return ComeInAs(stage, said.people[0], v1::ROLE_MENTOR); }},
      {"SOMEBODY is a programme manager",
       [](Stage& stage, const Said& said) {
         return ComeInAs(stage, said.people[0], v1::ROLE_PROGRAMME_MANAGER);
       }},
      {"SOMEBODY is an approver",
       [](Stage& stage, const Said& said) { return ComeInAs(stage, said.people[0], v1::ROLE_APPROVER); }},
      {"SOMEBODY keeps a shop that NAME lets take vouchers", KeepShop},
      {"SOMEBODY is a client of NAME",
       [](Stage& stage, const Said& said) { return BecomeClient(stage, said.people[0], said.people[1]); }},
      {"NAME has a/an WORD", TakeDevices},
      {"NAME has a/an WORD and a/an WORD", TakeDevices},
  };
  return sentences;
}

}  // namespace brug::scenarios
