#include "tests/simulation/run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "service/domain/restored_books.h"
#include "tests/simulation/people.h"
#include "tests/simulation/plants.h"

namespace brug::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Days = std::chrono::duration<double, std::ratio<86'400>>;

// So often everyone may sync in the end before something is called stuck.
constexpr int kLastRounds = 8;
// Longer than a device lets what is parked wait.
constexpr std::chrono::days kParkedMax{36};
constexpr int kStationsMax = 60;
// Longer than a device keeps what is backed up, and than the service keeps what was deleted.
constexpr std::chrono::days kWeeksAway{36};
constexpr std::chrono::days kYearAway{401};
// Of some 25 kinds of intent, those that an older service does not know.
constexpr int kKindsUnknown = 8;

// A plan being played.
class Game {
 public:
  Game(const Plan& plan, const RunOptions& options)
      : plan_(plan),
        planting_(PlantingOf(options)),
        world_(WorldOf(plan, options), checks_),
        people_(world_) {
    if (planting_) planting_->Know(world_);
    checks_.Watch(world_);
    world_.trace().on_line = options.on_line;
  }

  Outcome Play() {
    Dice dice(plan_.seed);
    const bool moved_in = people_.MoveIn({.mentors = plan_.mentors,
                                          .clients = plan_.clients,
                                          .second_devices = plan_.second_devices,
                                          .rewards = plan_.rewards},
                                         dice);
    if (!moved_in) checks_.Report("S6", "people could not move in");
    const std::size_t devices = people_.visitors().size();
    for (const Step& step : plan_.steps) {
      if (checks_.violation()) break;
      const rules::Instant begun = world_.time().now;
      // With more devices than at first there are visits more often.
      const std::size_t live = people_.visitors().size() - revoked_;
      world_.Advance(seconds(step.wait_s * static_cast<std::int64_t>(devices) /
                             static_cast<std::int64_t>(std::max<std::size_t>(live, 1))));
      EndPartitions();
      Take(step);
      const auto lived = world_.time().now - begun - std::exchange(away_, {});
      device_days_ += Days(lived).count() * static_cast<double>(live);
    }
    if (!checks_.violation()) Finish();
    Outcome outcome;
    outcome.violation = checks_.violation();
    outcome.trace_hash = world_.trace().hash();
    outcome.tally = checks_.tally();
    outcome.mutations = outcome.tally["mutation accepted"];
    outcome.device_days = device_days_;
    outcome.faults = faults_ + checks_.fates();
    return outcome;
  }

 private:
  static std::unique_ptr<Planting> PlantingOf(const RunOptions& options) {
    const Plant* const plant = FindPlant(options.plant);
    return plant == nullptr ? nullptr : std::make_unique<Planting>(*plant);
  }

  World::Options WorldOf(const Plan& plan, const RunOptions& options) {
    World::Options made{.folder = options.folder, .seed = plan.seed, .adapter = plan.adapter};
    made.distort_request = [this](int, sdk::Call& call) { ForgetKinds(call); };
    if (planting_) planting_->Put(made);
    return made;
  }

