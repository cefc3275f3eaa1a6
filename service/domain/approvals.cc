#include "service/domain/approvals.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "proto/rules/limits.h"
#include "proto/rules/offer.h"
#include "proto/rules/validate.h"
#include "service/domain/answers.h"
#include "service/domain/dossier_view.h"
#include "service/domain/offer_book.h"
#include "service/domain/offer_decisions.h"
#include "service/domain/paging.h"
#include "service/domain/relations.h"
#include "service/domain/restored_books.h"
#include "service/domain/schemes.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::int64_t kRowsAtOnce = 1000;

// Whether the caller is the second person that this offer needs: not who asked, not the beneficiary, and not
// who walks beside the client unless the scheme says that this is well.
bool IsSecondPerson(const storage::Snapshot& snapshot, const Caller& caller, const storage::OfferRow& row) {
  if (caller.person_id == row.asked_by || caller.person_id == row.beneficiary_id) return false;
  const auto scheme = FindScheme(snapshot, row.scheme_id);
  if (!scheme) return false;
  if (scheme->own_mentor_may_approve()) return true;
  const auto relations = snapshot.RelationsOfDossier(row.dossier_id);
  return std::none_of(relations.begin(), relations.end(), [&](const storage::RelationRow& relation) {
    return relation.person_id == caller.person_id && relation.until_us == 0;
  });
}

void AddWaiting(const ReadingDesk& desk, int state, std::vector<storage::OfferRow>& waiting) {
  std::int64_t after_us = std::numeric_limits<std::int64_t>::min();
  std::string after_id;
  while (true) {
    const auto rows = desk.snapshot.OffersInState(state, after_us, after_id, kRowsAtOnce);
    for (const storage::OfferRow& row : rows) {
      if (IsSecondPerson(desk.snapshot, desk.caller, row)) waiting.push_back(row);
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return;
    after_us = rows.back().since_us;
    after_id = rows.back().offer_id;
  }
}

// What the caller may answer, oldest first.
std::vector<storage::OfferRow> WaitingFor(const ReadingDesk& desk) {
  std::vector<storage::OfferRow> waiting;
  AddWaiting(desk, v1::OFFER_STATE_PROMISE_ASKED, waiting);
  AddWaiting(desk, v1::OFFER_STATE_REQUESTED, waiting);
  std::sort(waiting.begin(), waiting.end(), [](const storage::OfferRow& a, const storage::OfferRow& b) {
    return std::tie(a.since_us, a.offer_id) < std::tie(b.since_us, b.offer_id);
  });
  return waiting;
}

Result<v1::StaffOffer> WaitingOffer(const ReadingDesk& desk, const storage::OfferRow& row) {
  auto dossier = OpenDossierView(desk, row.dossier_id);
  if (!dossier.ok()) return dossier.failure();
  const auto kept = OpenKept(dossier->access(), row);
  if (!kept.ok()) return kept.failure();
  auto shown = ShowToApprover({desk.surroundings, desk.snapshot, *dossier, desk.now}, row, *kept);
  if (auto undamaged = CheckUndamaged(*dossier); !undamaged.ok()) return undamaged.failure();
  return shown;
}

Result<void> CheckAnswer(const Desk& desk, const v1::AnswerApprovalRequest& request,
                         const storage::OfferRow& row) {
  const bool waits = row.state == v1::OFFER_STATE_PROMISE_ASKED || row.state == v1::OFFER_STATE_REQUESTED;
  if (!waits || row.state != request.state_seen()) {
    return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "offer_id"};
  }
  if (!IsSecondPerson(desk.transaction, desk.caller, row)) {
    return Failure{.reason = v1::ERROR_REASON_SECOND_PERSON_NEEDED, .field = "offer_id"};
  }
  if (const auto reason = rules::CheckText(request.words(), {rules::kWordsBytesMax, !request.yes()})) {
    return Failure{.reason = *reason, .field = "words"};
  }
  return {};
}

