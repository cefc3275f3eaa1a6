#include "service/domain/merchants.h"

#include <algorithm>
#include <limits>

#include "proto/rules/apply.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"
#include "service/domain/activation.h"
#include "service/domain/answers.h"
#include "service/domain/ledger.h"
#include "service/domain/organisation_records.h"
#include "service/domain/relations.h"
#include "service/domain/sealed_dossier.h"
#include "service/domain/teams.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr int kSchemesMax = 100;

Failure NotFound(std::string field) {
  return {.reason = v1::ERROR_REASON_NOT_FOUND, .field = std::move(field)};
}

bool IsMerchant(const v1::StaffMember& staff_member) {
  return std::find(staff_member.roles().begin(), staff_member.roles().end(), v1::ROLE_MERCHANT) !=
         staff_member.roles().end();
}

v1::Merchant MerchantOf(const storage::MoneyReads& money, const v1::StaffMember& staff_member) {
  v1::Merchant merchant;
  merchant.set_merchant_id(staff_member.person_id());
  merchant.set_display_name(staff_member.display_name());
  for (const storage::AgreementRow& row : money.AgreementsOf(staff_member.person_id())) {
    if (row.takes_vouchers) merchant.add_scheme_ids(row.scheme_id);
  }
  return merchant;
}

Result<void> CheckNewMerchant(const Desk& desk, const v1::RegisterMerchantRequest& request) {
  if (const auto reason = rules::CheckText(request.display_name(), {rules::kNameBytesMax, true})) {
    return Failure{.reason = *reason, .field = "display_name"};
  }
  if (request.scheme_ids_size() > kSchemesMax) {
    return Failure{.reason = v1::ERROR_REASON_TOO_MANY, .field = "scheme_ids"};
  }
  for (int i = 0; i < request.scheme_ids_size(); ++i) {
    if (!desk.transaction.FindScheme(request.scheme_ids(i))) {
      return NotFound("scheme_ids[" + std::to_string(i) + "]");
    }
  }
  return {};
}

Result<void> InsertMerchant(Desk& desk, const v1::StaffMember& merchant) {
  v1::StaffMember sealed;
  sealed.set_display_name(merchant.display_name());
  *sealed.mutable_roles() = merchant.roles();
  if (!desk.transaction.InsertPerson(
          {.person_id = merchant.person_id(),
           .staff = true,
           .sealed = SealForOrganisation(*desk.keys, "person/" + merchant.person_id(), Serialise(sealed),
                                         desk.surroundings.random)})) {
    return Failure{.log_detail = "two people took one id"};
  }
  return {};
}

// From the first instant of a month to the first of the next.
struct Month {
  std::int64_t from_us = 0;
  std::int64_t until_us = 0;
};

Result<Month> MonthOf(const ReadingDesk& desk, const v1::GetMerchantStatementRequest& request) {
  v1::Date first;
  first.set_year(request.year());
  first.set_month(request.month());
  first.set_day(1);
  const auto from = rules::ToDay(first);
  if (!from) {
    const bool month = request.month() < 1 || request.month() > 12;
    return Failure{.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = month ? "month" : "year"};
  }
  const std::chrono::year_month_day day(*from);
  const rules::Day until(
      std::chrono::year_month_day((day.year() / day.month() + std::chrono::months(1)) / std::chrono::day(1)));
  const auto zone = desk.surroundings.zones.FindZone(kMerchantTimeZone).value_or(rules::Zone());
  return Month{.from_us = ToMicroseconds(rules::InstantAt(zone, *from, v1::TimeOfDay())),
               .until_us = ToMicroseconds(rules::InstantAt(zone, until, v1::TimeOfDay()))};
}

}  // namespace