  void Take(const Step& step) {
    Dice dice(step.seed);
    const int station =
        people_.visitors()[static_cast<std::size_t>(step.station) % people_.visitors().size()];
    switch (step.kind) {
      case Step::Kind::kVisit:
        return people_.Visit(station, dice);
      case Step::Kind::kVisitOffline:
        return people_.VisitOffline(station, dice);
      case Step::Kind::kRewards:
        return people_.Rewards(dice);
      case Step::Kind::kHandover:
        return people_.Handover(dice);
      case Step::Kind::kNewDevice:
        if (world_.station_count() < kStationsMax) (void)people_.NewDevice(dice);
        return;
      case Step::Kind::kNewClient:
        if (world_.station_count() < kStationsMax) (void)people_.NewClient(dice);
        return;
      case Step::Kind::kAway:
        // These days are not those of anybody's life with Brug.
        away_ += dice.OneIn(4) ? kYearAway : kWeeksAway;
        ++checks_.tally()["everybody away"];
        return world_.Advance(away_);
      case Step::Kind::kJobs:
        if (!world_.service().running()) return;
        world_.RunJobs();
        InspectBooks();
        if (world_.service().running()) Operate(dice);
        return;
      case Step::Kind::kDismiss:
        if (world_.EnsureRunning(station)) world_.DismissRejected(station);
        return;
      case Step::Kind::kInspect:
        if (!world_.EnsureRunning(station)) return;
        checks_.Inspect(station);
        phone_backups_[station] = {.image = world_.device(station).disk().Copy(), .at = world_.time().now};
        return;
      case Step::Kind::kFault:
        return Befall(step.fault, Victim(step.fault, station, dice), dice);
    }
  }

  // Now and then what may happen to anybody happens to those who hand out money.
  int Victim(Fault fault, int station, Dice& dice) {
    const std::vector<int> counters = people_.Counters();
    if (fault == Fault::kRevocation || fault == Fault::kPhoneRestore || counters.empty() || !dice.OneIn(5)) {
      return station;
    }
    return counters[dice.Below(counters.size())];
  }

  // What befalls a call is counted when it does, and everything else here.
  void Count(Fault fault) {
    ++faults_;
    ++checks_.tally()["fault " + std::string(NameOf(fault))];
  }

  void Befall(Fault fault, int station, Dice& dice) {
    world_.trace().Add("fault " + std::string(NameOf(fault)) + " " + std::to_string(station));
    Station& at = world_.station(station);
    switch (fault) {
      case Fault::kRequestLost:
      case Fault::kAnswerLost:
      case Fault::kNeverEnds:
      case Fault::kRepeated:
      case Fault::kOvertaken:
      case Fault::kSlow:
        if (plan_.rewards && dice.OneIn(2)) return world_.SpoilNextRequest(static_cast<Fate>(fault));
        for (std::uint64_t i = dice.Below(3); i > 0; --i) at.fates.push_back(std::nullopt);
        at.fates.push_back(static_cast<Fate>(fault));
        return;
      case Fault::kPartition:
        Count(fault);
        at.cut_off = true;
        partitions_[station] = world_.time().now + minutes(dice.Between(10, 5 * 24 * 60));
        return;
      case Fault::kServiceCrash:
        if (!world_.service().running()) return;
        Count(fault);
        return world_.CrashService();
      case Fault::kServiceCrashInWrite:
        Count(fault);
        world_.service().disk().CutPowerAfter(dice.Between(0, 40));
        return;
      case Fault::kDeviceCrash:
        Count(fault);
        at.effects_left = dice.Between(0, 8);
        return;
      case Fault::kDeviceCrashInWrite:
        Count(fault);
        at.device->disk().CutPowerAfter(dice.Between(0, 25));
        return;
      case Fault::kDeviceClock:
        Count(fault);
        at.device->clock().skew = Skew(dice);
        return;
      case Fault::kServiceClock:
        Count(fault);
        world_.service().clock().skew = seconds(dice.Between(-45, 300));
        return;
      case Fault::kUnknownKind:
        Count(fault);
        for (int i = 0; i < kKindsUnknown; ++i) unknown_kinds_.insert(static_cast<int>(dice.Between(16, 40)));
        unknown_until_ = world_.time().now + hours(dice.Between(1, 24));
        return;
      case Fault::kRevocation:
        if (!world_.service().running() || !world_.EnsureRunning(station)) return;
        if (people_.Revoke(station, dice)) {
          Count(fault);
          checks_.Revoked(station);
          ++revoked_;
        } else if (world_.service().disk().off()) {
          checks_.MayBeRevoked(station);
          world_.CrashService();
        }
        return;
      case Fault::kServiceRestore:
        if (!backup_ || !world_.service().running()) return;
        Count(fault);
        world_.RestoreService(*backup_);
        checks_.ForgetHistory();
        InspectBooks();
        put_back_ = held_back_ = true;
        ++checks_.tally()["service restored"];
        return;
      case Fault::kPhoneRestore:
        return RestorePhone(station);
    }
  }

