#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/benchmarks/measure.h"
#include "tests/support/dossier_story.h"
#include "tests/support/raw_device.h"
#include "tests/support/temporary_folder.h"

namespace brug::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLanesMax = 64;

// The number of fsyncs of a program that has the counter preloaded.
class FsyncCount {
 public:
  explicit FsyncCount(std::string path) : path_(std::move(path)) {
    std::ofstream(path_, std::ios::binary).write("\0\0\0\0\0\0\0\0", 8);
    setenv("LD_PRELOAD", BRUG_FSYNC_COUNTER, 1);
    setenv("FSYNC_COUNT_FILE", path_.c_str(), 1);
  }
  // What was started while this was being set up counts; what is started from now on does not.
  void StopPreloading() {
    unsetenv("LD_PRELOAD");
    unsetenv("FSYNC_COUNT_FILE");
  }
  [[nodiscard]] std::uint64_t Value() const {
    std::uint64_t value = 0;
    std::ifstream(path_, std::ios::binary).read(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }

 private:
  std::string path_;
};

// The do-nothing server, in a process of its own.
class NothingProcess {
 public:
  NothingProcess(const std::string& tls_directory, const std::string& port_file, int answer_bytes) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    process_id_ = fork();
    if (process_id_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[0], STDIN_FILENO);
      const std::string bytes = std::to_string(answer_bytes);
      execl("/proc/self/exe", "brug-bench", "--serve-nothing", tls_directory.c_str(), port_file.c_str(),
            bytes.c_str(), nullptr);
      _exit(127);
    }
    close(ends[0]);
    input_ = ends[1];
    std::ifstream file;
    while (!(file = std::ifstream(port_file))) {
      if (waitpid(process_id_, nullptr, WNOHANG) != 0)
        throw std::runtime_error("the do-nothing server did not start");
      std::this_thread::yield();
    }
    file >> port_;
  }
  ~NothingProcess() {
    close(input_);
    waitpid(process_id_, nullptr, 0);
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  pid_t process_id_ = -1;
  int input_ = -1;
  int port_ = 0;
};

// One client with a dossier of their own, one call in flight at a time.
struct Lane {
  std::unique_ptr<test::RawDevice> device;
  std::string dossier_id;
  std::string step_id;
  std::string cursor;
  // Where the lane's calls go when they go to the do-nothing server.
  std::unique_ptr<v1::SyncService::Stub> nothing;
  bool done_last = false;
};

// One call under way.
struct Flight {
  std::unique_ptr<grpc::ClientContext> context;
  v1::SyncRequest request;
  v1::SyncResponse response;
};

class Load {
 public:
  explicit Load(test::RunningService& service) : service_(service) {
    const std::string organisation = service.CreateOrganisation("Bench");
    const auto staff = service.RegisterStaff({.organisation_id = organisation, .display_name = "Mentor"});
    test::RawDevice mentor(service, organisation);
    Demand(mentor.Enrol(staff.activation_code));
    for (int i = 0; i < kLanesMax; ++i) lanes_.push_back(MakeLane(mentor, organisation));
  }

  void AddNothing(const NothingProcess& nothing) {
    for (Lane& lane : lanes_) {
      grpc::SslCredentialsOptions options;
      options.pem_root_certs = service_.root_certificate_pem();
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      lane.nothing = v1::SyncService::NewStub(
          grpc::CreateCustomChannel(nothing.address(), grpc::SslCredentials(options), arguments));
    }
  }

  // Calls a second, with `lanes_count` in flight; each call is one tick.
  double Run(int lanes_count, bool nothing, double seconds) {
    // What is left from before must not fall into the measure.
    for (int i = 0; i < lanes_count; ++i) Once(lanes_[static_cast<std::size_t>(i)], nothing);
    finished_ = 0;
    running_ = lanes_count;
    const auto begun = Clock::now();
    end_ = begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    for (int i = 0; i < lanes_count; ++i) Fly(lanes_[static_cast<std::size_t>(i)], nothing);
    std::unique_lock lock(mutex_);
    landed_.wait(lock, [this] { return running_ == 0; });
    if (!failure_.empty()) throw std::runtime_error(failure_);
    return static_cast<double>(finished_) / std::chrono::duration<double>(Clock::now() - begun).count();
  }

  // Bytes of one answer.
  int AnswerBytes() { return static_cast<int>(Once(lanes_[0], false).ByteSizeLong()); }
  [[nodiscard]] std::uint64_t finished() const { return finished_; }

