#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "service/storage/organisation_store.h"

namespace brug::rpc {

// A fixed number of threads that run tasks in the order in which they came.
//
// Thread safety: Post from any thread. The destructor runs what was posted, then ends.
class Workers {
 public:
  explicit Workers(std::int64_t threads_count);
  ~Workers();
  void Post(std::function<void()> task);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

// The one writer of an organisation. Work that waits while a commit is under way shares the next one, so the
// cost of making a commit durable is shared by all calls that came in the meantime.
//
// Thread safety: Post from any thread. The destructor finishes what was posted, then ends.
class Writer {
 public:
  // Called after the commit, on one of `completions`, never on the writer's own thread: answering a call
  // costs more than committing it.
  using Done = std::function<void(platform::Result<void>)>;

  // `batch_max`: most works in one commit.
  Writer(storage::OrganisationStore& store, Workers& completions, std::int64_t batch_max);
  ~Writer();
  void Post(storage::Work work, Done done);

 private:
  struct Item {
    storage::Work work;
    Done done;
  };
  void Run();
  void Commit(std::vector<Item> batch);

  storage::OrganisationStore& store_;
  Workers& completions_;
  const std::size_t batch_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace brug::rpc