  // What the operator does now and then.
  void Operate(Dice& dice) {
    if (held_back_ && NotHeard() == 0) Release();
    if (!world_.service().running()) return;
    backup_ = world_.service().BackUp();
    // Mostly: it may also end before it could tell.
    if (dice.OneIn(6)) return;
    std::vector<std::string> dossiers;
    for (const auto& [dossier_id, truth] : checks_.truth().dossiers()) dossiers.push_back(dossier_id);
    world_.service().TellBackedUp(dossiers);
    if (world_.service().disk().off()) world_.CrashService();
  }

  void InspectBooks() {
    if (plan_.rewards && world_.service().running()) checks_.InspectBooks();
  }

  // Of a restored service: the shops that did not show yet what they have.
  std::int64_t NotHeard() {
    const auto told = AskRelease(true);
    return told.ok() ? told->merchants_not_heard_size() : 1;
  }

  void Release() {
    if (!AskRelease(false).ok()) return;
    held_back_ = false;
    InspectBooks();
    ++checks_.tally()["restored service released"];
  }

  platform::Result<v1::ReleaseRestoreResponse> AskRelease(bool only_tell) {
    v1::ReleaseRestoreRequest request;
    request.set_request_id(world_.NewId());
    request.set_only_tell(only_tell);
    return world_.service().Administer(domain::ReleaseRestore, request);
  }

  void RestorePhone(int station) {
    const auto backup = phone_backups_.find(station);
    if (backup == phone_backups_.end()) return;
    Count(Fault::kPhoneRestore);
    world_.RestoreDevice(station, backup->second.image);
    checks_.PutBack(station, backup->second.at);
    (void)world_.EnsureRunning(station);
  }

  static std::chrono::microseconds Skew(Dice& dice) {
    switch (dice.Below(4)) {
      case 0:
        return seconds(0);
      case 1:
        return seconds(dice.Between(-600, 600));
      case 2:
        return hours(dice.Between(-48, 48));
      default:
        return hours(24 * dice.Between(-3'650, 3'650));
    }
  }

  void EndPartitions() {
    std::erase_if(partitions_, [&](const auto& partition) {
      if (partition.second > world_.time().now) return false;
      world_.station(partition.first).cut_off = false;
      return true;
    });
    if (world_.time().now >= unknown_until_) unknown_kinds_.clear();
  }

  // As a service that is older than the app: it does not see what kind of intent it is.
  void ForgetKinds(sdk::Call& call) const {
    if (unknown_kinds_.empty() || call.method != sdk::Method::kSync) return;
    v1::SyncRequest request;
    if (!request.ParseFromString(call.request)) return;
    for (v1::Mutation& mutation : *request.mutable_mutations()) {
      if (unknown_kinds_.contains(mutation.intent_case())) mutation.clear_intent();
    }
    call.request = request.SerializeAsString();
  }

  // The faults are over; everyone comes back and syncs.
  void Finish() {
    unknown_kinds_.clear();
    world_.service().disk().KeepPower();
    world_.service().clock().skew = seconds(0);
    for (int i = 0; i < world_.station_count(); ++i) {
      Station& at = world_.station(i);
      at.cut_off = false;
      at.fates.clear();
      at.effects_left = -1;
      at.device->disk().KeepPower();
    }
    world_.Advance(minutes(3));
    world_.StartAll();
    // What waits for something that never comes back is judged like the rest when its time is over.
    if (!EveryoneSyncs() && !checks_.violation() && put_back_) {
      world_.Advance(kParkedMax);
      (void)EveryoneSyncs();
    }
    if (checks_.violation()) return;
    checks_.InspectEnd(failed_);
    InspectBooks();
    if (plan_.rewards && !held_back_) checks_.InspectPromises();
  }

