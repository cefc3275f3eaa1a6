#include "service/domain/offers.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "proto/rules/offer.h"
#include "proto/rules/scheme.h"
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

// Offers of one dossier that are drafted, asked for, promised or requested.
constexpr std::ptrdiff_t kOffersOpenMax = 50;

Failure NotFound(std::string field) {
  return {.reason = v1::ERROR_REASON_NOT_FOUND, .field = std::move(field)};
}

Failure WrongState() { return {.reason = v1::ERROR_REASON_WRONG_STATE, .field = "offer_id"}; }

OfferSight SightOf(const Desk& desk, const DossierWriter& writer) {
  return {desk.surroundings, desk.transaction, writer.view(), desk.now};
}

bool CountsAsOpen(const storage::OfferRow& row) {
  return row.state == v1::OFFER_STATE_DRAFT || row.state == v1::OFFER_STATE_PROMISE_ASKED ||
         row.state == v1::OFFER_STATE_PROMISED || row.state == v1::OFFER_STATE_REQUESTED;
}

// What is wrong with the draft as such, and with what it names.
Result<void> CheckDraft(const Desk& desk, const DossierWriter& writer, const v1::OfferDraft& draft) {
  if (const auto violation = rules::CheckDraft(draft)) return Refused(*violation);
  const auto goal = writer.view().Find(draft.goal_id());
  if (!goal || goal->deleted() || !goal->has_goal()) return NotFound("draft.goal_id");
  const auto scheme = FindScheme(desk.transaction, draft.scheme_id());
  if (!scheme) return NotFound("draft.scheme_id");
  if (const auto violation = rules::CheckAmount(draft, *scheme)) return Refused(*violation);
  const auto offers = desk.transaction.OffersOfDossier(writer.head().dossier_id);
  if (std::count_if(offers.begin(), offers.end(), CountsAsOpen) >= kOffersOpenMax) {
    return Failure{.reason = v1::ERROR_REASON_TOO_MANY, .field = "draft"};
  }
  return {};
}

storage::OfferRow NewRow(const Desk& desk, const DossierWriter& writer, const v1::OfferDraft& draft) {
  const auto profile = writer.view().Find(rules::kProfileId);
  return {.offer_id = crypto::NewUuidV4(desk.surroundings.random),
          .scheme_id = draft.scheme_id(),
          .dossier_id = writer.head().dossier_id,
          .beneficiary_id = profile ? profile->profile().client_person_id() : std::string(),
          .state = v1::OFFER_STATE_DRAFT,
          .since_us = ToMicroseconds(desk.now)};
}

// The offers of one dossier as its mentor sees them.
Result<std::vector<v1::StaffOffer>> OffersIn(const ReadingDesk& desk, const std::string& dossier_id) {
  std::vector<v1::StaffOffer> offers;
  const auto rows = desk.snapshot.OffersOfDossier(dossier_id);
  if (rows.empty()) return offers;
  auto dossier = OpenDossierView(desk, dossier_id);
  if (!dossier.ok()) return dossier.failure();
  for (const storage::OfferRow& row : rows) {
    if (row.state == v1::OFFER_STATE_DISCARDED) continue;
    auto kept = OpenKept(dossier->access(), row);
    if (!kept.ok()) return kept.failure();
    offers.push_back(ShowToMentor({desk.surroundings, desk.snapshot, *dossier, desk.now}, row, *kept));
  }
  if (auto undamaged = CheckUndamaged(*dossier); !undamaged.ok()) return undamaged.failure();
  return offers;
}

// Those first that wait for the caller, then the oldest.
bool WaitsBefore(const v1::StaffOffer& a, const v1::StaffOffer& b) {
  const auto key = [](const v1::StaffOffer& offer) {
    return std::tuple(!offer.waits_for_caller(), rules::ToInstant(offer.since()), offer.offer_id());
  };
  return key(a) < key(b);
}

