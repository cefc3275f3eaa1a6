#include "service/rpc/restored.h"

#include <optional>
#include <string>

#include "service/domain/administration.h"
#include "service/domain/journalled_ends.h"
#include "service/domain/offers.h"

namespace brug::rpc {
namespace {

using platform::Failure;
using platform::Result;

Result<void> ApplyEnds(Office& office, const Office::Desk& desk, const storage::RestoreRow& restore) {
  const std::string& organisation_id = desk.keys->organisation_id;
  const auto ends = office.surroundings().storage.ends().EndsOf(organisation_id);
  if (!ends.ok()) return ends.failure();
  Result<void> applied;
  const storage::Work work = [&](storage::Transaction& transaction) {
    const domain::Caller caller = domain::ServiceCaller(organisation_id);
    domain::Desk at{office.surroundings(), transaction, caller, desk.keys, office.Now()};
    applied = domain::ApplyJournalledEnds(at, *ends);
    if (!applied.ok()) return false;
    return transaction.MarkEndsApplied(restore.number, domain::ToMicroseconds(at.now));
  };
  const auto written = desk.store->Write({&work, 1});
  if (!written.ok()) return written;
  if (!applied.ok()) return applied;
  office.log().Write(platform::LogLevel::kInfo, "restored",
                     {{"organisation_id", organisation_id},
                      {"restore_id", restore.restore_id},
                      {"ends", static_cast<std::int64_t>(ends->size())}});
  return {};
}

}  // namespace

Result<void> ApplyEndsAfterRestore(Office& office) {
  const auto rows = office.surroundings().storage.registry().ListOrganisations();
  if (!rows.ok()) return rows.failure();
  for (const storage::OrganisationRow& row : *rows) {
    const auto desk = office.Open(row.organisation_id);
    if (!desk.ok()) return desk.failure();
    std::optional<storage::RestoreRow> restore;
    const auto read =
        desk->store->Read([&](const storage::Snapshot& snapshot) { restore = snapshot.NewestRestore(); });
    if (!read.ok()) return read;
    if (!restore || restore->ends_applied_at_us != 0) continue;
    if (auto applied = ApplyEnds(office, *desk, *restore); !applied.ok()) {
      return Failure{.log_detail =
                         "after the restore, the journal of ends could not be applied to organisation " +
                         row.organisation_id + ": " + applied.failure().log_detail};
    }
  }
  return {};
}

}  // namespace brug::rpc
