#pragma once

#include <brug/civil.h>
#include <brug/people.h>
#include <brug/plan.h>
#include <brug/result.h>
#include <brug/status.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Offers and vouchers: a reward that is promised with a goal, and the money that it becomes. Every amount is
// in whole cents of a euro.
namespace brug {

namespace sdk {
class Engine;
}

// ---- Offers

// Where an offer stands. A client's device knows it from kPromised on.
enum class OfferState {
  kUnknown,
  kDraft,         // being thought about by staff
  kPromiseAsked,  // waits for a second person's yes to the promise
  kPromised,      // the client sees it, and its money is reserved
  kRequested,     // the voucher was asked for: a second person looks whether it was earned
  kIssued,        // the voucher was given
  kLapsed,        // came to its end without a voucher; see LapseReason
  kDiscarded,     // a draft that was thrown away
};

// Why an offer came to its end without a voucher.
enum class LapseReason {
  kNone,     // it did not
  kClient,   // the client did not want it
  kEndDate,  // the last day that the promise itself named has passed
};

// Each of these steps done at least once. Empty in a draft: all that the goal has when it is promised.
struct AllSteps {
  std::vector<std::string> step_ids;
  friend bool operator==(const AllSteps&, const AllSteps&) = default;
};

// So many of these steps done at least once. Empty as in AllSteps.
struct SomeSteps {
  std::vector<std::string> step_ids;
  int steps_count = 1;  // from 1 to as many as there are
  friend bool operator==(const SomeSteps&, const SomeSteps&) = default;
};

struct MilestoneReached {
  std::string milestone_id;
  friend bool operator==(const MilestoneReached&, const MilestoneReached&) = default;
};

// One step done on so many days.
struct StepTicked {
  std::string step_id;
  int days_count = 1;  // 1 to 366
  friend bool operator==(const StepTicked&, const StepTicked&) = default;
};

// The client says that the goal is reached.
struct GoalAchieved {
  friend bool operator==(const GoalAchieved&, const GoalAchieved&) = default;
};

// What an offer asks for. std::monostate: a kind newer than this SDK, which it never calls earned.
using OfferCondition =
    std::variant<AllSteps, SomeSteps, MilestoneReached, StepTicked, GoalAchieved, std::monostate>;

// A step as it was when the offer was promised. It can be ticked for the offer also when it was deleted
// since.
struct OfferStep {
  std::string step_id;
  Step step;
  // At least once, and on how many days, as this device shows it. Not known of a StaffOffer's: false and 0.
  bool done = false;
  int done_days = 0;
};

// How far an offer has come: computed here and at the service by the same rules.
struct OfferProgress {
  int done_count = 0;    // steps, days, or 0 or 1 for a milestone or goal; never above needed_count
  int needed_count = 0;  // how much it asks for
  bool earned = false;   // all is there, counting what is still pending on this device
  // Earned by what the service has confirmed alone. Earned and not this: "not yet confirmed".
  bool earned_confirmed = false;
  // When the last of what it asks for was written down: a tick, the day of a milestone, that the goal is
  // reached. None while not earned, and for a milestone or goal of before that was kept.
  std::optional<Instant> earned_at;
};

// A reward that was promised with a goal.
struct Offer {
  std::string goal_id;
  std::int64_t amount_cents = 0;
  std::string words;  // what the mentor says with it; may be empty
  OfferCondition condition;
  std::vector<OfferStep> steps;  // those it asks for; empty when it asks for none
  std::optional<Date> ends_on;   // the last day on which it can be earned; none for no end
  OfferState state = OfferState::kPromised;
  std::optional<Instant> promised_at;
  std::string promised_by_display_name;
  // What a second person said with "not yet" to the voucher, last time; empty otherwise.
  std::string refusal_words;
  std::string voucher_id;  // empty before it was given
  LapseReason lapse_reason = LapseReason::kNone;
  std::string scheme_id;
  OfferProgress progress;
};

// What a mentor drafts.
struct OfferDraft {
  std::string goal_id;
  std::string scheme_id;
  std::int64_t amount_cents = 0;  // within what the scheme allows
  std::string words;              // at most 2,000 bytes
  OfferCondition condition;       // all steps unless said otherwise
  std::optional<Date> ends_on;
};

// An offer as staff see it, drafts too.
struct StaffOffer {
  std::string offer_id;
  std::string dossier_id;
  std::string client_display_name;
  std::string goal_title;
  std::string milestone_title;  // that the offer asks for; empty when it asks for something else
  Offer offer;                  // a draft has no steps and no progress yet; all of its progress is confirmed
  // When it came to be in this state.
  Instant since;
  // Whether the caller can take it on now: promise a draft, ask for an earned voucher.
  bool waits_for_caller = false;
  // Whether the promise took a second person, or will.
  bool second_person = false;
  // What a second person said with a no to the promise, last time; empty otherwise.
  std::string refusal_words;
};

// A second person's yes or no.
struct ApprovalAnswer {
  std::string offer_id;
  // What the caller saw: kPromiseAsked or kRequested. When it is another by now: WRONG_STATE.
  OfferState state_seen = OfferState::kUnknown;
  bool yes = false;
  // Why not, in plain words; needed for a no. To the mentor for a promise, to the client too for a voucher.
  // At most 2,000 bytes.
  std::string words;
};

// ---- Vouchers

enum class VoucherState {
  kUnknown,
  kOpen,  // can be spent until it expires
  kRedeemed,
  kExpired,
  kCancelled,  // because the client wished it
};

// A voucher as the dossier has it. Its code is no part of the dossier: Dossier::ShowVoucherCode.
struct Voucher {
  std::string offer_id;
  std::int64_t amount_cents = 0;     // how much it was given for
  std::int64_t remaining_cents = 0;  // how much of it can still be spent
  VoucherState state = VoucherState::kUnknown;
  Instant issued_at;
  Instant expires_at;
  bool in_parts = false;  // whether it can be spent in parts
  int code_number = 0;    // how many codes it has had
  // Whether this device has its code, so that it can be shown without signal. False on staff's devices, and
  // until a sync of the client's device has fetched it.
  bool code_here = false;
};

// What a voucher is spent with. Whoever has it can spend it: show it, and put it nowhere else.
struct VoucherCode {
  std::string voucher_id;
  int code_number = 0;
  std::string code;   // for people, in groups: "7K2QX-M4T9B-0HJ3W-RT"; the last symbol finds mistypings
  std::string token;  // for the QR: a signed token (compact JWS)
};

// What was spent of a voucher at once, as its merchant sees it.
struct Redemption {
  std::string redemption_id;
  std::string voucher_id;
  std::int64_t amount_cents = 0;
  Instant redeemed_at;
  bool undone = false;
  Instant undo_until;  // until when the merchant can undo it
};

// What RedeemVoucher gives. When it repeated an earlier try that had no answer, the voucher was spent once,
// then: `redemption.redeemed_at` says when.
struct Redeemed {
  Redemption redemption;
  std::int64_t remaining_cents = 0;  // left on the voucher
};

// What to spend. Exactly one of code and token.
struct Redeeming {
  std::string code;               // as a person types it: case, spaces and hyphens do not matter
  std::string token;              // what the QR says
  std::int64_t amount_cents = 0;  // 0 for all that is left
};

// A day of a merchant.
struct RedemptionDay {
  std::vector<Redemption> redemptions;  // newest first
  std::int64_t total_cents = 0;         // of those that were not undone
};

// What the organisation signed about a voucher that was spent here, or undone: the merchant's proof. Checked
// before it was kept.
struct Receipt {
  std::string statement_id;
  Instant made_at;
  bool undo = false;
  Redemption redemption;
  std::int64_t remaining_cents = 0;   // what was left on the voucher afterwards
  std::string merchant_display_name;  // of a redemption
};

// ---- Schemes and shops

// What clients know of rewards before one is promised to them.
enum class RevealPolicy {
  kUnknown,
  kAfterPlan,   // nothing at all
  kRulesKnown,  // that they exist and how they are earned; no amount
};

// What a programme manager decides. 0 stands for what the comment says.
struct Scheme {
  std::string scheme_id;  // empty for a new one
  std::string display_name;
  std::int64_t amount_cents_min = 0;                  // the least an offer can be; 2,000
  std::int64_t amount_cents_max = 0;                  // the most; 6,000
  std::int64_t client_year_cents_max = 0;             // for one client in one year; 12 times the most
  std::optional<std::int64_t> four_eyes_above_cents;  // in a year beyond this, a second person; none: 5,000
  int voucher_days = 0;                               // how long a voucher can be spent; 365
  bool in_parts = false;
  RevealPolicy reveal_policy = RevealPolicy::kAfterPlan;
  bool own_mentor_may_approve = false;
  std::string rules_words;  // how rewards are earned, without an amount; at most 2,000 bytes
};

struct NewScheme {
  Scheme scheme;
  std::int64_t budget_cents = 0;  // paid in at once
};

// What the ledger says of a scheme.
struct SchemeBalances {
  std::int64_t budget_cents = 0;       // neither promised nor given
  std::int64_t reserved_cents = 0;     // promised, and not given yet
  std::int64_t outstanding_cents = 0;  // given, and not spent yet
  std::int64_t redeemed_cents = 0;     // spent
  std::int64_t restored_cents = 0;     // 0 or below: what a restored service had to book without money
  std::int64_t paid_in_cents = 0;      // all that was ever paid in: the sum of the others
};

// How a scheme goes: totals and no stories.
struct SchemeReport {
  Scheme scheme;
  // None for who is no programme manager; then nothing is known of what follows either.
  std::optional<SchemeBalances> balances;
  int offers_open_count = 0;         // promised or requested
  std::int64_t may_lapse_cents = 0;  // of those that end within 90 days
  int vouchers_open_count = 0;       // can still be spent
  int vouchers_issued_count = 0;     // ever
  // The middle of the times from the last tick to the voucher; none when there is no voucher yet.
  std::optional<std::chrono::seconds> tick_to_voucher;
  // The longest that an offer waits now for a second person.
  std::chrono::seconds longest_wait{0};
};

// A shop that takes vouchers.
struct Merchant {
  std::string merchant_id;
  std::string display_name;
  std::vector<std::string> scheme_ids;  // whose vouchers it takes now
};

struct NewMerchant {
  std::string display_name;             // 1 to 100 bytes
  std::vector<std::string> scheme_ids;  // at most 100
};

struct RegisteredMerchant {
  Merchant merchant;
  ActivationCode activation_code;  // for the shop's first device
};

// Whether a shop takes the vouchers of a scheme from now on.
struct Agreement {
  std::string merchant_id;
  std::string scheme_id;
  bool takes_vouchers = true;
};

// Which month of which shop; days and months are those of Europe/Amsterdam.
struct MerchantMonth {
  std::string merchant_id;
  std::string scheme_id;
  int year = 0;
  int month = 0;  // 1 to 12
};

struct MerchantStatementLine {
  std::string redemption_id;
  Instant booked_at;
  std::int64_t amount_cents = 0;  // below 0 for an undo
};

struct MerchantStatement {
  std::string merchant_display_name;
  std::vector<MerchantStatementLine> lines;  // in the order in which they were booked
  std::int64_t total_cents = 0;              // their sum
  // What the ledger has for this shop and scheme at the end of the month, from the start.
  std::int64_t balance_cents = 0;
};

// How one scheme's rewards are earned.
struct RewardRules {
  std::string display_name;
  std::string words;
};

// ---- Money in words. Pure.

// "€ 12,50" in Dutch, "€12.50" in English.
[[nodiscard]] std::string FormatEuro(std::int64_t cents, std::string_view language);
// Cents from what a person typed: "12", "12,5", "12,50" or "12.50", with or without a euro sign. None for
// anything else, and below zero.
[[nodiscard]] std::optional<std::int64_t> ParseEuro(std::string_view typed);
// A merchant's month for a spreadsheet (RFC 4180, UTF-8). None when its lines do not add up to its total.
[[nodiscard]] std::optional<std::string> ToCsv(const MerchantStatement& statement);

// ---- The calls

// A request about money of which no answer came: it may have taken effect.
struct UnansweredRequest {
  std::string request_id;
  // As the contract calls it: "RedeemVoucher", "PromiseOffer".
  std::string what;
  Instant first_tried_at;
  // The one offer, voucher, redemption, scheme or merchant that it is about; empty when it names none.
  std::string about_id;
  std::int64_t amount_cents = 0;  // of AddBudget and RedeemVoucher
  // What these said: the same call with the same is the same request.
  std::optional<Redeeming> redeeming;
  std::optional<ApprovalAnswer> approval;
};

// All that is done with offers and vouchers through the service. What a client or mentor sees without signal
// is with the dossier: Dossier::Offers, Vouchers, ShowVoucherCode. What a call changes in a dossier comes to
// this device with the next sync.
//
// @par Once and only once
// A call that changes something is never done twice by accident. Before its first try the SDK makes an id for
// it and writes that down (sealed, fsync) together with all that it says. Until the service has answered,
// *saying the same again* - the same call with the same content, after a lost answer, a time-out or a crash -
// repeats that request under its id, and the service answers as it did the first time, also weeks later. An
// answer, or a refusal that is final, ends this: then the same words are a new request. So when such a call
// gives NO_CONNECTION, TIMED_OUT, STORAGE_UNAVAILABLE, STOPPING, INTERNAL, ANSWER_NOT_VALID,
// STATEMENT_NOT_VALID or (for the answer could not be kept) STORAGE_FULL or STORAGE_FAILED, it may have
// happened: call again with the same content. Other content is another request: so an app lets a person
// finish what waits before something like it (another amount, the token instead of the code) is done anew,
// and does not find it again by its place in a list that has changed. `Unanswered` lists what waits, with
// what names it; after `ForgetUnanswered` the same content is a new request. The answer to a repeated request
// is that of its first time: how the offer or voucher stands now, a list or a sync says. Without its id on
// disk a call that changes something is not made at all. At most 1,000 requests wait (OUTBOX_FULL). The
// service remembers what it answered for 400 days; what waited longer is done anew.
//
// A small value that may be copied; it must not outlive the Client it came from.
//
// @par Thread safety
// Any call from any thread. The same content from two threads at once is one request.
//
// @par Errors of every call
// As of every call that needs the service (see Client). Amounts and texts out of bounds are OUT_OF_RANGE,
// MISSING and TEXT_TOO_LONG with the field; others are named at the call.
//
// @par Cost
// One round trip, a list one for 200 items; a call that changes something up to three fsyncs more.
class Rewards {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // ---- Programme manager

