#include "client-sdk/src/api/notifier.h"

#include <algorithm>
#include <utility>

namespace brug {

void Subscription::Registration::Tell(const Change& change) {
  std::unique_lock lock(mutex);
  if (closed) return;
  running_on = std::this_thread::get_id();
  lock.unlock();
  callback(change);
  lock.lock();
  running_on.reset();
  finished.notify_all();
}

void Subscription::Registration::Close() {
  std::unique_lock lock(mutex);
  closed = true;
  if (running_on == std::this_thread::get_id()) return;
  finished.wait(lock, [this] { return !running_on.has_value(); });
}

Subscription::Subscription(std::shared_ptr<Registration> registration)
    : registration_(std::move(registration)) {}

Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    if (registration_) registration_->Close();
    registration_ = std::move(other.registration_);
  }
  return *this;
}

Subscription::~Subscription() {
  if (registration_) registration_->Close();
}

}  // namespace brug

namespace brug::sdk {

namespace {

void MergeInto(Change& gathered, const Change& change) {
  for (const auto& dossier_id : change.dossier_ids) {
    auto& ids = gathered.dossier_ids;
    if (std::find(ids.begin(), ids.end(), dossier_id) == ids.end()) ids.push_back(dossier_id);
  }
  gathered.dossier_list |= change.dossier_list;
  gathered.status |= change.status;
  gathered.templates |= change.templates;
  gathered.rejected |= change.rejected;
}

}  // namespace

std::shared_ptr<Notifier::Registration> Notifier::Add(std::function<void(const Change&)> callback) {
  auto registration = std::make_shared<Registration>();
  registration->callback = std::move(callback);
  const std::lock_guard lock(mutex_);
  registrations_.push_back(registration);
  if (!thread_.joinable() && !stopping_) thread_ = std::thread([this] { Run(); });
  return registration;
}

void Notifier::Post(const Change& change) {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) return;
  if (!gathered_) gathered_.emplace();
  MergeInto(*gathered_, change);
  changed_.notify_one();
}

void Notifier::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Notifier::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || gathered_.has_value(); });
    if (stopping_) return;
    const Change change = *std::exchange(gathered_, std::nullopt);
    const auto registrations = LiveRegistrations();
    lock.unlock();
    for (const auto& registration : registrations) registration->Tell(change);
    lock.lock();
  }
}

std::vector<std::shared_ptr<Notifier::Registration>> Notifier::LiveRegistrations() {
  std::erase_if(registrations_, [](const auto& weak) { return weak.expired(); });
  std::vector<std::shared_ptr<Registration>> live;
  for (const auto& weak : registrations_) {
    if (auto registration = weak.lock()) live.push_back(std::move(registration));
  }
  return live;
}

}  // namespace brug::sdk
