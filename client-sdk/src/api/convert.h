#pragma once

#include <brug/bridge.h>
#include <brug/civil.h>
#include <brug/history.h>
#include <brug/people.h>
#include <brug/plan.h>
#include <brug/rewards.h>
#include <brug/support.h>

#include <string_view>

#include "brug/v1/bridge_template.pb.h"
#include "brug/v1/caseload_service.pb.h"
#include "brug/v1/device.pb.h"
#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/log.pb.h"
#include "brug/v1/record.pb.h"
#include "brug/v1/reward_service.pb.h"
#include "proto/rules/dossier_reader.h"

// Between the messages of the contract and the plain values that apps see. Pure; safe from any thread.
//
// What an app gives is not judged here: a value that does not exist becomes one that the rules refuse, with
// its field.
namespace brug::sdk {

// ---- Days, instants, people

[[nodiscard]] Date FromProto(const v1::Date& date);
[[nodiscard]] v1::Date ToProto(const Date& date);
[[nodiscard]] Instant FromProto(const google::protobuf::Timestamp& timestamp);
[[nodiscard]] google::protobuf::Timestamp ToProto(Instant instant);
[[nodiscard]] Role FromProto(v1::Role role);
[[nodiscard]] Author FromProto(const v1::Author& author);
[[nodiscard]] Device FromProto(const v1::Device& device, std::string_view this_device_id);
[[nodiscard]] StaffMember FromProto(const v1::StaffMember& member);
[[nodiscard]] Team FromProto(const v1::GetTeamResponse& team);

[[nodiscard]] HistoryEntry FromProto(const v1::LogEntry& entry);

// ---- The Bridge

// `language`: which of the template's texts; see rules::TextIn.
[[nodiscard]] BridgeTemplate FromProto(const v1::BridgeTemplate& bridge, std::string_view language);
[[nodiscard]] Assessment FromProto(const v1::Assessment& assessment);
// Without the fields that an app may leave empty: template and date.
[[nodiscard]] v1::Assessment ToProto(const Assessment& assessment);
[[nodiscard]] AssessmentView FromProto(const v1::AssessmentView& view);
[[nodiscard]] v1::AssessmentView ToProto(const AssessmentView& view);

// ---- Plans

[[nodiscard]] Goal FromProto(const v1::Goal& goal);
[[nodiscard]] Milestone FromProto(const v1::Milestone& milestone);
[[nodiscard]] Step FromProto(const v1::Step& step);
[[nodiscard]] Recurrence FromProto(const v1::Recurrence& recurrence);
[[nodiscard]] v1::Recurrence ToProto(const Recurrence& recurrence);
[[nodiscard]] v1::IfThenPlan ToProto(const IfThenPlan& plan);
[[nodiscard]] v1::TimeOfDay ToProto(const TimeOfDay& time);
[[nodiscard]] Pause FromProto(const v1::Pause& pause);
[[nodiscard]] v1::Pause ToProto(const Pause& pause);
[[nodiscard]] Tick FromProto(const v1::Tick& tick);
[[nodiscard]] v1::TickState ToProto(TickState state);

// ---- Support

[[nodiscard]] Profile FromProto(const v1::Profile& profile);
[[nodiscard]] v1::TalkTime ToProto(TalkTime time);
[[nodiscard]] Relation FromProto(const v1::Relation& relation);
[[nodiscard]] Suggestion FromProto(const v1::Suggestion& suggestion);
[[nodiscard]] v1::SuggestedField ToProto(SuggestedField field);
[[nodiscard]] Appreciation FromProto(const v1::Appreciation& appreciation);
[[nodiscard]] v1::Appreciation ToProto(const Appreciation& appreciation);
[[nodiscard]] Message FromProto(const v1::Message& message);
[[nodiscard]] Contact FromProto(const v1::Contact& contact);
[[nodiscard]] v1::Contact ToProto(const Contact& contact);
[[nodiscard]] v1::ContactKind ToProto(ContactKind kind);
[[nodiscard]] Appointment FromProto(const v1::Appointment& appointment);
[[nodiscard]] v1::AppointmentState ToProto(AppointmentAnswer answer);
[[nodiscard]] HandoverState FromProto(v1::HandoverState state);
[[nodiscard]] Handover FromProto(const v1::Handover& handover);
[[nodiscard]] IncomingHandover FromProto(const v1::HandoverEntry& entry);
[[nodiscard]] CaseloadEntry FromProto(const v1::CaseloadEntry& entry);

// ---- Rewards

// Without progress.
[[nodiscard]] Offer FromProto(const v1::Offer& offer);
// An offer of a dossier: progress and steps as `shown` has them, and whether `confirmed` has it earned too.
[[nodiscard]] Offer FromDossier(const v1::Offer& offer, const rules::DossierReader& shown,
                                const rules::DossierReader& confirmed);
[[nodiscard]] StaffOffer FromProto(const v1::StaffOffer& offer);
[[nodiscard]] v1::OfferDraft ToProto(const OfferDraft& draft);
// `code_here` is for the caller to say.
[[nodiscard]] Voucher FromProto(const v1::Voucher& voucher);
[[nodiscard]] VoucherCode FromProto(const v1::VoucherCode& code);
[[nodiscard]] Redemption FromProto(const v1::Redemption& redemption);
// Nothing for a statement that is no receipt of this merchant.
[[nodiscard]] std::optional<Receipt> ToReceipt(const v1::StatementContent& content,
                                               std::string_view merchant_id);
[[nodiscard]] Scheme FromProto(const v1::Scheme& scheme);
[[nodiscard]] v1::Scheme ToProto(const Scheme& scheme);
[[nodiscard]] SchemeBalances FromProto(const v1::SchemeBalances& balances);
[[nodiscard]] SchemeReport FromProto(const v1::SchemeReport& report);
[[nodiscard]] Merchant FromProto(const v1::Merchant& merchant);
[[nodiscard]] MerchantStatement FromProto(const v1::GetMerchantStatementResponse& statement);
[[nodiscard]] v1::GetMerchantStatementResponse ToProto(const MerchantStatement& statement);

// What every record has: id, whether it is pending, author and time.
template <class T>
[[nodiscard]] Item<T> ToItem(const v1::Record& record, T content) {
  return {.id = record.record_id(),
          .pending = record.revision() == 0,
          .created_by = FromProto(record.created_by()),
          .created_at = FromProto(record.created_at()),
          .content = std::move(content)};
}

}  // namespace brug::sdk
