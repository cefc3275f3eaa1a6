#pragma once

#include <brug/client.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace brug {

// One subscriber: told until it is closed. Lives as long as the Subscription or the client has it.
struct Subscription::Registration {
  std::function<void(const Change&)> callback;
  std::mutex mutex;
  std::condition_variable finished;
  bool closed = false;
  std::optional<std::thread::id> running_on;

  // Calls the callback unless it was closed.
  void Tell(const Change& change);
  // After this no call begins, and none goes on but the one that closes it.
  void Close();
};

}  // namespace brug

namespace brug::sdk {

// Tells subscribers of changes, on a thread of its own that starts with the first of them. Changes that come
// while they are being told gather into one.
//
// Thread safety: any number of threads; Stop not from a callback.
class Notifier {
 public:
  using Registration = Subscription::Registration;

  Notifier() = default;
  ~Notifier() { Stop(); }
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  [[nodiscard]] std::shared_ptr<Registration> Add(std::function<void(const Change&)> callback);
  void Post(const Change& change);
  // Waits for the callbacks that go on. Nobody is told of anything afterwards.
  void Stop();

 private:
  void Run();
  std::vector<std::shared_ptr<Registration>> LiveRegistrations();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::optional<Change> gathered_;
  std::vector<std::weak_ptr<Registration>> registrations_;
  std::thread thread_;
};

}  // namespace brug::sdk
