#include "service/rpc/office.h"

#include <algorithm>

#include "proto/rules/validate.h"

namespace brug::rpc {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::int64_t kStoppingRetryMs = 2'000;

}  // namespace

Office::Office(const domain::Surroundings& surroundings, const platform::Configuration& configuration,
               platform::Log& log)
    : surroundings_(surroundings),
      write_batch_max_(configuration.write_batch_max),
      message_bytes_max_(configuration.message_bytes_max),
      log_(log),
      identity_(surroundings.keys),
      wrong_codes_(configuration.wrong_codes_per_minute_max),
      wrong_codes_of_all_(configuration.wrong_codes_of_all_per_minute_max),
      device_calls_(configuration.device_calls_per_minute_max),
      admission_({.calls_at_once_max = configuration.calls_at_once_max,
                  .returning_per_second_max = configuration.returning_per_second_max}),
      wrong_vouchers_({.per_hour_max = configuration.wrong_vouchers_per_hour_max,
                       .burst_count = configuration.wrong_vouchers_burst_per_hour}),
      readers_(configuration.reader_threads) {}

Office::~Office() = default;

Result<Office::Desk> Office::Open(const std::string& organisation_id) {
  const Failure not_allowed{.reason = v1::ERROR_REASON_NOT_ALLOWED, .field = "organisation_id"};
  if (!rules::IsUuid(organisation_id)) return not_allowed;
  {
    const std::lock_guard lock(mutex_);
    if (!writers_.contains(organisation_id)) {
      const auto rows = surroundings_.storage.registry().ListOrganisations();
      if (!rows.ok()) return rows.failure();
      const bool known = std::any_of(rows->begin(), rows->end(), [&](const storage::OrganisationRow& row) {
        return row.organisation_id == organisation_id;
      });
      if (!known) return not_allowed;
    }
  }
  auto keys = surroundings_.keys.Organisation(organisation_id);
  if (!keys.ok()) return keys.failure();
  auto store = surroundings_.storage.OpenOrganisation(organisation_id);
  if (!store.ok()) return store.failure();
  const std::lock_guard lock(mutex_);
  auto& writer = writers_[organisation_id];
  if (!writer) writer = std::make_unique<Writer>(**store, readers_, write_batch_max_);
  return Desk{.keys = *keys, .store = *store, .writer = writer.get()};
}

Result<void> Office::OpenAll() {
  const auto rows = surroundings_.storage.registry().ListOrganisations();
  if (!rows.ok()) return rows.failure();
  for (const storage::OrganisationRow& row : *rows) {
    const auto opened = Open(row.organisation_id);
    if (!opened.ok()) return opened.failure();
  }
  return {};
}

void Office::Stop() {
  stopping_ = true;
  watch_hub_.EndAll();
}

void Office::CallBegan() {
  const std::lock_guard lock(calls_mutex_);
  ++calls_count_;
}

void Office::CallEnded() {
  const std::lock_guard lock(calls_mutex_);
  if (--calls_count_ == 0) calls_ended_.notify_all();
}

void Office::AwaitCalls(std::chrono::milliseconds wait_max) {
  std::unique_lock lock(calls_mutex_);
  calls_ended_.wait_for(lock, wait_max, [this] { return calls_count_ == 0; });
}

Result<void> Office::Admit() const {
  if (!stopping_) return {};
  return Failure{.reason = v1::ERROR_REASON_STOPPING, .retry_delay_ms = kStoppingRetryMs};
}

}  // namespace brug::rpc
