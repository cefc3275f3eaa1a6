// A device whose process is killed keeps every mutation that it acknowledged, in exactly one state.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <random>
#include <set>
#include <string>

#include "tests/unit/sdk_world.h"

namespace brug::sdk {
namespace {

constexpr int kKills = 30;

// What goes through the pipes between the device's process and this one.
enum class Kind : char {
  kBegun = 'b',     // an Accept begins
  kAccepted = 'a',  // it returned: the mutation id
  kCall = 'c',      // a call to the service: its method, a space, its token, a space, its request
  kAnswer = 'r',
};

struct Frame {
  Kind kind = Kind::kBegun;
  std::string bytes;
};

bool WriteAll(int descriptor, const std::string& bytes) {
  return ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

bool ReadAll(int descriptor, void* bytes, std::size_t size) {
  for (std::size_t got = 0; got < size;) {
    const ssize_t now = ::read(descriptor, static_cast<char*>(bytes) + got, size - got);
    if (now <= 0) return false;
    got += static_cast<std::size_t>(now);
  }
  return true;
}

bool Send(int descriptor, Kind kind, const std::string& bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::string frame(1, static_cast<char>(kind));
  frame.append(reinterpret_cast<const char*>(&size), sizeof size);
  return WriteAll(descriptor, frame + bytes);
}

bool Receive(int descriptor, Frame& frame) {
  std::uint32_t size = 0;
  if (!ReadAll(descriptor, &frame.kind, 1) || !ReadAll(descriptor, &size, sizeof size)) return false;
  frame.bytes.assign(size, '\0');
  return ReadAll(descriptor, frame.bytes.data(), size);
}

struct Pipes {
  int from_device[2];
  int to_device[2];
};

// The device's process: accepts and syncs until it is killed.
[[noreturn]] void LiveUntilKilled(Phone& phone, const Pipes& pipes, int kill) {
  if (!phone.Reopen().ok()) ::_exit(2);
  for (int i = 0;; ++i) {
    if (!Send(pipes.from_device[1], Kind::kBegun, "")) ::_exit(3);
    auto accepted = phone.Accept(SendMessage(phone.core().NewId(), "bericht " + std::to_string(kill)));
    if (!accepted.ok()) ::_exit(4);
    if (!Send(pipes.from_device[1], Kind::kAccepted, accepted->mutation_id)) ::_exit(5);
    if (i % 20 != 19) continue;
    phone.Give(SyncWanted{});
    while (!phone.calls.empty()) {
      const Call call = phone.calls.front();
      phone.calls.pop_front();
      const std::string method(1, static_cast<char>(call.method));
      if (!Send(pipes.from_device[1], Kind::kCall, method + call.access_token + '\0' + call.request))
        ::_exit(6);
      Frame frame;
      if (!Receive(pipes.to_device[0], frame)) ::_exit(7);
      Answer answer;
      answer.call_id = call.call_id;
      answer.status.code = frame.bytes[0] == '0' ? CallCode::kOk : CallCode::kUnauthenticated;
      answer.status.reason =
          frame.bytes[0] == '0' ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_SIGN_IN_NEEDED;
      answer.response = frame.bytes.substr(1);
      phone.Give(answer);
    }
  }
}

std::string AnswerTo(ScriptedService& service, const Frame& frame) {
  const std::size_t zero = frame.bytes.find('\0', 1);
  const Answer answer = service.Take(Call{.call_id = 1,
                                          .method = static_cast<Method>(frame.bytes[0]),
                                          .access_token = frame.bytes.substr(1, zero - 1),
                                          .request = frame.bytes.substr(zero + 1),
                                          .deadline_ms = 1});
  EXPECT_TRUE(answer.status.ok() || answer.status.reason == v1::ERROR_REASON_SIGN_IN_NEEDED);
  return (answer.status.ok() ? '0' : '1') + answer.response;
}

// What the device's process told before it died.
struct Told {
  std::set<std::string> accepted;
  bool while_accepting = false;
  bool while_syncing = false;
};

void Note(const Frame& frame, Told& told) {
  told.while_accepting = frame.kind == Kind::kBegun;
  told.while_syncing = frame.kind == Kind::kCall;
  if (frame.kind == Kind::kAccepted) told.accepted.insert(frame.bytes);
}

Told KillAfter(ScriptedService& service, pid_t child, const Pipes& pipes, int frames, int spins) {
  Told told;
  Frame frame;
  for (int i = 0; i < frames; ++i) {
    if (!Receive(pipes.from_device[0], frame)) {
      ADD_FAILURE() << "it ended by itself";
      break;
    }
    Note(frame, told);
    if (frame.kind != Kind::kCall) continue;
    EXPECT_TRUE(Send(pipes.to_device[1], Kind::kAnswer, AnswerTo(service, frame)));
  }
  for (std::atomic<int> spun = 0; spun < spins; ++spun) {
  }
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with status " << status;
  while (Receive(pipes.from_device[0], frame)) Note(frame, told);
  return told;
}

TEST(DeviceKill, EveryAcknowledgedMutationIsPendingOrTookEffectOnce) {
  const ScratchDirectory folder;
  FakeClock clock;
  ScriptedService service(clock);
  FileKeyStore keys(folder.path() + "/keys");
  const Phone::Files files{.directory = folder.path() + "/replica", .key_store = &keys};
  {
    Phone phone(service, clock, files, 1);
    ASSERT_TRUE(phone.Reopen().ok());
    ASSERT_TRUE(phone.Enrol(kClientCode).ok());
    ASSERT_EQ(phone.Sync(), std::nullopt);
  }
  std::minstd_rand random(20261121);
  std::set<std::string> accepted;
  int while_accepting = 0;
  int while_syncing = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    Phone phone(service, clock, files, 100 + static_cast<std::uint64_t>(kill));
    Pipes pipes;
    ASSERT_EQ(::pipe(pipes.from_device), 0);
    ASSERT_EQ(::pipe(pipes.to_device), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipes.from_device[0]);
      ::close(pipes.to_device[1]);
      LiveUntilKilled(phone, pipes, kill);
    }
    ::close(pipes.from_device[1]);
    ::close(pipes.to_device[0]);
    const Told told = KillAfter(service, child, pipes, 1 + static_cast<int>(random() % 120),
                                static_cast<int>(random() % 30'000));
    ::close(pipes.from_device[0]);
    ::close(pipes.to_device[1]);
    accepted.insert(told.accepted.begin(), told.accepted.end());
    while_accepting += told.while_accepting ? 1 : 0;
    while_syncing += told.while_syncing ? 1 : 0;

    Phone after(service, clock, files, 500 + static_cast<std::uint64_t>(kill));
    ASSERT_TRUE(after.Reopen().ok()) << "kill " << kill;
    const auto view = after.Records();
    std::set<std::string> shown;
    for (const auto& [id, record] : view) shown.insert(id);
    ASSERT_EQ(after.Sync(), std::nullopt) << "kill " << kill;
    ASSERT_EQ(after.core().Status().pending, 0);
    for (const std::string& id : accepted) ASSERT_EQ(service.effects[id], 1) << id << ", kill " << kill;
    ASSERT_EQ(after.Records().size(), service.Records(kDossier).size()) << "kill " << kill;
    ASSERT_GE(shown.size(), accepted.size()) << "what was accepted is shown before any sync";
  }
  std::printf("%zu mutations; of %d kills %d came while one was being accepted, %d in a sync\n",
              accepted.size(), kKills, while_accepting, while_syncing);
  EXPECT_GT(accepted.size(), 0U);
  EXPECT_GT(while_accepting + while_syncing, 0);
}

}  // namespace
}  // namespace brug::sdk
