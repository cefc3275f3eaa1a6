#include "tests/simulation/people.h"

#include <algorithm>
#include <utility>

#include "brug/v1/caseload_service.pb.h"
#include "brug/v1/enrolment_service.pb.h"
#include "tests/support/dossier_story.h"

namespace brug::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AnswerHandover;
using testing::AnswerSuggestion;
using testing::BeginPause;
using testing::Delete;
using testing::Formulate;
using testing::GoalTo;
using testing::NewGoal;
using testing::NewMilestone;
using testing::NewMutation;
using testing::NewStep;
using testing::ProposeHandover;
using testing::RetitleGoal;
using testing::RetitleStep;
using testing::Say;
using testing::Suggest;
using testing::Talked;
using testing::Tick;

const std::string& OneOf(const std::vector<std::string>& ids, Dice& dice) {
  static const std::string none = "00000000-0000-4000-8000-000000000000";
  if (ids.empty()) return none;
  // Mostly the newest: people work on what is at hand.
  const std::size_t window = std::min<std::size_t>(ids.size(), 4);
  return dice.OneIn(4) ? ids[dice.Below(ids.size())] : ids[ids.size() - 1 - dice.Below(window)];
}

int OneOf(const std::vector<int>& stations, Dice& dice) { return stations[dice.Below(stations.size())]; }

}  // namespace

bool People::MoveIn(const Cast& cast, Dice& dice) {
  for (int i = 0; i < cast.mentors; ++i) {
    const int mentor = world_.NewStation();
    const auto code = world_.RegisterStaff("Mentor " + std::to_string(i), {v1::ROLE_MENTOR});
    if (!world_.Enrol(mentor, code)) return false;
    mentors_.push_back(mentor);
    visitors_.push_back(mentor);
  }
  for (int i = 0; i < cast.clients; ++i) {
    if (!NewClient(dice)) return false;
  }
  for (int i = 0; i < cast.second_devices; ++i) (void)NewDevice(dice);
  if (cast.rewards && OpenScheme().empty()) return false;
  for (const int station : visitors_) (void)world_.Sync(station);
  return true;
}

std::optional<int> People::NewClient(Dice& dice) {
  const int mentor = OneOf(mentors_, dice);
  if (!world_.EnsureRunning(mentor)) return std::nullopt;
  v1::RegisterClientRequest request;
  request.set_request_id(world_.NewId());
  request.set_display_name("Client " + std::to_string(clients_.size()));
  const auto reply = world_.Ask(mentor, sdk::Method::kRegisterClient, request.SerializeAsString());
  v1::RegisterClientResponse response;
  if (reply.error || !response.ParseFromString(reply.response)) return std::nullopt;
  const int phone = world_.NewStation();
  if (!world_.Enrol(phone, response.activation_code())) return std::nullopt;
  clients_.push_back(phone);
  visitors_.push_back(phone);
  return phone;
}

std::vector<int> People::Counters() const {
  std::vector<int> counters;
  for (const auto& station : {manager_, approver_, merchant_}) {
    if (station) counters.push_back(*station);
  }
  return counters;
}

void People::Visit(int station, Dice& dice) {
  if (!world_.EnsureRunning(station)) return;
  world_.Give(station, sdk::BackgroundWanted{.on = true});
  const std::int64_t deeds = dice.Between(1, 6);
  for (std::int64_t i = 0; i < deeds && world_.device(station).running(); ++i) {
    const auto dossiers = world_.device(station).core().Dossiers();
    if (dossiers.empty()) break;
    const std::string dossier_id = dossiers[dice.Below(dossiers.size())].dossier_id;
    (void)world_.Accept(station, dossier_id, Intend(station, dossier_id, dice));
    world_.Advance(milliseconds(dice.OneIn(4) ? dice.Between(1'000, 20'000) : dice.Between(1, 500)));
  }
  world_.Advance(seconds(dice.Between(2, 10)));
  world_.Give(station, sdk::BackgroundWanted{.on = false});
}

