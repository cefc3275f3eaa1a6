#include "service/domain/offer_decisions.h"

#include <limits>
#include <set>
#include <utility>
#include <variant>

#include "proto/rules/offer.h"
#include "proto/rules/scheme.h"
#include "service/domain/dossier_view.h"
#include "service/domain/ledger.h"
#include "service/domain/relations.h"
#include "service/domain/schemes.h"
#include "service/domain/statements.h"
#include "service/domain/voucher_codes.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

Failure OverYear() { return {.reason = v1::ERROR_REASON_OVER_YEAR, .field = "offer_id"}; }

// The client, and the mentors who walk beside them now.
std::set<std::string> ConcernedBy(const Desk& desk, const storage::OfferRow& row) {
  std::set<std::string> people = {row.beneficiary_id};
  for (const storage::RelationRow& relation : desk.transaction.RelationsOfDossier(row.dossier_id)) {
    if (relation.until_us == 0) people.insert(relation.person_id);
  }
  return people;
}

Result<std::optional<v1::Statement>> StateToAll(Desk& desk, const OpenedOffer& offer,
                                                const v1::StatementContent& content) {
  std::optional<v1::Statement> own;
  for (const std::string& person_id : ConcernedBy(desk, offer.row)) {
    auto statement = MakeStatementAbout(desk, offer.writer.access(), person_id, content);
    if (!statement.ok()) return statement.failure();
    if (person_id == desk.caller.person_id) own = *std::move(statement);
  }
  return own;
}

std::string NameOf(const Desk& desk, const std::string& person_id) {
  const auto person = desk.transaction.FindPerson(person_id);
  return person ? StaffMemberOf(*desk.keys, *person).display_name() : std::string();
}

storage::VoucherRow NewVoucher(const OpenedOffer& offer, const v1::Voucher& voucher,
                               const v1::Offer& issued) {
  return {.voucher_id = issued.voucher_id(),
          .offer_id = offer.row.offer_id,
          .scheme_id = offer.row.scheme_id,
          .dossier_id = offer.row.dossier_id,
          .beneficiary_id = offer.row.beneficiary_id,
          .state = voucher.state(),
          .amount_cents = voucher.amount_cents(),
          .remaining_cents = voucher.remaining_cents(),
          .earned_at_us = ToMicroseconds(rules::ToInstant(issued.earned_at())),
          .issued_at_us = ToMicroseconds(rules::ToInstant(voucher.issued_at())),
          .expires_at_us = ToMicroseconds(rules::ToInstant(voucher.expires_at())),
          .in_parts = voucher.in_parts(),
          .statements_count = 1};
}

}  // namespace

Result<PromiseToMake> CheckPromise(const Desk& desk, const OpenedOffer& offer) {
  PromiseToMake promise;
  auto scheme = FindScheme(desk.transaction, offer.row.scheme_id);
  if (!scheme) return Failure{.log_detail = "an offer of a scheme that does not exist"};
  promise.scheme = *std::move(scheme);
  auto made = rules::PromiseOffer(offer.writer.view(),
                                  {.offer_id = offer.row.offer_id,
                                   .drafted = offer.kept.offer(),
                                   .promised_by_display_name = NameOf(desk, offer.row.asked_by)},
                                  offer.writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&made)) return Refused(*violation);
  promise.change = std::get<rules::Change>(std::move(made));
  const std::int64_t amount_cents = offer.kept.offer().amount_cents();
  promise.year = YearOf({desk.surroundings, desk.transaction, offer.writer.view(), desk.now}, offer.row);
  if (rules::IsOverYear(promise.scheme, promise.year.promised_cents, amount_cents)) return OverYear();
  promise.second_person = rules::NeedsSecondPerson(promise.scheme, promise.year.promised_cents, amount_cents);
  if (BalanceOf(desk.transaction, offer.row.scheme_id, kBudgetAccount) < amount_cents) {
    return Failure{.reason = v1::ERROR_REASON_OVER_BUDGET, .field = "offer_id"};
  }
  return promise;
}

std::int64_t EndOf(const Desk& desk, const OpenedOffer& offer) {
  const auto last = rules::ToDay(offer.kept.offer().ends_on());
  if (!offer.kept.offer().has_ends_on() || !last) return 0;
  const rules::Zone zone = ZoneOfDossier(desk.surroundings, offer.writer.view());
  return ToMicroseconds(rules::InstantAt(zone, *last + std::chrono::days(1), v1::TimeOfDay()));
}