Result<v1::RegisterMerchantResponse> RegisterMerchant(Desk& desk,
                                                      const v1::RegisterMerchantRequest& request) {
  v1::RegisterMerchantResponse response;
  const auto answered = AnswerOnce(
      desk, {"RegisterMerchant", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        if (auto checked = CheckNewMerchant(desk, request); !checked.ok()) return checked;
        v1::StaffMember merchant;
        merchant.set_person_id(crypto::NewUuidV4(desk.surroundings.random));
        merchant.set_display_name(request.display_name());
        merchant.add_roles(v1::ROLE_MERCHANT);
        if (auto inserted = InsertMerchant(desk, merchant); !inserted.ok()) return inserted;
        for (const std::string& scheme_id : request.scheme_ids()) {
          desk.transaction.PutAgreement(
              {.merchant_id = merchant.person_id(), .scheme_id = scheme_id, .takes_vouchers = true});
        }
        auto code =
            MakeActivationCode(desk.surroundings, desk.keys->organisation_id, merchant.person_id(), desk.now);
        if (!code.ok()) return code.failure();
        *response.mutable_merchant() = MerchantOf(desk.transaction, merchant);
        response.set_activation_code(code->text);
        *response.mutable_expires_at() = rules::ToTimestamp(code->expires_at);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::SetAgreementResponse> SetAgreement(Desk& desk, const v1::SetAgreementRequest& request) {
  v1::SetAgreementResponse response;
  const auto answered = AnswerOnce(
      desk, {"SetAgreement", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        const auto merchant = FindStaffMember(desk.transaction, *desk.keys, request.merchant_id());
        if (!merchant || !IsMerchant(*merchant)) return NotFound("merchant_id");
        if (!desk.transaction.FindScheme(request.scheme_id())) return NotFound("scheme_id");
        desk.transaction.PutAgreement({.merchant_id = request.merchant_id(),
                                       .scheme_id = request.scheme_id(),
                                       .takes_vouchers = request.takes_vouchers()});
        *response.mutable_merchant() = MerchantOf(desk.transaction, *merchant);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListMerchantsResponse> ListMerchants(const ReadingDesk& desk, const v1::ListMerchantsRequest&) {
  v1::ListMerchantsResponse response;
  for (const v1::StaffMember& staff_member : AllStaff(desk.snapshot, *desk.keys)) {
    if (!staff_member.active() || !IsMerchant(staff_member)) continue;
    *response.add_merchants() = MerchantOf(desk.snapshot, staff_member);
  }
  return response;
}

Result<v1::GetMerchantStatementResponse> GetMerchantStatement(
    const ReadingDesk& desk, const v1::GetMerchantStatementRequest& request) {
  const auto person = desk.snapshot.FindPerson(request.merchant_id());
  // A shop that no longer takes vouchers keeps its statements.
  if (!person || !person->staff || !IsMerchant(StaffMemberOf(*desk.keys, *person))) {
    return NotFound("merchant_id");
  }
  if (!desk.snapshot.FindScheme(request.scheme_id())) return NotFound("scheme_id");
  const auto month = MonthOf(desk, request);
  if (!month.ok()) return month.failure();
  v1::GetMerchantStatementResponse response;
  response.set_merchant_display_name(StaffMemberOf(*desk.keys, *person).display_name());
  const std::string account = RedeemedAccount(request.merchant_id());
  for (const storage::TransferRow& row : desk.snapshot.TransfersOfAccount(
           request.scheme_id(), account, std::numeric_limits<std::int64_t>::min(), month->until_us)) {
    const std::int64_t amount_cents = row.to_account == account ? row.amount_cents : -row.amount_cents;
    response.set_balance_cents(response.balance_cents() + amount_cents);
    if (row.at_us < month->from_us) continue;
    v1::MerchantStatementLine& line = *response.add_lines();
    line.set_redemption_id(row.subject_id);
    *line.mutable_booked_at() = rules::ToTimestamp(FromMicroseconds(row.at_us));
    line.set_amount_cents(amount_cents);
    response.set_total_cents(response.total_cents() + amount_cents);
  }
  return response;
}

std::string MerchantName(const storage::DirectoryReads& directory, const OrganisationKeys& keys,
                         const std::string& merchant_id) {
  const auto person = directory.FindPerson(merchant_id);
  return person && person->staff ? StaffMemberOf(keys, *person).display_name() : std::string();
}

}  // namespace brug::domain
