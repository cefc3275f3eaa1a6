#include "service/domain/voucher_keys.h"

#include <algorithm>

#include "service/domain/answers.h"
#include "service/domain/ledger.h"
#include "service/domain/statements.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::size_t kFindingsMax = 1'000;

// A JSON Web Key Set, newest first.
std::string JwksOf(const OrganisationKeys& keys) {
  std::string jwks = R"({"keys":[)";
  for (auto key = keys.vouchers.rbegin(); key != keys.vouchers.rend(); ++key) {
    if (key != keys.vouchers.rbegin()) jwks += ',';
    jwks += key->PublicKey().ToJwk();
  }
  return jwks + "]}";
}

}  // namespace

Result<v1::GetVoucherKeysResponse> GetVoucherKeys(const Surroundings& surroundings,
                                                  const v1::GetVoucherKeysRequest& request) {
  const auto rows = surroundings.storage.registry().ListOrganisations();
  if (!rows.ok()) return rows.failure();
  const bool exists = std::any_of(rows->begin(), rows->end(), [&](const storage::OrganisationRow& row) {
    return row.organisation_id == request.organisation_id();
  });
  if (!exists) return Failure{.reason = v1::ERROR_REASON_NOT_FOUND, .field = "organisation_id"};
  const auto keys = surroundings.keys.Organisation(request.organisation_id());
  if (!keys.ok()) return keys.failure();
  v1::GetVoucherKeysResponse response;
  response.set_jwks(JwksOf(**keys));
  return response;
}

Result<v1::RotateVoucherKeyResponse> RotateVoucherKey(Desk& desk,
                                                      const v1::RotateVoucherKeyRequest& request) {
  v1::RotateVoucherKeyResponse response;
  const auto answered = AnswerOnce(desk, {"RotateVoucherKey", request.request_id(), request}, response,
                                   [&](Answer&) -> Result<void> {
                                     const auto keys = desk.surroundings.keys.RotateVoucherKey(*desk.keys);
                                     if (!keys.ok()) return keys.failure();
                                     *response.mutable_key() = PublicVoucherKeys(**keys).front();
                                     return {};
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListVoucherKeysResponse> ListVoucherKeys(const ReadingDesk& desk,
                                                    const v1::ListVoucherKeysRequest&) {
  v1::ListVoucherKeysResponse response;
  for (v1::OrganisationKey& key : PublicVoucherKeys(*desk.keys)) *response.add_keys() = std::move(key);
  response.set_jwks(JwksOf(*desk.keys));
  return response;
}

Result<v1::VerifyLedgerResponse> VerifyLedger(const ReadingDesk& desk, const v1::VerifyLedgerRequest&) {
  const LedgerReport report = VerifyBooks(desk.snapshot);
  v1::VerifyLedgerResponse response;
  response.set_schemes_count(report.schemes_count);
  response.set_transfers_count(report.transfers_count);
  response.set_accounts_count(report.accounts_count);
  response.set_offers_count(report.offers_count);
  response.set_vouchers_count(report.vouchers_count);
  response.set_redemptions_count(report.redemptions_count);
  response.set_findings_count(static_cast<std::int64_t>(report.findings.size()));
  for (std::size_t i = 0; i < std::min(report.findings.size(), kFindingsMax); ++i) {
    v1::LedgerFinding& finding = *response.add_findings();
    finding.set_scheme_id(report.findings[i].scheme_id);
    finding.set_rule(report.findings[i].rule);
    finding.set_words(report.findings[i].words);
  }
  return response;
}

}  // namespace brug::domain