  [[nodiscard]] Result<SchemeReport> CreateScheme(const NewScheme& scheme,
                                                  Milliseconds timeout = kServiceTimeout);
  // Pays in. Errors: NOT_FOUND.
  [[nodiscard]] Result<SchemeBalances> AddBudget(std::string_view scheme_id, std::int64_t amount_cents,
                                                 Milliseconds timeout = kServiceTimeout);
  // By name. For mentors, team leads and approvers as well, who get the schemes alone.
  [[nodiscard]] Result<std::vector<SchemeReport>> ListSchemes(Milliseconds timeout = kServiceTimeout);
  // Errors: NOT_FOUND (a scheme).
  [[nodiscard]] Result<RegisteredMerchant> RegisterMerchant(const NewMerchant& merchant,
                                                            Milliseconds timeout = kServiceTimeout);
  // Errors: NOT_FOUND.
  [[nodiscard]] Result<Merchant> SetAgreement(const Agreement& agreement,
                                              Milliseconds timeout = kServiceTimeout);
  // By name.
  [[nodiscard]] Result<std::vector<Merchant>> ListMerchants(Milliseconds timeout = kServiceTimeout);
  // Its lines add up to what the ledger has. Errors: NOT_FOUND.
  [[nodiscard]] Result<MerchantStatement> GetMerchantStatement(const MerchantMonth& month,
                                                               Milliseconds timeout = kServiceTimeout);

