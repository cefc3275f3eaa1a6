#include "service/rpc/threads.h"

#include <algorithm>
#include <utility>

namespace brug::rpc {

Workers::Workers(std::int64_t threads_count) {
  for (std::int64_t i = 0; i < threads_count; ++i) threads_.emplace_back([this] { Run(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::Post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void Workers::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

Writer::Writer(storage::OrganisationStore& store, Workers& completions, std::int64_t batch_max)
    : store_(store),
      completions_(completions),
      batch_max_(static_cast<std::size_t>(batch_max)),
      thread_([this] { Run(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Writer::Post(storage::Work work, Done done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(work), std::move(done)});
  }
  wake_.notify_one();
}

void Writer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::vector<Item> batch;
    while (!waiting_.empty() && batch.size() < batch_max_) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    lock.unlock();
    Commit(std::move(batch));
    lock.lock();
  }
}

// A work that makes a commit fail must not take those down that only shared it: then each has a commit of its
// own.
void Writer::Commit(std::vector<Item> batch) {
  std::vector<storage::Work> works;
  for (const Item& item : batch) works.push_back(item.work);
  const auto together = store_.Write(works);
  for (Item& item : batch) {
    auto result = together.ok() || batch.size() == 1 ? together : store_.Write({&item.work, 1});
    completions_.Post([done = std::move(item.done), result = std::move(result)] { done(result); });
  }
}

}  // namespace brug::rpc