// What became of an offer whose end date has passed.
Result<void> LapseOne(Desk& desk, OpenedOffer& offer, JobDone& done) {
  const auto lapsed = rules::LapseOffer(offer.writer.view(), offer.row.offer_id, v1::LAPSE_REASON_END_DATE,
                                        offer.writer.ServiceOccasion());
  const auto record = offer.writer.view().Find(offer.row.offer_id);
  if (offer.writer.view().damaged() || !record || record->offer().state() != v1::OFFER_STATE_PROMISED) {
    done.skipped_count += 1;
    return {};
  }
  if (const auto* change = std::get_if<rules::Change>(&lapsed)) {
    done.done_count += 1;
    return EndPromise(desk, offer, *change, v1::ROLE_UNSPECIFIED);
  }
  // It was earned in time, and so stays promised.
  offer.row.ends_at_us = 0;
  return UpdateOffer(desk, offer, v1::OFFER_STATE_PROMISED);
}

}  // namespace

Result<v1::DraftOfferResponse> DraftOffer(Desk& desk, const v1::DraftOfferRequest& request) {
  auto writer = DossierWriter::Open(desk, request.dossier_id());
  if (!writer.ok()) return writer.failure();
  if (!writer->has_value()) return NotFound("dossier_id");
  v1::DraftOfferResponse response;
  const auto answered = AnswerOnce(
      desk, {"DraftOffer", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        answer.UnderDossierKey(request.dossier_id());
        if (auto checked = CheckDraft(desk, **writer, request.draft()); !checked.ok()) return checked;
        storage::OfferRow row = NewRow(desk, **writer, request.draft());
        v1::StaffOffer kept;
        *kept.mutable_offer() = rules::OfferOf(request.draft());
        SealOffer((*writer)->access(), kept, desk.surroundings.random, row);
        if (!desk.transaction.InsertOffer(row)) return Failure{.log_detail = "two offers took one id"};
        *response.mutable_offer() = ShowToMentor(SightOf(desk, **writer), row, kept);
        return CheckUndamaged((*writer)->view());
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::DiscardOfferResponse> DiscardOffer(Desk& desk, const v1::DiscardOfferRequest& request) {
  auto offer = OpenOffer(desk, request.offer_id());
  if (!offer.ok()) return offer.failure();
  v1::DiscardOfferResponse response;
  const auto answered = AnswerOnce(desk, {"DiscardOffer", request.request_id(), request}, response,
                                   [&](Answer& answer) -> Result<void> {
                                     answer.UnderDossierKey(offer->row.dossier_id);
                                     if (offer->row.state != v1::OFFER_STATE_DRAFT) return WrongState();
                                     return UpdateOffer(desk, *offer, v1::OFFER_STATE_DISCARDED);
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::PromiseOfferResponse> PromiseOffer(Desk& desk, const v1::PromiseOfferRequest& request) {
  auto offer = OpenOffer(desk, request.offer_id());
  if (!offer.ok()) return offer.failure();
  v1::PromiseOfferResponse response;
  const auto answered = AnswerOnce(
      desk, {"PromiseOffer", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        answer.UnderDossierKey(offer->row.dossier_id);
        if (auto released = CheckReleased(desk.transaction); !released.ok()) return released;
        if (offer->row.state != v1::OFFER_STATE_DRAFT) return WrongState();
        offer->row.asked_by = desk.caller.person_id;
        offer->row.answered_by.clear();
        auto promise = CheckPromise(desk, *offer);
        if (!promise.ok()) return promise.failure();
        if (auto undamaged = CheckUndamaged(offer->writer.view()); !undamaged.ok()) return undamaged;
        offer->row.second_person = promise->second_person;
        if (promise->second_person) {
          // What a second person is to look at: their yes is to these steps, this milestone, and to no
          // others.
          offer->kept.set_milestone_title(MilestoneTitle(offer->writer.view(), offer->kept.offer()));
          *offer->kept.mutable_offer()->mutable_steps() = promise->change.records.front().offer().steps();
          if (auto asked = UpdateOffer(desk, *offer, v1::OFFER_STATE_PROMISE_ASKED); !asked.ok())
            return asked;
        } else {
          auto statement =
              MakePromise(desk, *offer, *std::move(promise), {v1::ROLE_MENTOR, request.request_id()});
          if (!statement.ok()) return statement.failure();
          if (*statement) *response.mutable_statement() = **std::move(statement);
        }
        *response.mutable_offer() = ShowToMentor(SightOf(desk, offer->writer), offer->row, offer->kept);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::RequestVoucherResponse> RequestVoucher(Desk& desk, const v1::RequestVoucherRequest& request) {
  auto offer = OpenOffer(desk, request.offer_id());
  if (!offer.ok()) return offer.failure();
  v1::RequestVoucherResponse response;
  const auto ask = [&]() -> Result<void> {
    auto asked =
        rules::RequestVoucher(offer->writer.view(), offer->row.offer_id, offer->writer.ServiceOccasion());
    if (const auto* violation = std::get_if<rules::Violation>(&asked)) return Refused(*violation);
    if (auto updated = UpdateOffer(desk, *offer, v1::OFFER_STATE_REQUESTED); !updated.ok()) return updated;
    return CommitAs(desk, offer->writer, std::get<rules::Change>(asked), v1::ROLE_MENTOR);
  };
  const auto answered = AnswerOnce(
      desk, {"RequestVoucher", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        answer.UnderDossierKey(offer->row.dossier_id);
        if (auto released = CheckReleased(desk.transaction); !released.ok()) return released;
        if (offer->row.state != v1::OFFER_STATE_PROMISED) return WrongState();
        offer->row.asked_by = desk.caller.person_id;
        offer->row.answered_by.clear();
        if (offer->row.second_person) {
          if (auto asked = ask(); !asked.ok()) return asked;
        } else {
          auto statement = GiveVoucher(desk, *offer, {v1::ROLE_MENTOR, request.request_id()});
          if (!statement.ok()) return statement.failure();
          if (*statement) *response.mutable_statement() = **std::move(statement);
        }
        *response.mutable_offer() = ShowToMentor(SightOf(desk, offer->writer), offer->row, offer->kept);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::DeclineOfferResponse> DeclineOffer(Desk& desk, const v1::DeclineOfferRequest& request) {
  auto offer = OpenOffer(desk, request.offer_id());
  if (!offer.ok()) return offer.failure();
  v1::DeclineOfferResponse response;
  const auto answered = AnswerOnce(
      desk, {"DeclineOffer", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        answer.UnderDossierKey(offer->row.dossier_id);
        auto lapsed = rules::LapseOffer(offer->writer.view(), offer->row.offer_id, v1::LAPSE_REASON_CLIENT,
                                        offer->writer.ServiceOccasion());
        if (const auto* violation = std::get_if<rules::Violation>(&lapsed)) return Refused(*violation);
        return EndPromise(desk, *offer, std::get<rules::Change>(lapsed), v1::ROLE_CLIENT);
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListOffersResponse> ListOffers(const ReadingDesk& desk, const v1::ListOffersRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  std::vector<std::string> dossier_ids = ReadableDossiers(desk.snapshot, desk.caller);
  if (!request.dossier_id().empty()) dossier_ids = {request.dossier_id()};
  std::vector<v1::StaffOffer> offers;
  for (const std::string& dossier_id : dossier_ids) {
    auto more = OffersIn(desk, dossier_id);
    if (!more.ok()) return more.failure();
    std::move(more->begin(), more->end(), std::back_inserter(offers));
  }
  std::sort(offers.begin(), offers.end(), WaitsBefore);
  v1::ListOffersResponse response;
  const auto filled = FillPage(offers, {*page_size, request.page_token()}, *response.mutable_offers(),
                               response.mutable_next_page_token(),
                               [](const v1::StaffOffer& offer) -> Result<v1::StaffOffer> { return offer; });
  if (!filled.ok()) return filled.failure();
  return response;
}

Result<JobDone> LapseOffers(Desk& desk, std::int64_t rows_max) {
  JobDone done;
  if (IsHeldBack(desk.transaction)) return done;
  const auto rows = desk.transaction.OffersEnded(v1::OFFER_STATE_PROMISED,
                                                 ToMicroseconds(desk.now - kLapseGrace), rows_max);
  done.due_count = static_cast<std::int64_t>(rows.size());
  for (const storage::OfferRow& row : rows) {
    auto offer = OpenOffer(desk, row.offer_id);
    if (!offer.ok()) {
      done.skipped_count += 1;
      continue;
    }
    if (auto lapsed = LapseOne(desk, *offer, done); !lapsed.ok()) return lapsed.failure();
  }
  return done;
}

Caller ServiceCaller(const std::string& organisation_id) {
  Caller caller;
  caller.organisation_id = organisation_id;
  return caller;
}

}  // namespace brug::domain
