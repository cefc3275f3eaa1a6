#include "service/rpc/restored.h"

#include "service/domain/journalled_ends.h"

namespace brug::rpc {

using platform::Failure;
using platform::Result;

Result<void> ApplyEndsAfterRestore(Office& office) {
  const auto rows = office.surroundings().storage.registry().ListOrganisations();
  if (!rows.ok()) return rows.failure();
  for (const storage::OrganisationRow& row : *rows) {
    const auto desk = office.Open(row.organisation_id);
    if (!desk.ok()) return desk.failure();
    const auto applied =
        domain::ApplyEndsAfterRestore(office.surroundings(), *desk->store, desk->keys, office.Now());
    if (!applied.ok()) {
      return Failure{.log_detail =
                         "after the restore, the journal of ends could not be applied to organisation " +
                         row.organisation_id + ": " + applied.failure().log_detail};
    }
    if (!applied->has_value()) continue;
    office.log().Write(platform::LogLevel::kInfo, "restored",
                       {{"organisation_id", row.organisation_id},
                        {"restore_id", (*applied)->restore_id},
                        {"ends", (*applied)->ends_count},
                        {"codes_renewed", (*applied)->codes_count}});
  }
  return {};
}

}  // namespace brug::rpc
