#include "service/rpc/jobs.h"

#include <memory>
#include <optional>
#include <string>

#include "service/domain/compaction.h"
#include "service/domain/offers.h"
#include "service/domain/vouchers.h"

namespace brug::rpc {
namespace {

struct Job {
  std::string_view name;
  platform::Result<domain::JobDone> (*run)(domain::Desk&, std::int64_t rows_max);
};
constexpr Job kJobs[] = {{"lapse_offers", domain::LapseOffers},
                         {"expire_vouchers", domain::ExpireVouchers},
                         {"compact_dossiers", domain::CompactDossiers}};

struct Outcome {
  platform::Result<void> result;
  domain::JobDone done;
  domain::Hints hints;
};

void LogOutcome(platform::Log& log, const Job& job, const std::string& organisation_id,
                const Outcome& outcome) {
  const std::string name(job.name);
  if (!outcome.result.ok()) {
    log.Write(platform::LogLevel::kError, "job_failed",
              {{"job", name},
               {"organisation_id", organisation_id},
               {"detail", outcome.result.failure().log_detail}});
    return;
  }
  if (outcome.done.skipped_count > 0) {
    log.Write(platform::LogLevel::kError, "job_skipped_rows",
              {{"job", name}, {"organisation_id", organisation_id}, {"rows", outcome.done.skipped_count}});
  }
  if (outcome.done.done_count > 0) {
    log.Write(platform::LogLevel::kInfo, "job_done",
              {{"job", name}, {"organisation_id", organisation_id}, {"rows", outcome.done.done_count}});
  }
}

// Goes on until fewer rows are due than one transaction takes.
void Begin(Office& office, const Office::Desk& desk, const Job& job, std::int64_t rows_max) {
  if (office.stopping()) return;
  auto outcome = std::make_shared<Outcome>();
  auto work = [&office, &job, rows_max, keys = desk.keys, outcome](storage::Transaction& transaction) {
    *outcome = {};
    const domain::Caller caller = domain::ServiceCaller(keys->organisation_id);
    domain::Desk at{office.surroundings(), transaction, caller, keys, office.Now()};
    auto done = job.run(at, rows_max);
    if (!done.ok()) {
      outcome->result = done.failure();
      return false;
    }
    outcome->done = *done;
    outcome->hints = std::move(at.hints);
    return true;
  };
  desk.writer->Post(std::move(work), [&office, &job, rows_max, desk, outcome](platform::Result<void> stored) {
    if (!stored.ok()) outcome->result = stored;
    LogOutcome(office.log(), job, desk.keys->organisation_id, *outcome);
    if (!outcome->result.ok()) return;
    office.watch_hub().Publish(outcome->hints);
    if (const auto next = domain::RowsMaxOfNext(outcome->done, rows_max)) Begin(office, desk, job, *next);
  });
}

}  // namespace

void BeginJobs(Office& office) {
  const auto rows = office.surroundings().storage.registry().ListOrganisations();
  if (!rows.ok()) {
    office.log().Write(platform::LogLevel::kError, "job_failed",
                       {{"job", std::string("list_organisations")}, {"detail", rows.failure().log_detail}});
    return;
  }
  for (const storage::OrganisationRow& row : *rows) {
    const auto desk = office.Open(row.organisation_id);
    if (!desk.ok()) continue;  // Every call to it says so.
    for (const Job& job : kJobs) Begin(office, *desk, job, domain::kJobRowsMax);
  }
}

}  // namespace brug::rpc
