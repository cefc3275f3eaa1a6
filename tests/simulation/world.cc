#include "tests/simulation/world.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace brug::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

sdk::Answer Failed(const sdk::Call& call, sdk::CallCode code) {
  sdk::Answer answer;
  answer.call_id = call.call_id;
  answer.status.code = code;
  return answer;
}

std::string Line(const Time& time, std::string_view what, int station) {
  return std::to_string(time.now.time_since_epoch().count()) + " " + std::string(what) + " " +
         std::to_string(station);
}

}  // namespace

World::World(Options options, Onlooker& onlooker)
    : options_(std::move(options)),
      onlooker_(onlooker),
      chance_(options_.seed * 2 + 1),
      service_(time_, {.adapter = options_.adapter,
                       .folder = options_.folder + "/service",
                       .seed = options_.seed * 2,
                       .decorate = options_.decorate_service}) {
  service_.on_hints = [this](const domain::Hints& hints) {
    if (service_.disk().off()) return;
    onlooker_.Committed(hints);
    Hint(hints);
  };
  if (!service_.Start()) std::abort();
  service_.Found();
}

World::~World() {
  stations_.clear();
  service_.Stop();
  std::filesystem::remove_all(options_.folder);
}

std::string World::RegisterStaff(const std::string& name, const std::vector<v1::Role>& roles) {
  v1::RegisterStaffRequest request;
  request.set_request_id(NewId());
  request.set_display_name(name);
  for (const v1::Role role : roles) request.add_roles(role);
  auto registered = service_.Administer(domain::RegisterStaff, request);
  return registered.ok() ? registered->activation_code() : "";
}

int World::NewStation() {
  const int number = station_count();
  auto made = std::make_unique<Station>();
  made->device = std::make_unique<SimulatedDevice>(
      time_, SimulatedDevice::Options{.folder = options_.folder + "/device" + std::to_string(number),
                                      .seed = chance_.Next(),
                                      .decorate = options_.decorate_device});
  stations_.push_back(std::move(made));
  if (!device(number).Start()) std::abort();
  return number;
}

bool World::Enrol(int number, const std::string& activation_code) {
  Station& at = station(number);
  at.replies.clear();
  Give(number, sdk::EnrolWanted{.request_id = ++last_request_id_,
                                .activation_code = activation_code,
                                .device_name = "device " + std::to_string(number)});
  for (int i = 0; i < 60 && at.replies.empty(); ++i) Advance(seconds(1));
  if (at.replies.empty() || at.replies.back().error.has_value() || !device(number).running()) return false;
  v1::EnrolResponse response;
  if (!response.ParseFromString(at.replies.back().response)) return false;
  at.person_id = response.device().person_id();
  at.dossier_id = response.dossier_id();
  return true;
}

void World::Advance(microseconds by) {
  const rules::Instant until = time_.now + by;
  while (!events_.empty() && events_.begin()->first.first <= until) {
    auto event = events_.extract(events_.begin());
    time_.now = std::max(time_.now, event.key().first);
    event.mapped()();
  }
  time_.now = until;
}

void World::StartAll() {
  if (!service_.running()) StartService();
  for (int i = 0; i < station_count(); ++i) (void)EnsureRunning(i);
}

bool World::EnsureRunning(int number) {
  SimulatedDevice& at = device(number);
  if (at.running()) return true;
  while (!at.Start()) {
    if (at.error().has_value()) return false;
    at.Crash(chance_);
  }
  trace_.Add(Line(time_, "started", number));
  onlooker_.DeviceStarted(number);
  return at.running();
}

void World::Give(int number, const sdk::Event& event) {
  if (!device(number).running()) return;
  sdk::Effects effects = device(number).Give(event);
  if (device(number).disk().off()) return CrashDevice(number);
  Carry(number, std::move(effects));
}