  // ---- Mentor

  // Nothing of a draft reaches the client's devices. Errors: NOT_FOUND (goal, scheme), TOO_MANY.
  [[nodiscard]] Result<StaffOffer> DraftOffer(std::string_view dossier_id, const OfferDraft& draft,
                                              Milliseconds timeout = kServiceTimeout);
  // Throws a draft away. Errors: NOT_FOUND, WRONG_STATE.
  [[nodiscard]] Result<void> DiscardOffer(std::string_view offer_id, Milliseconds timeout = kServiceTimeout);
  // Promises it (kPromised), or asks a second person to (kPromiseAsked). Errors: NOT_FOUND, WRONG_STATE,
  // NOT_PLANNED (the client has not said "this is my plan" yet), NO_STEPS, OVER_BUDGET, OVER_YEAR,
  // IN_THE_PAST.
  [[nodiscard]] Result<StaffOffer> PromiseOffer(std::string_view offer_id,
                                                Milliseconds timeout = kServiceTimeout);
  // Gives the voucher (kIssued), or asks a second person to look (kRequested). Errors: NOT_FOUND,
  // WRONG_STATE, NOT_EARNED.
  [[nodiscard]] Result<StaffOffer> RequestVoucher(std::string_view offer_id,
                                                  Milliseconds timeout = kServiceTimeout);
  // Of one dossier, or of the whole caseload; those first that wait for the caller.
  [[nodiscard]] Result<std::vector<StaffOffer>> ListOffers(std::string_view dossier_id = {},
                                                           Milliseconds timeout = kServiceTimeout);