// One dossier's handover, as far as it comes today: each of the three may not get round to it.
void People::Handover(Dice& dice) {
  const int client = OneOf(clients_, dice);
  const std::string& dossier_id = world_.station(client).dossier_id;
  if (!world_.EnsureRunning(client)) return;
  const auto holder = HolderOf(dossier_id);
  if (!holder) return;
  std::vector<std::string>& known = notebooks_[dossier_id].handovers;
  if (known.empty() || dice.OneIn(3)) {
    const int next = OneOf(mentors_, dice);
    (void)world_.Accept(*holder, dossier_id, ProposeHandover(NewIn(known), world_.station(next).person_id));
    (void)world_.Sync(*holder);
  }
  const std::string handover_id = known.back();
  // What the old mentor wrote on the way home is handed in when it is too late.
  if (dice.OneIn(2)) VisitOffline(*holder, dice);
  if (!dice.OneIn(4)) {
    (void)world_.Sync(client);
    (void)world_.Accept(client, dossier_id, AnswerHandover(handover_id, !dice.OneIn(6)));
    (void)world_.Sync(client);
  }
  for (const int mentor : mentors_) {
    if (dice.OneIn(4) || !world_.EnsureRunning(mentor)) continue;
    TakeOver(mentor, handover_id, dice);
    (void)world_.Sync(mentor);
    if (mentor != *holder) (void)world_.Accept(mentor, dossier_id, Talked(world_.NewId(), handover_id));
    (void)world_.Sync(mentor);
  }
}

// A mentor who has the dossier, on a device that runs.
std::optional<int> People::HolderOf(const std::string& dossier_id) {
  for (const int mentor : mentors_) {
    if (!world_.EnsureRunning(mentor)) continue;
    for (const sdk::DossierInfo& info : world_.device(mentor).core().Dossiers()) {
      if (info.dossier_id == dossier_id) return mentor;
    }
  }
  return std::nullopt;
}

void People::TakeOver(int mentor, const std::string& handover_id, Dice& dice) {
  const auto listed =
      world_.Ask(mentor, sdk::Method::kListHandovers, v1::ListHandoversRequest().SerializeAsString());
  v1::ListHandoversResponse handovers;
  if (listed.error || !handovers.ParseFromString(listed.response)) return;
  for (const v1::HandoverEntry& entry : handovers.handovers()) {
    if (entry.handover_id() != handover_id) continue;
    v1::AnswerHandoverRequest request;
    request.set_request_id(world_.NewId());
    request.set_handover_id(handover_id);
    request.set_accept(!dice.OneIn(6));
    (void)world_.Ask(mentor, sdk::Method::kAnswerHandover, request.SerializeAsString());
  }
}

void People::VisitOffline(int station, Dice& dice) {
  const bool before = std::exchange(world_.station(station).cut_off, true);
  Visit(station, dice);
  world_.station(station).cut_off = before;
}

std::optional<int> People::NewDevice(Dice& dice) {
  const int first = OneOf(clients_, dice);
  if (!world_.EnsureRunning(first)) return std::nullopt;
  v1::CreateActivationCodeRequest request;
  request.set_request_id(world_.NewId());
  const auto reply = world_.Ask(first, sdk::Method::kCreateActivationCode, request.SerializeAsString());
  v1::CreateActivationCodeResponse code;
  if (reply.error || !code.ParseFromString(reply.response)) return std::nullopt;
  const int second = world_.NewStation();
  if (!world_.Enrol(second, code.activation_code())) return std::nullopt;
  const auto listed =
      world_.Ask(first, sdk::Method::kListDevices, v1::ListDevicesRequest().SerializeAsString());
  v1::ListDevicesResponse devices;
  if (listed.error || !devices.ParseFromString(listed.response)) return std::nullopt;
  for (const v1::Device& device : devices.devices()) {
    if (device.state() != v1::DEVICE_STATE_WAITING) continue;
    v1::AllowDeviceRequest allow;
    allow.set_request_id(world_.NewId());
    allow.set_device_id(device.device_id());
    allow.set_allow(true);
    (void)world_.Ask(first, sdk::Method::kAllowDevice, allow.SerializeAsString());
  }
  visitors_.push_back(second);
  return second;
}

bool People::Revoke(int station, Dice&) {
  const auto& account = world_.device(station).core().account();
  if (!account) return false;
  v1::RevokePersonDeviceRequest request;
  request.set_request_id(world_.NewId());
  request.set_device_id(account->device_id);
  return world_.service().Administer(domain::RevokePersonDevice, request).ok();
}

v1::Mutation People::Intend(int station, const std::string& dossier_id, Dice& dice) {
  Notebook& notes = notebooks_[dossier_id];
  return world_.station(station).dossier_id == dossier_id ? IntendAsClient(notes, dice)
                                                          : IntendAsMentor(notes, dice);
}