std::optional<sdk::Accepted> World::Accept(int number, const std::string& dossier_id, v1::Mutation mutation) {
  if (!device(number).running()) return std::nullopt;
  const std::string words = trace_.on_line ? mutation.ShortDebugString() : std::string();
  auto accepted = device(number).Accept(dossier_id, std::move(mutation));
  trace_.Add(Line(
      time_, accepted ? "accepted " + accepted->mutation_id : "refused " + device(number).refused(), number));
  if (trace_.on_line) trace_.on_line("  " + words);
  if (accepted) onlooker_.Accepted(number, dossier_id, *accepted);
  NotePower(number);
  if (accepted && device(number).running()) Give(number, sdk::LocalChange{});
  return accepted;
}

sdk::Replied World::Ask(int number, sdk::Method method, std::string request) {
  sdk::Replied none;
  none.error = Error{.code = ErrorCode::kUnavailable, .reason = "NO_ANSWER"};
  if (!device(number).running()) return none;
  Station& at = station(number);
  const std::uint64_t id = ++last_request_id_;
  at.replies.clear();
  Give(number, sdk::RequestWanted{.request_id = id, .method = method, .request = std::move(request)});
  const auto answered = [&] {
    return std::find_if(at.replies.begin(), at.replies.end(),
                        [&](const sdk::Replied& reply) { return reply.request_id == id; });
  };
  for (int i = 0; i < 60 && answered() == at.replies.end() && device(number).running(); ++i) {
    Advance(seconds(1));
  }
  const auto reply = answered();
  return reply == at.replies.end() ? none : *reply;
}

std::optional<Error> World::Sync(int number, microseconds wait) {
  Station& at = station(number);
  at.sync_ends.clear();
  Give(number, sdk::SyncWanted{});
  const rules::Instant until = time_.now + wait;
  while (at.sync_ends.empty() && time_.now < until && device(number).running()) Advance(seconds(1));
  if (at.sync_ends.empty()) return Error{.code = ErrorCode::kUnavailable, .reason = "NO_ANSWER"};
  return at.sync_ends.back().error;
}

void World::CrashDevice(int number) {
  trace_.Add(Line(time_, "crash", number));
  Station& at = station(number);
  at.open_calls.clear();
  at.watching.reset();
  at.effects_left = -1;
  device(number).Crash(chance_);
}

void World::RestartDevice(int number) {
  Station& at = station(number);
  at.open_calls.clear();
  at.watching.reset();
  device(number).Stop();
  (void)EnsureRunning(number);
}

void World::RestoreDevice(int number, const SimulatedDisk::Image& image) {
  trace_.Add(Line(time_, "restored", number));
  Station& at = station(number);
  at.open_calls.clear();
  at.watching.reset();
  device(number).Stop();
  device(number).disk().Restore(image);
}

int World::CloneStation(int of) {
  const int number = station_count();
  auto made = std::make_unique<Station>();
  made->device = std::make_unique<SimulatedDevice>(
      device(of), options_.folder + "/device" + std::to_string(number), chance_.Next());
  made->person_id = station(of).person_id;
  made->dossier_id = station(of).dossier_id;
  stations_.push_back(std::move(made));
  return number;
}

void World::RestoreService(const SimulatedService::Backup& backup) {
  trace_.Add(Line(time_, "service restored", -1));
  service_.Crash(chance_);
  for (int i = 0; i < station_count(); ++i) EndWatch(i);
  service_.PutBack(backup);
}

void World::CrashService() {
  trace_.Add(Line(time_, "service crash", -1));
  service_.Crash(chance_);
  for (int i = 0; i < station_count(); ++i) EndWatch(i);
  In(seconds(chance_.Between(1, 120)), [this] {
    if (!service_.running()) StartService();
  });
}

void World::RunJobs() {
  service_.RunJobs();
  if (service_.disk().off()) CrashService();
}

void World::DismissRejected(int number) {
  device(number).DismissRejected();
  NotePower(number);
}