  // ---- Approver

  // What the caller may answer, oldest first.
  [[nodiscard]] Result<std::vector<StaffOffer>> ListApprovals(Milliseconds timeout = kServiceTimeout);
  // Errors: NOT_FOUND, WRONG_STATE, SECOND_PERSON_NEEDED (the caller asked for it, or walks beside the
  // client), and those of PromiseOffer and RequestVoucher.
  [[nodiscard]] Result<StaffOffer> AnswerApproval(const ApprovalAnswer& answer,
                                                  Milliseconds timeout = kServiceTimeout);

  // ---- Client

  // How rewards are earned, where the organisation tells that beforehand; by name. Often empty.
  [[nodiscard]] Result<std::vector<RewardRules>> GetRules(Milliseconds timeout = kServiceTimeout);
  // The client does not want it. Errors: NOT_FOUND, WRONG_STATE.
  [[nodiscard]] Result<void> DeclineOffer(std::string_view offer_id, Milliseconds timeout = kServiceTimeout);
  // Fetches a voucher's code now and keeps it on this device. Every sync does so by itself; this is for
  // saying why a code is not here. Errors: NOT_FOUND, WRONG_STATE (spent, expired or cancelled).
  [[nodiscard]] Result<VoucherCode> FetchVoucherCode(std::string_view voucher_id,
                                                     Milliseconds timeout = kServiceTimeout);
  // Somebody saw the code: another one, and the old one is void. Errors as of FetchVoucherCode.
  [[nodiscard]] Result<VoucherCode> ReplaceVoucherCode(std::string_view voucher_id,
                                                       Milliseconds timeout = kServiceTimeout);
  // Gives the voucher back, because the client wishes it. Errors: NOT_FOUND, WRONG_STATE.
  [[nodiscard]] Result<void> CancelVoucher(std::string_view voucher_id,
                                           Milliseconds timeout = kServiceTimeout);