v1::Mutation People::IntendAsClient(Notebook& notes, Dice& dice) {
  const std::uint64_t drawn = dice.Below(100);
  if (notes.goals.empty() || drawn < 4) return NewGoal(NewIn(notes.goals), Words(dice));
  if (notes.steps.empty() || drawn < 12) {
    return NewStep(NewIn(notes.steps), OneOf(notes.goals, dice), Words(dice));
  }
  if (drawn < 52) {
    const rules::Day today = std::chrono::floor<std::chrono::days>(world_.time().now);
    return Tick(OneOf(notes.steps, dice), today - std::chrono::days(dice.Between(0, 3)),
                static_cast<v1::TickState>(dice.Between(1, 4)));
  }
  if (drawn < 62) return Say(world_.NewId(), Words(dice));
  if (drawn < 70) return RetitleGoal(OneOf(notes.goals, dice), Words(dice));
  if (drawn < 78) return RetitleStep(OneOf(notes.steps, dice), Words(dice));
  if (drawn < 82) return Formulate(OneOf(notes.goals, dice));
  if (drawn < 85) return GoalTo(OneOf(notes.goals, dice), static_cast<v1::GoalState>(dice.Between(1, 5)));
  if (drawn < 88) return NewMilestone(NewIn(notes.milestones), OneOf(notes.goals, dice));
  if (drawn < 91) return AnswerSuggestion(OneOf(notes.suggestions, dice), dice.OneIn(2));
  if (drawn < 93) return Delete(dice.OneIn(3) ? OneOf(notes.goals, dice) : OneOf(notes.steps, dice));
  if (drawn < 95) return AnswerHandover(OneOf(notes.handovers, dice), !dice.OneIn(3));
  if (drawn < 98) {
    return BeginPause(NewIn(notes.pauses), dice.OneIn(2) ? "" : OneOf(notes.steps, dice),
                      std::chrono::floor<std::chrono::days>(world_.time().now));
  }
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_display_name(Words(dice));
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("display_name");
  return mutation;
}

v1::Mutation People::IntendAsMentor(Notebook& notes, Dice& dice) {
  const std::uint64_t drawn = dice.Below(100);
  if (drawn < 40) return Say(world_.NewId(), Words(dice));
  if (drawn < 55) {
    return Suggest(NewIn(notes.suggestions), OneOf(dice.OneIn(2) ? notes.goals : notes.steps, dice),
                   v1::SUGGESTED_FIELD_TITLE, Words(dice));
  }
  if (drawn < 70) return Talked(world_.NewId(), dice.OneIn(2) ? "" : OneOf(notes.handovers, dice));
  if (drawn < 80) {
    v1::Mutation mutation = NewMutation();
    mutation.mutable_give_appreciation()->set_appreciation_id(world_.NewId());
    v1::Appreciation& appreciation = *mutation.mutable_give_appreciation()->mutable_appreciation();
    appreciation.set_kind(v1::APPRECIATION_KIND_MESSAGE);
    appreciation.set_words(Words(dice));
    appreciation.set_about_id(OneOf(notes.steps, dice));
    return mutation;
  }
  if (drawn < 88) {
    v1::Mutation mutation = RetitleGoal(OneOf(notes.goals, dice), "");
    v1::ReviseGoal& intent = *mutation.mutable_revise_goal();
    intent.mutable_goal()->set_rank(std::string(1, static_cast<char>('a' + dice.Below(5))) + "00000001");
    *intent.mutable_update_mask()->mutable_paths(0) = "rank";
    return mutation;
  }
  if (drawn < 94) {
    return NewStep(NewIn(notes.steps), OneOf(notes.goals, dice), Words(dice));
  }
  v1::Mutation mutation = NewMutation();
  mutation.mutable_propose_appointment()->set_appointment_id(NewIn(notes.appointments));
  v1::Appointment& appointment = *mutation.mutable_propose_appointment()->mutable_appointment();
  *appointment.mutable_at() = rules::ToTimestamp(world_.time().now);
  appointment.set_minutes(30);
  appointment.set_kind(v1::CONTACT_KIND_PHONE);
  return mutation;
}

std::string People::Words(Dice& dice) {
  std::string words = "words " + std::to_string(dice.Below(1'000'000));
  if (dice.OneIn(20)) words.append(dice.Below(200), 'x');
  return words;
}

std::string People::NewIn(std::vector<std::string>& ids) { return ids.emplace_back(world_.NewId()); }

}  // namespace brug::simulation