void World::StartService() {
  while (!service_.Start()) service_.Crash(chance_);
  trace_.Add(Line(time_, "service started", -1));
  onlooker_.ServiceStarted();
}

void World::At(rules::Instant at, std::function<void()> what) {
  events_.emplace(std::pair(at, ++events_made_), std::move(what));
}

void World::InProcess(int number, microseconds delay, std::function<void()> what) {
  In(delay, [this, number, incarnation = device(number).incarnation(), what = std::move(what)] {
    if (device(number).running() && device(number).incarnation() == incarnation) what();
  });
}

microseconds World::Latency() { return milliseconds(chance_.Between(5, 300)); }

microseconds World::LatencyOf(int number) {
  const auto& given = station(number).latency;
  return given ? *given : Latency();
}

void World::Carry(int number, sdk::Effects effects) {
  Station& at = station(number);
  for (sdk::Effect& effect : effects) {
    if (at.effects_left >= 0 && at.effects_left-- == 0) return CrashDevice(number);
    if (auto* call = std::get_if<sdk::Call>(&effect)) Send(number, *call);
    if (auto* timer = std::get_if<sdk::StartTimer>(&effect)) {
      InProcess(number, milliseconds(timer->delay_ms),
                [this, number, id = timer->timer_id] { Give(number, sdk::TimerFired{.timer_id = id}); });
    }
    if (auto* watch = std::get_if<sdk::StartWatch>(&effect)) BeginWatch(number, *watch);
    if (std::holds_alternative<sdk::StopWatch>(effect)) at.watching.reset();
    if (auto* ended = std::get_if<sdk::SyncEnded>(&effect)) {
      trace_.Add(
          Line(time_, "sync ended " + (ended->error ? ended->error->reason : std::string("well")), number));
      at.sync_ends.push_back(*ended);
    }
    if (auto* replied = std::get_if<sdk::Replied>(&effect)) at.replies.push_back(*replied);
  }
}

void World::Send(int number, const sdk::Call& call) {
  Station& at = station(number);
  at.open_calls.insert(call.call_id);
  trace_.Add(Line(time_, std::string("call ") + sdk::PathOf(call.method), number));
  InProcess(number, milliseconds(call.deadline_ms),
            [this, number, call] { Deliver(number, Failed(call, sdk::CallCode::kDeadlineExceeded)); });
  const auto fail_soon = [&] {
    InProcess(number, Latency(),
              [this, number, call] { Deliver(number, Failed(call, sdk::CallCode::kUnavailable)); });
  };
  if (at.cut_off) return fail_soon();
  std::optional<Fate> fate;
  if (sdk::IsOnce(call.method) && next_request_fate_) {
    fate = std::exchange(next_request_fate_, std::nullopt);
  } else if (!at.fates.empty() &&
             (call.method == sdk::Method::kSync || (!options_.spoil_syncs_alone && chance_.OneIn(8)))) {
    // Mostly on what is worth losing: signing in is done again anyhow.
    fate = at.fates.front();
    at.fates.pop_front();
  }
  if (fate) {
    trace_.Add(Line(time_, "fate " + std::to_string(static_cast<int>(*fate)), number));
    onlooker_.Befell(*fate);
  }
  const auto arrive = [&](microseconds delay, bool answer_wanted, microseconds back) {
    In(delay, [this, number, call, answer_wanted, back] { Arrive(number, call, answer_wanted, back); });
  };
  if (!fate) return arrive(LatencyOf(number), true, LatencyOf(number));
  switch (*fate) {
    case Fate::kRequestLost:
      return fail_soon();
    case Fate::kAnswerLost:
      arrive(milliseconds(1), false, {});
      return fail_soon();
    case Fate::kNeverEnds:
      return arrive(Latency(), false, {});
    case Fate::kRepeated:
      arrive(seconds(chance_.Between(1, 120)), false, {});
      return arrive(Latency(), true, Latency());
    case Fate::kOvertaken:
      arrive(seconds(chance_.Between(1, 120)), false, {});
      return fail_soon();
    case Fate::kSlow:
      return arrive(Latency(), true, milliseconds(chance_.Between(1'000, 29'000)));
  }
}