// Whether these are the steps that the second person saw.
bool SameSteps(const v1::Offer& asked, const v1::Offer& now) {
  return std::equal(asked.steps().begin(), asked.steps().end(), now.steps().begin(), now.steps().end(),
                    [](const v1::FrozenStep& a, const v1::FrozenStep& b) {
                      return a.step_id() == b.step_id() && a.step().title() == b.step().title();
                    });
}

Result<std::optional<v1::Statement>> SayYes(Desk& desk, OpenedOffer& offer, const Decision& decision) {
  offer.row.answered_by = desk.caller.person_id;
  if (offer.row.state == v1::OFFER_STATE_REQUESTED) return GiveVoucher(desk, offer, decision);
  auto promise = CheckPromise(desk, offer);
  if (!promise.ok()) return promise.failure();
  if (!SameSteps(offer.kept.offer(), promise->change.records.front().offer())) {
    return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "offer.steps"};
  }
  if (offer.kept.milestone_title() != MilestoneTitle(offer.writer.view(), offer.kept.offer())) {
    return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "offer.milestone_title"};
  }
  // What was decided when it was asked holds: a lapse in between does not take the second person away.
  return MakePromise(desk, offer, *std::move(promise), decision);
}

Result<void> SayNo(Desk& desk, OpenedOffer& offer, const std::string& words) {
  if (offer.row.state == v1::OFFER_STATE_PROMISE_ASKED) {
    offer.kept.set_refusal_words(words);
    offer.kept.mutable_offer()->clear_steps();
    offer.kept.clear_milestone_title();
    offer.row.second_person = false;
    return UpdateOffer(desk, offer, v1::OFFER_STATE_DRAFT);
  }
  auto refused =
      rules::RefuseVoucher(offer.writer.view(), {offer.row.offer_id, words}, offer.writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&refused)) return Refused(*violation);
  if (auto updated = UpdateOffer(desk, offer, v1::OFFER_STATE_PROMISED); !updated.ok()) return updated;
  return CommitAs(desk, offer.writer, std::get<rules::Change>(refused), v1::ROLE_APPROVER);
}

}  // namespace

Result<v1::ListApprovalsResponse> ListApprovals(const ReadingDesk& desk,
                                                const v1::ListApprovalsRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  v1::ListApprovalsResponse response;
  const auto filled = FillPage(WaitingFor(desk), {*page_size, request.page_token()},
                               *response.mutable_offers(), response.mutable_next_page_token(),
                               [&](const storage::OfferRow& row) { return WaitingOffer(desk, row); });
  if (!filled.ok()) return filled.failure();
  return response;
}

Result<v1::AnswerApprovalResponse> AnswerApproval(Desk& desk, const v1::AnswerApprovalRequest& request) {
  const Failure not_found{.reason = v1::ERROR_REASON_NOT_FOUND, .field = "offer_id"};
  auto offer = OpenOffer(desk, request.offer_id());
  if (!offer.ok()) return offer.failure();
  // A draft that nobody was asked about is none of a second person's business. Who was asked about a promise
  // that came back after a restore is not known any more, but their answer is.
  const bool was_promised = offer->row.year != 0;
  if (offer->row.asked_by.empty() && !was_promised) return not_found;
  v1::AnswerApprovalResponse response;
  const auto answered = AnswerOnce(
      desk, {"AnswerApproval", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        answer.UnderDossierKey(offer->row.dossier_id);
        if (auto released = CheckReleased(desk.transaction); !released.ok()) return released;
        if (auto checked = CheckAnswer(desk, request, offer->row); !checked.ok()) return checked;
        if (request.yes()) {
          auto statement = SayYes(desk, *offer, {v1::ROLE_APPROVER, request.request_id()});
          if (!statement.ok()) return statement.failure();
          if (*statement) *response.mutable_statement() = **std::move(statement);
        } else if (auto said = SayNo(desk, *offer, request.words()); !said.ok()) {
          return said;
        }
        *response.mutable_offer() = ShowToApprover(
            {desk.surroundings, desk.transaction, offer->writer.view(), desk.now}, offer->row, offer->kept);
        return CheckUndamaged(offer->writer.view());
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

}  // namespace brug::domain
