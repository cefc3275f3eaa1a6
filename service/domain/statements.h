#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "brug/v1/statement.pb.h"
#include "service/domain/desk.h"
#include "service/domain/sealed_dossier.h"

namespace brug::domain {

// Signs what `kind` says for the person and keeps it under the person's next number. `kind` has its `kind`
// oneof set; the rest is filled here. A failure: the person does not exist (INTERNAL).
platform::Result<v1::Statement> MakeStatement(Desk& desk, const std::string& person_id,
                                              v1::StatementContent kind);
// The same of what is in a dossier: kept sealed under the dossier's key, and gone with it.
platform::Result<v1::Statement> MakeStatementAbout(Desk& desk, const DossierAccess& access,
                                                   const std::string& person_id, v1::StatementContent kind);
// Keeps a statement that the service made, forgot and was shown again, under the number it has. False, and
// nothing changed, when there is one of that number. What is about a dossier is sealed under its key as
// before; when the dossier is not known, under the organisation's.
platform::Result<bool> KeepAgain(Desk& desk, const v1::StatementContent& content,
                                 const v1::Statement& statement);
// After how many statements those begin for a person whom a restored service makes again: devices may know as
// many.
[[nodiscard]] std::int64_t StatementsBefore(const storage::BackupReads& backups);
// Whether it is kept sealed, as what concerns a client is.
[[nodiscard]] bool IsSealed(const storage::StatementRow& row);
// Whether it is kept as what concerns one of these dossiers, or was shown again when its dossier was not
// known.
[[nodiscard]] bool MayConcern(const storage::StatementRow& row, const std::set<std::string>& dossier_ids);
[[nodiscard]] bool IsAboutMoney(const v1::StatementContent& content);
// The dossier that a statement about money concerns; nothing while its voucher is not known.
[[nodiscard]] std::optional<std::string> DossierOfMoney(const storage::MoneyReads& money,
                                                        const v1::StatementContent& content);
// The statement in a row, however it is kept. A failure when it cannot be read.
[[nodiscard]] platform::Result<v1::Statement> OpenStatement(const ReadingDesk& desk,
                                                            const storage::StatementRow& row);

// A wipe order for a revoked device, signed anew: it needs no number, since a device is revoked for good.
v1::Statement MakeWipeOrder(const Surroundings& surroundings, const OrganisationKeys& keys,
                            const std::string& person_id, const std::string& device_id, rules::Instant now);

// The public halves of the organisation's keys, as devices keep them.
std::vector<v1::OrganisationKey> PublicKeys(const OrganisationKeys& keys);
// Those of vouchers alone, newest first: that one signs.
std::vector<v1::OrganisationKey> PublicVoucherKeys(const OrganisationKeys& keys);

// What is signed: purpose, a zero byte, content.
inline constexpr std::string_view kStatementPurpose = "brug.v1.Statement";

}  // namespace brug::domain