  // As often as it takes, or should: whether nothing is pending any more, and nothing new comes.
  bool EveryoneSyncs() {
    for (int round = 0; round < kLastRounds; ++round) {
      const std::int64_t applied_before = checks_.tally()["outcome applied"];
      bool quiet = true;
      for (int i = 0; i < world_.station_count(); ++i) {
        if (!world_.EnsureRunning(i)) {
          // Once wiped it has no keys for files of before.
          if (checks_.IsRevoked(i)) continue;
          checks_.Report("S2", "device " + std::to_string(i) + " cannot begin again: " +
                                   world_.device(i).error().value_or(Error{}).reason);
        }
        if (checks_.violation()) return false;
        if (!world_.device(i).core().account()) continue;
        const auto error = world_.Sync(i);
        failed_.erase(i);
        if (error) failed_[i] = error->reason;
        quiet = quiet && world_.device(i).core().Status().pending == 0;
      }
      // By now everyone has shown what they have.
      if (held_back_ && round > 0) Release();
      world_.Advance(minutes(2));
      quiet = quiet && checks_.tally()["outcome applied"] == applied_before;
      if (quiet && round > 0) return true;
    }
    return false;
  }

  const Plan& plan_;
  Checks checks_;
  // Before the world, which it outlives.
  std::unique_ptr<Planting> planting_;
  World world_;
  People people_;
  std::int64_t faults_ = 0;
  double device_days_ = 0;
  // Of the step that is taken.
  std::chrono::microseconds away_{};
  std::size_t revoked_ = 0;
  struct PhoneBackup {
    SimulatedDisk::Image image;
    rules::Instant at;
  };
  std::optional<SimulatedService::Backup> backup_;
  // Put back some time; put back, and not released yet.
  bool put_back_ = false;
  bool held_back_ = false;
  // How the last sync ended of those that did not end well.
  std::map<int, std::string> failed_;
  std::map<int, PhoneBackup> phone_backups_;
  std::map<int, rules::Instant> partitions_;
  std::set<int> unknown_kinds_;
  rules::Instant unknown_until_;
};

}  // namespace

Outcome Run(const Plan& plan, const RunOptions& options) { return Game(plan, options).Play(); }

Plan Shrink(const Plan& plan, const Violation& violation, const RunOptions& options, int runs_max) {
  Plan smallest = plan;
  int runs = 0;
  const auto still_breaks = [&](const Plan& candidate) {
    if (++runs > runs_max) return false;
    RunOptions quietly = options;
    quietly.on_line = {};
    const Outcome outcome = Run(candidate, quietly);
    return outcome.violation && outcome.violation->rule == violation.rule;
  };
  for (std::size_t chunk = std::max<std::size_t>(smallest.steps.size() / 2, 1); chunk > 0 && runs < runs_max;
       chunk /= 2) {
    for (std::size_t at = 0; at < smallest.steps.size() && runs < runs_max;) {
      Plan candidate = smallest;
      const auto from = candidate.steps.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(chunk, candidate.steps.size() - at);
      candidate.steps.erase(from, from + static_cast<std::ptrdiff_t>(count));
      if (still_breaks(candidate)) {
        smallest = std::move(candidate);
      } else {
        at += chunk;
      }
    }
  }
  for (int Plan::*count : {&Plan::second_devices, &Plan::clients, &Plan::mentors}) {
    const int least = count == &Plan::second_devices ? 0 : 1;
    while (smallest.*count > least) {
      Plan candidate = smallest;
      candidate.*count -= 1;
      if (!still_breaks(candidate)) break;
      smallest = std::move(candidate);
    }
  }
  return smallest;
}

}  // namespace brug::simulation
