#include <charconv>

#include "brug/v1/admin_service.pb.h"
#include "client-sdk/src/sync/storage.h"
#include "tests/scenarios/stage.h"
#include "tests/scenarios/texts.h"

// What happens around people and apps: network, time, power, disks, the service.
namespace brug::scenarios {
namespace {

using simulation::Fate;

// So often everyone syncs when everyone does: a device learns in one round what another offers in the one
// before.
constexpr int kRoundsOfEveryone = 6;
// On a slow line a sync of several calls takes minutes.
constexpr std::chrono::minutes kSyncWait{10};
// Short enough to be between two calls.
constexpr std::chrono::milliseconds kStepOfSync{1};
constexpr int kStepsOfSyncMax = 60'000;

std::string Begun(const std::string& device, const std::optional<Error>& error) {
  return "the " + device + " said " + (error ? error->reason : "that all went well");
}

Saw Sync(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  if (!stage.device(name).running()) return "the " + name + " is off";
  const auto error = stage.world().Sync(stage.StationOf(name), kSyncWait);
  return error ? Saw(Begun(name, error)) : std::nullopt;
}

Saw TryToSync(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  if (!stage.device(name).running()) return "the " + name + " is off";
  (void)stage.world().Sync(stage.StationOf(name), kSyncWait);
  return std::nullopt;
}

Saw SyncInVain(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  if (!stage.device(name).running()) return "the " + name + " is off";
  const auto error = stage.world().Sync(stage.StationOf(name), kSyncWait);
  return error && error->reason == said.words[0] ? std::nullopt : Saw(Begun(name, error));
}

Saw SyncEveryone(Stage& stage, const Said&) {
  for (int round = 0; round < kRoundsOfEveryone; ++round) {
    for (int i = 0; i < stage.world().station_count(); ++i) {
      const bool there = stage.world().device(i).running() && !stage.world().station(i).cut_off;
      if (there && stage.world().device(i).core().account()) (void)stage.world().Sync(i);
    }
  }
  return std::nullopt;
}

template <Fate kFate>
Saw Spoil(Stage& stage, const Said& said) {
  auto& fates = stage.station(said.devices[0]).fates;
  const std::int64_t call = said.numbers.empty() ? 1 : said.numbers[0];
  while (static_cast<std::int64_t>(fates.size()) + 1 < call) fates.push_back(std::nullopt);
  fates.push_back(kFate);
  return std::nullopt;
}

template <bool kCutOff>
Saw CutOff(Stage& stage, const Said& said) {
  for (const std::string& device : said.devices) stage.station(device).cut_off = kCutOff;
  return std::nullopt;
}

Saw SlowDown(Stage& stage, const Said& said) {
  stage.station(said.devices[0]).latency = said.spans[0];
  return std::nullopt;
}

Saw Wait(Stage& stage, const Said& said) {
  stage.world().Advance(said.spans[0]);
  return std::nullopt;
}

Saw WaitUntil(Stage& stage, const Said& said) {
  int hours = 0, minutes = 0;
  const std::string& clock = said.words[0];
  std::from_chars(clock.data(), clock.data() + 2, hours);
  std::from_chars(clock.data() + 3, clock.data() + 5, minutes);
  const rules::Instant wanted =
      stage.DayOf(said.days[0]) + std::chrono::hours(hours) + std::chrono::minutes(minutes);
  if (wanted < stage.world().time().now) return "it is later than that already";
  stage.world().Advance(wanted - stage.world().time().now);
  return std::nullopt;
}

template <int kSign>
Saw SetClock(Stage& stage, const Said& said) {
  stage.device(said.devices[0]).clock().skew =
      said.spans.empty() ? std::chrono::seconds(0) : kSign * said.spans[0];
  return std::nullopt;
}

template <int kSign>
Saw SetServiceClock(Stage& stage, const Said& said) {
  stage.world().service().clock().skew = said.spans.empty() ? std::chrono::seconds(0) : kSign * said.spans[0];
  return std::nullopt;
}

// ---- Devices

Saw GoOff(Stage& stage, const Said& said) {
  stage.world().CrashDevice(stage.StationOf(said.devices[0]));
  return std::nullopt;
}

Saw GoOffAtWrite(Stage& stage, const Said& said) {
  stage.device(said.devices[0]).disk().CutPowerAfter(said.numbers[0]);
  return std::nullopt;
}

// Within a sync: after so many of the calls that it makes. The process ends before the next is sent.
Saw SyncUntil(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  const int station = stage.StationOf(name);
  simulation::Station& at = stage.world().station(station);
  at.sync_ends.clear();
  const std::int64_t before = stage.lookout().TakenBy(station);
  const auto taken = [&] { return stage.lookout().TakenBy(station) - before; };
  stage.world().Give(station, sdk::SyncWanted{});
  for (int i = 0; i < kStepsOfSyncMax && taken() < said.numbers[0] && at.sync_ends.empty(); ++i) {
    stage.world().Advance(kStepOfSync);
  }
  if (taken() < said.numbers[0] || !at.sync_ends.empty()) {
    return "it was over after " + std::to_string(taken()) + " answers";
  }
  stage.world().CrashDevice(station);
  return std::nullopt;
}

Saw Begin(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  stage.device(name).disk().KeepPower();
  if (!stage.world().EnsureRunning(stage.StationOf(name))) {
    return "the " + name + " cannot open its files: " + stage.device(name).error()->reason;
  }
  return std::nullopt;
}

Saw BeginInVain(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  if (stage.world().EnsureRunning(stage.StationOf(name))) return "the " + name + " opened its files";
  const std::string& reason = stage.device(name).error()->reason;
  return reason == said.words[0] ? std::nullopt : Saw("the " + name + " said " + reason);
}

Saw OpenTwice(Stage& stage, const Said& said) {
  const auto second = sdk::OpenSqliteStorage(stage.device(said.devices[0]).folder());
  if (second.ok()) return "two apps have the files of the " + said.devices[0];
  return second.error().reason == said.words[0] ? std::nullopt : Saw("it said " + second.error().reason);
}

Saw BackUpDevice(Stage& stage, const Said& said) {
  stage.phone_backups[said.devices[0]] = {.image = stage.device(said.devices[0]).disk().Copy(),
                                          .at = stage.world().time().now};
  return std::nullopt;
}

Saw PutDeviceBack(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  const auto kept = stage.phone_backups.find(name);
  if (kept == stage.phone_backups.end()) return "there is no backup of the " + name;
  stage.world().RestoreDevice(stage.StationOf(name), kept->second.image);
  stage.checks().PutBack(stage.StationOf(name), kept->second.at);
  return Begin(stage, said);
}

Saw PutDeviceBackInVain(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  const auto kept = stage.phone_backups.find(name);
  if (kept == stage.phone_backups.end()) return "there is no backup of the " + name;
  stage.world().RestoreDevice(stage.StationOf(name), kept->second.image);
  return BeginInVain(stage, said);
}

Saw Clone(Stage& stage, const Said& said) {
  const std::string& name = said.devices[0];
  const int clone = stage.world().CloneStation(stage.StationOf(name));
  stage.AddDevice(said.words[0], stage.NameOf(stage.OwnerOf(name).person_id), clone);
  return std::nullopt;
}

// On other hardware there is another key store.
Saw CopyFiles(Stage& stage, const Said& said) {
  const int station = stage.world().NewStation();
  stage.AddDevice(said.words[0], stage.NameOf(stage.OwnerOf(said.devices[0]).person_id), station);
  simulation::SimulatedDevice& to = stage.world().device(station);
  simulation::SimulatedDevice& from = stage.device(said.devices[0]);
  simulation::SimulatedDisk::Image image;
  for (const auto& [path, content] : from.disk().Copy()) {
    image[to.folder() + path.substr(from.folder().size())] = content;
  }
  stage.world().RestoreDevice(station, image);
  return std::nullopt;
}

template <bool kFull>
Saw FillDisk(Stage& stage, const Said& said) {
  stage.device(said.devices[0]).disk().SetFull(kFull);
  return std::nullopt;
}

Saw DamageFiles(Stage& stage, const Said& said) {
  stage.device(said.devices[0]).Stop();
  stage.device(said.devices[0]).disk().Damage();
  return std::nullopt;
}

Saw Revoke(Stage& stage, const Said& said) {
  const int station = stage.StationOf(said.devices[0]);
  v1::RevokePersonDeviceRequest request;
  request.set_request_id(stage.world().NewId());
  request.set_device_id(stage.world().device(station).core().account()->device_id);
  const auto revoked = stage.world().service().Administer(domain::RevokePersonDevice, request);
  if (!revoked.ok()) return "the operator could not revoke it";
  stage.checks().Revoked(station);
  return std::nullopt;
}

Saw SignIn(Stage& stage, const Said& said) {
  Person& person = stage.people().at(said.people[0]);
  simulation::Station& at = stage.station(said.devices[0]);
  at.replies.clear();
  stage.world().Give(stage.StationOf(said.devices[0]),
                     sdk::EnrolWanted{.request_id = 1'000'000,
                                      .activation_code = person.activation_code,
                                      .device_name = said.devices[0]});
  stage.world().Advance(std::chrono::seconds(5));
  if (at.replies.empty()) return "there was no answer";
  return Stage::HeldTo(said, at.replies.back().error ? at.replies.back().error->reason : "");
}

// ---- The service

Saw StopService(Stage& stage, const Said&) {
  stage.world().service().Crash(stage.world().chance());
  return std::nullopt;
}

Saw BeginService(Stage& stage, const Said&) {
  stage.world().StartAll();
  return std::nullopt;
}

Saw BackUpService(Stage& stage, const Said&) {
  stage.backup = stage.world().service().BackUp();
  return std::nullopt;
}

Saw PutServiceBack(Stage& stage, const Said&) {
  if (!stage.backup) return "there is no backup of the service";
  stage.world().RestoreService(*stage.backup);
  stage.checks().ForgetHistory();
  return std::nullopt;
}

Saw NotKnow(Stage& stage, const Said& said) {
  stage.unknown_intents.insert(IntentOf(said.words[0]));
  return std::nullopt;
}

Saw Renew(Stage& stage, const Said&) {
  stage.unknown_intents.clear();
  return std::nullopt;
}

Saw RefuseByNewRules(Stage& stage, const Said& said) {
  stage.refused_by_the_newest_rules.insert(said.texts[0]);
  return std::nullopt;
}

Saw RunJobs(Stage& stage, const Said&) {
  stage.world().RunJobs();
  return std::nullopt;
}

Saw Dismiss(Stage& stage, const Said& said) {
  stage.world().DismissRejected(stage.StationOf(said.devices[0]));
  return std::nullopt;
}

}  // namespace

const std::vector<Sentence>& SentencesOfWorld() {
  static const std::vector<Sentence> sentences = {
      {"the DEVICE syncs", Sync},
      {"the DEVICE tries to sync", TryToSync},
      {"the DEVICE syncs in vain and says REASON", SyncInVain},
      {"everyone syncs", SyncEveryone},
      {"the DEVICE has no signal", CutOff<true>},
      {"the DEVICE and the DEVICE have no signal", CutOff<true>},
      {"the DEVICE has signal again", CutOff<false>},
      {"the DEVICE and the DEVICE have signal again", CutOff<false>},
      {"the next call of the DEVICE is lost", Spoil<Fate::kRequestLost>},
      {"the answer to the next call of the DEVICE is lost", Spoil<Fate::kAnswerLost>},
      {"the answer to call NUMBER of the DEVICE is lost", Spoil<Fate::kAnswerLost>},
      {"the next call of the DEVICE is never answered", Spoil<Fate::kNeverEnds>},
      {"the next call of the DEVICE arrives twice", Spoil<Fate::kRepeated>},
      {"the next call of the DEVICE arrives after those behind it", Spoil<Fate::kOvertaken>},
      {"every call of the DEVICE takes SPAN there and as long back", SlowDown},
      {"SPAN pass/passes", Wait},
      {"it becomes DAY TIME", WaitUntil},
      {"the clock of the DEVICE is SPAN ahead", SetClock<1>},
      {"the clock of the DEVICE is SPAN behind", SetClock<-1>},
      {"the clock of the DEVICE is right again", SetClock<0>},
      {"the clock of the service is SPAN ahead", SetServiceClock<1>},
      {"the clock of the service is SPAN behind", SetServiceClock<-1>},
      {"the power of the DEVICE goes", GoOff},
      {"the power of the DEVICE goes after NUMBER writes", GoOffAtWrite},
      {"the DEVICE syncs and its power goes after NUMBER answer/answers", SyncUntil},
      {"the DEVICE starts again", Begin},
      {"the DEVICE cannot start and says REASON", BeginInVain},
      {"a second app on the DEVICE cannot start and says REASON", OpenTwice},
      {"a backup of the DEVICE is made", BackUpDevice},
      {"the DEVICE is put back to its backup", PutDeviceBack},
      {"the DEVICE is put back to its backup and cannot start REASON", PutDeviceBackInVain},
      {"the DEVICE is cloned to the WORD", Clone},
      {"the files of the DEVICE are copied to the WORD", CopyFiles},
      {"the disk of the DEVICE is full", FillDisk<true>},
      {"the disk of the DEVICE has room again", FillDisk<false>},
      {"the files of the DEVICE are damaged", DamageFiles},
      {"the DEVICE is revoked", Revoke},
      {"NAME signs in on the DEVICE", SignIn},
      {"somebody has read what came back to the DEVICE", Dismiss},
      {"the service stops at once", StopService},
      {"the service starts again", BeginService},
      {"a backup of the service is made", BackUpService},
      {"the service is put back to the backup", PutServiceBack},
      {"the service does not know a/an KIND yet", NotKnow},
      {"the service is renewed", Renew},
      {"the newest rules refuse TEXT", RefuseByNewRules},
      {"the service runs its jobs", RunJobs},
  };
  return sentences;
}

}  // namespace brug::scenarios