  // ---- Merchant

  // Spends a voucher, in full or in part. Errors: CODE_MISTYPED (the code's own check symbol says so; the
  // service was not asked); VOUCHER_NOT_VALID (which of the reasons is not said); OUT_OF_RANGE with
  // "amount_cents" (more than is left, or a part where the whole is wanted); TOO_MANY_TRIES.
  [[nodiscard]] Result<Redeemed> RedeemVoucher(const Redeeming& redeeming,
                                               Milliseconds timeout = kServiceTimeout);
  // A mistaken redemption of the caller's own. Errors: NOT_FOUND, TOO_LATE, WRONG_STATE.
  [[nodiscard]] Result<Redemption> UndoRedemption(std::string_view redemption_id,
                                                  Milliseconds timeout = kServiceTimeout);
  // Of one day in Europe/Amsterdam; none for today.
  [[nodiscard]] Result<RedemptionDay> ListRedemptions(std::optional<Date> day = std::nullopt,
                                                      Milliseconds timeout = kServiceTimeout);
  // The newest receipts on this device, at most `count_max`, newest first. Offline. Errors: NOT_ENROLLED,
  // WIPED, STORAGE_FAILED, STORAGE_DAMAGED.
  [[nodiscard]] Result<std::vector<Receipt>> Receipts(std::size_t count_max = 200) const;

  // ---- Anyone

  // The keys that sign an organisation's vouchers (empty: the device's own), a JSON Web Key Set for
  // VerifyVoucherToken. The only call that needs no enrolment. Errors: NOT_FOUND.
  [[nodiscard]] Result<std::string> GetVoucherKeys(std::string_view organisation_id = {},
                                                   Milliseconds timeout = kServiceTimeout);

  // Requests of this device that had no answer, oldest first. Offline. Errors as of Receipts.
  [[nodiscard]] Result<std::vector<UnansweredRequest>> Unanswered() const;
  // The person knows what became of it, or does not want it any more. Offline. Errors: NOT_FOUND, and as of
  // Receipts.
  [[nodiscard]] Result<void> ForgetUnanswered(std::string_view request_id);

 private:
  friend class Client;
  explicit Rewards(sdk::Engine* engine) : engine_(engine) {}

  sdk::Engine* engine_;
};

}  // namespace brug