 private:
  static void Demand(const grpc::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.error_message());
  }

  Lane MakeLane(test::RawDevice& mentor, const std::string& organisation) {
    const auto client = mentor.RegisterClient("Client");
    Lane lane{.device = std::make_unique<test::RawDevice>(service_, organisation),
              .dossier_id = client.dossier_id()};
    Demand(lane.device->Enrol(client.activation_code()));
    const std::string goal = lane.device->NewId();
    lane.step_id = lane.device->NewId();
    v1::Mutation new_goal = testing::NewGoal(goal);
    new_goal.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
    if (!lane.device->Push(new_goal, lane.dossier_id).has_applied() ||
        !lane.device->Push(testing::NewStep(lane.step_id, goal), lane.dossier_id).has_applied()) {
      throw std::runtime_error("the dossier for the measure could not be made");
    }
    return lane;
  }

  std::unique_ptr<Flight> Prepare(Lane& lane) {
    auto flight = std::make_unique<Flight>();
    flight->context = lane.device->Context();
    lane.done_last = !lane.done_last;
    const auto state = lane.done_last ? v1::TICK_STATE_DONE : v1::TICK_STATE_CLEARED;
    *flight->request.add_mutations() =
        lane.device->Number(testing::Tick(lane.step_id, testing::kToday, state), lane.dossier_id);
    auto& cursor = *flight->request.add_cursors();
    cursor.set_dossier_id(lane.dossier_id);
    cursor.set_cursor(lane.cursor);
    flight->request.set_statements_seen(1'000'000);
    flight->request.set_templates_seen(1);
    return flight;
  }

  v1::SyncResponse Once(Lane& lane, bool nothing) {
    auto flight = Prepare(lane);
    auto& stub = nothing ? *lane.nothing : lane.device->sync();
    Demand(stub.Sync(flight->context.get(), flight->request, &flight->response));
    Keep(lane, nothing, flight->response);
    return flight->response;
  }

  // The do-nothing server took no mutation, so the next number for the real one is the same again.
  void Keep(Lane& lane, bool nothing, const v1::SyncResponse& response) {
    if (nothing) {
      lane.device->TakeBackNumber(lane.dossier_id);
      return;
    }
    if (!response.outcomes(0).has_applied() || response.pages_size() != 1) {
      Fail("a tick was not applied: " + response.outcomes(0).ShortDebugString());
      return;
    }
    lane.cursor = response.pages(0).cursor();
  }

  void Fail(const std::string& why) {
    const std::lock_guard lock(mutex_);
    failure_ = why;
  }

  void Fly(Lane& lane, bool nothing) {
    auto flight = Prepare(lane);
    auto* raw = flight.release();
    auto& stub = nothing ? *lane.nothing : lane.device->sync();
    stub.async()->Sync(raw->context.get(), &raw->request, &raw->response,
                       [this, &lane, nothing, raw](const grpc::Status& status) {
                         const std::unique_ptr<Flight> landed(raw);
                         if (!status.ok()) Fail(status.error_message());
                         if (status.ok()) Keep(lane, nothing, landed->response);
                         Land(lane, nothing);
                       });
  }

  void Land(Lane& lane, bool nothing) {
    {
      const std::lock_guard lock(mutex_);
      ++finished_;
      if (!failure_.empty() || Clock::now() >= end_) {
        if (--running_ == 0) landed_.notify_all();
        return;
      }
    }
    Fly(lane, nothing);
  }

  test::RunningService& service_;
  std::vector<Lane> lanes_;
  std::mutex mutex_;
  std::condition_variable landed_;
  std::uint64_t finished_ = 0;
  int running_ = 0;
  Clock::time_point end_;
  std::string failure_;
};

struct Goal {
  int lanes_count;
  double ratio;
};
constexpr Goal kGoals[] = {{1, 0.25}, {8, 0.35}, {64, 0.50}};

}  // namespace

void MeasurePush(const Effort& effort, const std::string& only) {
  bool wanted = std::string("fsyncs").starts_with(only);
  for (const Goal& goal : kGoals)
    wanted = wanted || ("push_" + std::to_string(goal.lanes_count)).starts_with(only);
  if (!wanted) return;
  TemporaryFolder directory;
  FsyncCount fsyncs(directory / "fsyncs");
  test::RunningService service({.flags = {"--device_calls_per_minute_max=1000000000"}});
  fsyncs.StopPreloading();
  Load load(service);
  const std::string certificate = service.root_certificate_path();
  const NothingProcess nothing(certificate.substr(0, certificate.rfind('/')), directory / "port",
                               load.AnswerBytes());
  load.AddNothing(nothing);
  for (const Goal& goal : kGoals) {
    const std::string name = "push_" + std::to_string(goal.lanes_count);
    const bool counts = goal.lanes_count == kLanesMax;
    if (!name.starts_with(only) && !(counts && std::string("fsyncs").starts_with(only))) continue;
    std::vector<double> per_mutation;
    const Pairs pairs = InTurns(
        effort.pairs_count,
        [&] {
          const std::uint64_t before = fsyncs.Value();
          const double rate = load.Run(goal.lanes_count, false, effort.slice_s);
          per_mutation.push_back(static_cast<double>(fsyncs.Value() - before) /
                                 static_cast<double>(load.finished()));
          return rate;
        },
        [&] { return load.Run(goal.lanes_count, true, effort.slice_s); });
    Print({.name = name,
           .value = pairs.a,
           .unit = "durable ticks/s",
           .limit_name = "the same calls to a handler that does nothing",
           .limit = pairs.b,
           .ratio = pairs.ratio,
           .goal = goal.ratio,
           .ok = pairs.ratio >= goal.ratio});
    if (!counts) continue;
    const double syncs = Median(per_mutation);
    Print({.name = "fsyncs",
           .value = syncs,
           .unit = "fsyncs/mutation at 64 in flight",
           .limit_name = "1",
           .limit = 1,
           .ratio = syncs,
           .goal = 0.05,
           .ok = syncs <= 0.05});
  }
}

}  // namespace brug::bench