void World::Arrive(int number, const sdk::Call& sent, bool answer_wanted, microseconds back) {
  const auto deliver = [&](const sdk::Answer& answer) {
    if (!answer_wanted || !station(number).open_calls.contains(sent.call_id)) return;
    InProcess(number, back, [this, number, answer] { Deliver(number, answer); });
  };
  if (!service_.running()) return deliver(Failed(sent, sdk::CallCode::kUnavailable));
  sdk::Call call = sent;
  if (options_.distort_request) options_.distort_request(number, call);
  auto answer = service_.Take(call);
  if (!answer.has_value()) {
    CrashService();
    return deliver(Failed(sent, sdk::CallCode::kUnavailable));
  }
  if (options_.distort_answer) options_.distort_answer(number, call, *answer);
  trace_.Add(Line(time_,
                  std::string("answer ") + sdk::PathOf(call.method) + " " +
                      std::to_string(static_cast<int>(answer->status.code)) + " " +
                      std::to_string(static_cast<int>(answer->status.reason)) + " " +
                      std::to_string(answer->response.size()),
                  number));
  onlooker_.Answered(number, call, *answer);
  deliver(*answer);
}

void World::Deliver(int number, const sdk::Answer& answer) {
  if (station(number).open_calls.erase(answer.call_id) == 0) return;
  Give(number, answer);
  if (device(number).running()) onlooker_.Taken(number, answer);
}

void World::BeginWatch(int number, const sdk::StartWatch& watch) {
  Station& at = station(number);
  at.watching.reset();
  std::optional<std::vector<std::string>> dossiers;
  if (!at.cut_off && service_.running()) dossiers = service_.Watchable(watch.access_token);
  at.watching = Station::Watching{.watch_id = watch.watch_id, .access_token = watch.access_token};
  if (!dossiers) return EndWatch(number);
  at.watching->dossiers = {dossiers->begin(), dossiers->end()};
  InProcess(number, Latency(), [this, number, id = watch.watch_id] {
    Give(number, sdk::Hint{.watch_id = id, .dossier_id = {}, .revision = 0});
  });
}

void World::EndWatch(int number) {
  Station& at = station(number);
  if (!at.watching) return;
  const std::uint64_t id = at.watching->watch_id;
  at.watching.reset();
  if (!device(number).running()) return;
  InProcess(number, Latency(), [this, number, id] {
    sdk::WatchEnded ended;
    ended.watch_id = id;
    ended.status.code = sdk::CallCode::kUnavailable;
    Give(number, ended);
  });
}

void World::Hint(const domain::Hints& hints) {
  for (int i = 0; i < station_count(); ++i) {
    const Station& at = station(i);
    if (!at.watching || at.cut_off) continue;
    const std::uint64_t id = at.watching->watch_id;
    const auto tell = [&](const std::string& dossier_id, std::int64_t revision) {
      InProcess(i, Latency(), [this, i, id, dossier_id, revision] {
        Give(i, sdk::Hint{.watch_id = id, .dossier_id = dossier_id, .revision = revision});
      });
    };
    for (const auto& [dossier_id, revision] : hints.dossiers) {
      if (at.watching->dossiers.contains(dossier_id)) tell(dossier_id, revision);
    }
    if (!hints.people.contains(at.person_id)) continue;
    // Their rights may have changed.
    const auto dossiers = service_.Watchable(at.watching->access_token);
    if (!dossiers) {
      EndWatch(i);
      continue;
    }
    station(i).watching->dossiers = {dossiers->begin(), dossiers->end()};
    tell("", 0);
  }
}

void World::NotePower(int number) {
  if (device(number).disk().off()) CrashDevice(number);
}

}  // namespace brug::simulation