Result<std::optional<v1::Statement>> MakePromise(Desk& desk, OpenedOffer& offer, PromiseToMake&& promise,
                                                 const Decision& decision) {
  storage::OfferRow& row = offer.row;
  row.amount_cents = offer.kept.offer().amount_cents();
  row.year = promise.year.year;
  row.ends_at_us = EndOf(desk, offer);
  row.statements_count += 1;
  const auto posted = Post(desk, {.scheme_id = row.scheme_id,
                                  .from = std::string(kBudgetAccount),
                                  .to = std::string(kReservedAccount),
                                  .amount_cents = row.amount_cents,
                                  .subject_id = row.offer_id});
  if (!posted.ok()) return posted.failure();
  if (!desk.transaction.AddPromised({row.scheme_id, row.dossier_id, row.year, row.amount_cents},
                                    promise.scheme.client_year_cents_max())) {
    return OverYear();
  }
  offer.kept.clear_refusal_words();
  if (auto updated = UpdateOffer(desk, offer, v1::OFFER_STATE_PROMISED); !updated.ok()) {
    return updated.failure();
  }
  if (auto committed = CommitAs(desk, offer.writer, promise.change, decision.role); !committed.ok()) {
    return committed.failure();
  }
  v1::StatementContent content;
  v1::PromiseStatement& statement = *content.mutable_promise();
  statement.set_offer_id(row.offer_id);
  statement.set_dossier_id(row.dossier_id);
  statement.set_offer_number(row.statements_count);
  *statement.mutable_offer() = promise.change.records.front().offer();
  statement.set_asked_by_person_id(desk.caller.person_id);
  statement.set_request_id(decision.request_id);
  statement.set_second_person(row.second_person);
  return StateToAll(desk, offer, content);
}

Result<std::optional<v1::Statement>> GiveVoucher(Desk& desk, OpenedOffer& offer, const Decision& decision) {
  storage::OfferRow& row = offer.row;
  const auto scheme = FindScheme(desk.transaction, row.scheme_id);
  if (!scheme) return Failure{.log_detail = "an offer of a scheme that does not exist"};
  const std::string voucher_id = VoucherIdOf(desk.keys->organisation_id, row.offer_id);
  auto issued = rules::IssueVoucher(offer.writer.view(),
                                    {.offer_id = row.offer_id,
                                     .voucher_id = voucher_id,
                                     .voucher_days = scheme->voucher_days(),
                                     .in_parts = scheme->in_parts()},
                                    offer.writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&issued)) return Refused(*violation);
  const auto& change = std::get<rules::Change>(issued);
  const v1::Offer& told = change.records.at(0).offer();
  const v1::Voucher& voucher = change.records.at(1).voucher();
  storage::VoucherRow kept = NewVoucher(offer, voucher, told);
  GiveNewCode(desk, offer.writer.access(), kept);
  const auto posted = Post(desk, {.scheme_id = row.scheme_id,
                                  .from = std::string(kReservedAccount),
                                  .to = std::string(kOutstandingAccount),
                                  .amount_cents = row.amount_cents,
                                  .subject_id = voucher_id});
  if (!posted.ok()) return posted.failure();
  if (!desk.transaction.InsertVoucher(kept)) return Failure{.log_detail = "an offer got two vouchers"};
  if (auto updated = UpdateOffer(desk, offer, v1::OFFER_STATE_ISSUED); !updated.ok()) {
    return updated.failure();
  }
  if (auto committed = CommitAs(desk, offer.writer, change, decision.role); !committed.ok()) {
    return committed.failure();
  }
  v1::StatementContent content;
  v1::IssueStatement& statement = *content.mutable_issue();
  statement.set_voucher_id(voucher_id);
  statement.set_dossier_id(row.dossier_id);
  statement.set_voucher_number(kept.statements_count);
  *statement.mutable_voucher() = voucher;
  statement.set_scheme_id(row.scheme_id);
  statement.set_asked_by_person_id(desk.caller.person_id);
  statement.set_request_id(decision.request_id);
  return StateToAll(desk, offer, content);
}

Result<void> CommitAs(Desk& desk, DossierWriter& writer, const rules::Change& change, v1::Role role) {
  v1::LogEntry entry;
  if (role != v1::ROLE_UNSPECIFIED) {
    entry.mutable_author()->set_person_id(desk.caller.person_id);
    entry.mutable_author()->set_role(role);
    entry.set_device_id(desk.caller.device_id);
  }
  const auto committed = writer.Commit(change, std::move(entry), desk.now);
  if (!committed.ok()) return committed.failure();
  return {};
}

Result<void> EndPromise(Desk& desk, OpenedOffer& offer, const rules::Change& change, v1::Role role) {
  const storage::OfferRow& row = offer.row;
  const auto posted = Post(desk, {.scheme_id = row.scheme_id,
                                  .from = std::string(kReservedAccount),
                                  .to = std::string(kBudgetAccount),
                                  .amount_cents = row.amount_cents,
                                  .subject_id = row.offer_id});
  if (!posted.ok()) return posted.failure();
  if (!desk.transaction.AddPromised({row.scheme_id, row.dossier_id, row.year, -row.amount_cents},
                                    std::numeric_limits<std::int64_t>::max())) {
    return Failure{.log_detail = "more came back to a year than was promised in it"};
  }
  if (auto updated = UpdateOffer(desk, offer, v1::OFFER_STATE_LAPSED); !updated.ok()) return updated;
  return CommitAs(desk, offer.writer, change, role);
}

}  // namespace brug::domain
