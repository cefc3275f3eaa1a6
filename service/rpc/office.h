#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "service/domain/desk.h"
#include "service/domain/nonces.h"
#include "service/gate/admission.h"
#include "service/gate/identity.h"
#include "service/gate/rates.h"
#include "service/gate/wrong_tries.h"
#include "service/platform/configuration.h"
#include "service/platform/log.h"
#include "service/rpc/threads.h"
#include "service/rpc/watch_hub.h"

namespace brug::rpc {

// What all handlers share: the organisations with their writers, the gate, the hints, and whether the service
// is stopping.
//
// Thread safety: any number of threads.
class Office {
 public:
  Office(const domain::Surroundings& surroundings, const platform::Configuration& configuration,
         platform::Log& log);
  ~Office();

  // One organisation at work.
  struct Desk {
    std::shared_ptr<const domain::OrganisationKeys> keys;
    storage::OrganisationStore* store = nullptr;
    Writer* writer = nullptr;
  };
  // NOT_ALLOWED for an organisation that does not exist.
  [[nodiscard]] platform::Result<Desk> Open(const std::string& organisation_id);
  // Opens every organisation there is, so that their tokens are known. At the start.
  [[nodiscard]] platform::Result<void> OpenAll();

  // Refuses new calls from now on, with STOPPING; ends the watch streams.
  void Stop();
  [[nodiscard]] bool stopping() const { return stopping_; }
  // Whether a call may be taken on: OK, or STOPPING with when to come back.
  [[nodiscard]] platform::Result<void> Admit() const;

  // Calls that were begun and not answered yet.
  void CallBegan();
  void CallEnded();
  // Waits until there is none, at most so long.
  void AwaitCalls(std::chrono::milliseconds wait_max);

  [[nodiscard]] const domain::Surroundings& surroundings() const { return surroundings_; }
  [[nodiscard]] rules::Instant Now() const { return surroundings_.clock.Now(); }

  // The largest message that a caller may send.
  [[nodiscard]] std::int64_t message_bytes_max() const { return message_bytes_max_; }

  gate::Identity& identity() { return identity_; }
  gate::MinuteRate& wrong_codes() { return wrong_codes_; }
  gate::MinuteRate& wrong_codes_of_all() { return wrong_codes_of_all_; }
  gate::MinuteRate& device_calls() { return device_calls_; }
  gate::Admission& admission() { return admission_; }
  gate::WrongTries& wrong_vouchers() { return wrong_vouchers_; }
  domain::Nonces& nonces() { return nonces_; }
  WatchHub& watch_hub() { return watch_hub_; }
  Workers& readers() { return readers_; }
  platform::Log& log() { return log_; }

 private:
  const domain::Surroundings surroundings_;
  const std::int64_t write_batch_max_;
  const std::int64_t message_bytes_max_;
  platform::Log& log_;
  std::atomic<bool> stopping_ = false;
  std::mutex calls_mutex_;
  std::condition_variable calls_ended_;
  std::int64_t calls_count_ = 0;
  gate::Identity identity_;
  gate::MinuteRate wrong_codes_;
  gate::MinuteRate wrong_codes_of_all_;
  gate::MinuteRate device_calls_;
  // Outlives the readers and writers, whose tasks keep places in it.
  gate::Admission admission_;
  gate::WrongTries wrong_vouchers_;
  domain::Nonces nonces_;
  WatchHub watch_hub_;
  // Outlives the writers, which complete on it.
  Workers readers_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<Writer>> writers_;
};

}  // namespace brug::rpc
