#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"
#include "client-sdk/app/unanswered.h"

// Devices of a person, and how this one stands with the service.
namespace brug::app {
namespace {

constexpr std::chrono::minutes kSyncTimeout{10};
// What `brug status dismiss` takes in the place of an id.
constexpr std::string_view kUnreadable = "unreadable";

Answer Enrol(Session& session, const Arguments& arguments) {
  if (session.asked().settings.server.empty())
    session.Refuse("MISSING", "--server", session.Say(Word::kSayWhichServer));
  const std::string name =
      arguments.Has("--name") ? arguments.Text("--name") : session.Say(Word::kThisComputer);
  const Identity me =
      Take(session.client().Enrol({.activation_code = arguments.Text("CODE"), .device_name = name}));
  session.Remember();
  Answer answer{.json = {{"identity", ToJson(me)}}};
  const auto fetched = session.Sync(kSyncTimeout);
  const bool waits = !fetched.ok() && fetched.error().reason == "DEVICE_WAITING";
  answer.json["waits_for_yes"] = waits;
  answer.json["synced"] = fetched.ok();
  answer.text = session.Glad(session.Say(Word::kWelcome, {me.display_name})) + "\n";
  if (waits) answer.text += session.Say(Word::kWaitsForYes) + "\n";
  if (!fetched.ok() && !waits) answer.text += fetched.error().message + "\n";
  if (fetched.ok()) answer.text += session.Say(Word::kEverythingHere) + "\n";
  return answer;
}

// The person whose devices are meant: empty for one's own.
std::string PersonOf(Session& session, const Arguments& arguments) {
  if (!arguments.Has("--client")) return {};
  return Take(session.DossierOf(arguments).Profile()).content.client_person_id;
}

Answer ListDevices(Session& session, const Arguments& arguments) {
  (void)session.Me();
  const auto devices = Take(session.client().ListDevices(PersonOf(session, arguments)));
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    rows.push_back({std::to_string(i + 1), devices[i].display_name, SayState(session, devices[i].state),
                    devices[i].is_this_device ? session.Say(Word::kThisDevice) : ""});
  }
  return {.text = Columns(rows), .json = {{"devices", ToJson(devices)}}};
}

std::string FindDevice(Session& session, const std::string& which, const std::string& person_id) {
  const auto devices = Take(session.client().ListDevices(person_id));
  if (const auto place = Session::PlaceIn(which, devices.size())) return devices[*place].device_id;
  for (const auto& device : devices) {
    if (device.device_id == which || device.display_name == which) return device.device_id;
  }
  session.Refuse("NOT_FOUND", "DEVICE", session.Say(Word::kNoSuchDevice, {which}));
}

Answer Changed(Session& session, const Device& device, Word word) {
  return {.text = session.Say(word, {device.display_name}) + "\n", .json = {{"device", ToJson(device)}}};
}

Answer Allow(Session& session, const Arguments& arguments) {
  const std::string id = FindDevice(session, arguments.Text("DEVICE"), {});
  return Changed(session, Take(session.client().AllowDevice(id)), Word::kDeviceAllowed);
}

Answer RefuseDevice(Session& session, const Arguments& arguments) {
  const std::string id = FindDevice(session, arguments.Text("DEVICE"), {});
  return Changed(session, Take(session.client().RefuseDevice(id)), Word::kDeviceRefused);
}

Answer Revoke(Session& session, const Arguments& arguments) {
  const std::string id = FindDevice(session, arguments.Text("DEVICE"), PersonOf(session, arguments));
  return Changed(session, Take(session.client().RevokeDevice(id)), Word::kDeviceIsRevoked);
}

Answer MakeCode(Session& session, const Arguments& arguments) {
  (void)session.Me();
  const auto code = Take(session.client().CreateActivationCode(PersonOf(session, arguments)));
  return {
      .text =
          session.Say(Word::kCodeIs, {session.Strong(code.code), SayMoment(session, code.expires_at)}) + "\n",
      .json = ToJson(code)};
}

Word StateWord(SyncState state) {
  constexpr Word kWords[] = {Word::kStateIdle,        Word::kStateSyncing,     Word::kStateOffline,
                             Word::kStateSignIn,      Word::kStateAccessEnded, Word::kStateStorageFull,
                             Word::kStateUpdateNeeded};
  return kWords[static_cast<std::size_t>(state)];
}

Answer ShowStatus(Session& session, const Arguments&) {
  const auto me = session.client().WhoAmI();
  const Status status = session.client().GetStatus();
  const auto rejected = Take(session.client().Rejected());
  Answer answer{.json = {{"enrolled", me.has_value()},
                         {"identity", me ? ToJson(*me) : Json(nullptr)},
                         {"status", ToJson(status)},
                         {"rejected", ToJson(rejected)},
                         {"server", session.asked().settings.server}}};
  if (!me) {
    answer.text = session.Say(Word::kNotEnrolled) + "\n";
    return answer;
  }
  const auto unanswered = Take(session.client().Rewards().Unanswered());
  answer.json["unanswered"] = ToJson(unanswered);
  for (std::size_t i = 0; i < unanswered.size(); ++i)
    answer.json["unanswered"][i]["command"] = CommandOf(session, unanswered[i]);
  answer.text = session.Strong(me->display_name) + ", " + me->organisation_name + " (" + me->device_name +
                ")\n" + session.Say(StateWord(status.state)) + "\n";
  answer.text += status.pending_count == 0
                     ? session.Say(Word::kNothingWaits) + "\n"
                     : session.Say(Word::kThisManyWait, {std::to_string(status.pending_count)}) + "\n";
  answer.text += SayUnanswered(session, unanswered);
  if (status.last_confirmed_at) {
    answer.text += session.Say(Word::kLastConfirmed, {SayMoment(session, *status.last_confirmed_at)}) + "\n";
  }
  if (status.mended_count > 0)
    answer.text += session.Say(Word::kWasMended, {std::to_string(status.mended_count)}) + "\n";
  if (status.unreadable_count > 0) {
    answer.text += session.Say(Word::kWasUnreadable, {std::to_string(status.unreadable_count)}) + "\n" +
                   session.Soft("    brug status dismiss " + std::string(kUnreadable)) + "\n";
  }
  if (status.devices_waiting > 0) answer.text += session.Say(Word::kADeviceWaits) + "\n";
  for (const auto& item : rejected) {
    answer.text += session.Say(Word::kRejected, {item.error.message}) + "\n";
    for (const auto& words : item.words) answer.text += "    \"" + words + "\"\n";
    answer.text += session.Soft("    brug status dismiss " + item.mutation_id) + "\n";
  }
  return answer;
}

Answer Dismiss(Session& session, const Arguments& arguments) {
  const std::string id = arguments.Text("ID");
  Take(id == kUnreadable ? session.client().DismissUnreadable() : session.client().DismissRejected(id));
  return {.text = session.Say(Word::kDismissed) + "\n"};
}

Answer SyncAll(Session& session, const Arguments& arguments) {
  (void)session.Me();
  const std::chrono::seconds timeout(arguments.Number("--timeout", 600));
  Take(session.Sync(timeout));
  const Status status = session.client().GetStatus();
  std::string text = session.Glad(session.Say(Word::kSynced)) + "\n";
  if (status.pending_count > 0) {
    text += session.Say(Word::kThisManyWait, {std::to_string(status.pending_count)}) + "\n";
  }
  if (status.rejected_count > 0) {
    text += session.Say(Word::kSomethingRefused, {std::to_string(status.rejected_count)}) + "\n";
  }
  if (status.devices_waiting > 0) text += session.Say(Word::kADeviceWaits) + "\n";
  return {.text = text, .json = {{"status", ToJson(status)}}};
}

}  // namespace

std::vector<Command> DeviceCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  const Parameter device{"DEVICE", Kind::kText, true, Word::kHelpDevice};
  return {
      {"enrol",
       "",
       Word::kHelpEnrol,
       {{"CODE", Kind::kText, true, Word::kHelpCode}, {"--name", Kind::kText, false, Word::kHelpDeviceName}},
       Enrol},
      {"devices", "", Word::kHelpDevices, {client}, ListDevices},
      {"devices", "code", Word::kHelpDevicesCode, {client}, MakeCode},
      {"devices", "allow", Word::kHelpDevicesAllow, {device}, Allow},
      {"devices", "refuse", Word::kHelpDevicesRefuse, {device}, RefuseDevice},
      {"devices", "revoke", Word::kHelpDevicesRevoke, {device, client}, Revoke},
      {"status", "", Word::kHelpStatus, {}, ShowStatus},
      {"status", "dismiss", Word::kHelpDismiss, {{"ID", Kind::kText, true, Word::kHelpRejectedId}}, Dismiss},
      {"sync", "", Word::kHelpSync, {{"--timeout", Kind::kNumber, false, Word::kHelpTimeout}}, SyncAll},
  };
}

}  // namespace brug::app
