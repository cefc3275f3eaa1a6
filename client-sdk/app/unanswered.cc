#include "client-sdk/app/unanswered.h"

#include <algorithm>
#include <cctype>

#include "client-sdk/app/phrases.h"
#include "client-sdk/app/reward_phrases.h"

namespace brug::app {
namespace {

constexpr std::size_t kIdCharacters = 36;

bool IsOfAnId(std::string_view typed) {
  return std::all_of(typed.begin(), typed.end(),
                     [](unsigned char each) { return each == '-' || std::isxdigit(each) != 0; });
}

// As a word of a command line.
std::string Quoted(const std::string& words) {
  std::string quoted = "'";
  for (const char each : words) quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return quoted + "'";
}

std::string ApprovalCommand(const ApprovalAnswer& approval) {
  const std::string which = ShortIdOf(approval.offer_id);
  if (approval.yes) return "brug approve yes " + which;
  return "brug approve no " + which + " " + Quoted(approval.words);
}

// What is typed before the id, and after it.
struct Form {
  std::string_view kind;
  std::string_view before;
  std::string_view after;
};
constexpr Form kForms[] = {{"PromiseOffer", "brug promise ", ""},
                           {"RequestVoucher", "brug issue ", ""},
                           {"DiscardOffer", "brug offer discard ", ""},
                           {"DeclineOffer", "brug offers --decline ", ""},
                           {"ReplaceVoucherCode", "brug voucher ", " --replace"},
                           {"CancelVoucher", "brug voucher ", " --cancel"},
                           {"UndoRedemption", "brug undo ", ""},
                           {"SetAgreement", "brug merchant agreement ", " ..."},
                           {"RegisterMerchant", "brug merchant register ...", ""},
                           {"CreateScheme", "brug scheme create ...", ""},
                           {"DraftOffer", "brug offer draft ...", ""}};

// Where the service said why not, or the request never left this device, nothing has to be typed again.
bool MayHaveHappened(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kStorage:
    case ErrorCode::kInternal:
    case ErrorCode::kSignInNeeded:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string ShortIdOf(std::string_view id) { return std::string(id.substr(0, kShortIdCharacters)); }

bool IsIdOf(std::string_view id, std::string_view typed) {
  return typed.size() >= kShortIdCharacters && id.starts_with(typed);
}

bool IsWholeId(std::string_view typed) { return typed.size() == kIdCharacters && IsOfAnId(typed); }

std::optional<UnansweredRequest> FindUnanswered(Session& session, std::string_view kind,
                                                std::string_view typed) {
  for (UnansweredRequest& request : Take(session.client().Rewards().Unanswered())) {
    if (request.what == kind && (typed.empty() || IsIdOf(request.about_id, typed))) return std::move(request);
  }
  return std::nullopt;
}

std::string CommandOf(const Session& session, const UnansweredRequest& request) {
  if (request.approval) return ApprovalCommand(*request.approval);
  if (request.redeeming) return "brug redeem --again";
  if (request.what == "AddBudget")
    return "brug budget " + request.about_id + " " + Quoted(SayEuro(session, request.amount_cents));
  for (const Form& form : kForms) {
    if (form.kind != request.what) continue;
    return std::string(form.before) + ShortIdOf(request.about_id) + std::string(form.after);
  }
  return request.what;
}

std::string SayUnanswered(const Session& session, const std::vector<UnansweredRequest>& requests) {
  if (requests.empty()) return {};
  std::string text = session.Say(Word::kNoAnswerKnown) + "\n";
  for (const UnansweredRequest& request : requests) {
    text += "    " + CommandOf(session, request) + "  ";
    if (request.amount_cents > 0) text += SayEuro(session, request.amount_cents) + "  ";
    text += session.Soft(SayMoment(session, request.first_tried_at)) + "\n";
  }
  return text;
}

void AskForId(Session& session, std::string_view kind, const std::string& typed, std::string_view field) {
  if (typed.size() >= kShortIdCharacters && IsOfAnId(typed)) return;
  if (const auto waits = FindUnanswered(session, kind))
    session.Refuse("UNANSWERED", field, session.Say(Word::kAnswerFirst, {CommandOf(session, *waits)}));
}

Error WithCommand(Session& session, std::string_view kind, std::string_view about_id, Error error) {
  if (!MayHaveHappened(error)) return error;
  if (const auto waits = FindUnanswered(session, kind, about_id))
    error.message += " " + session.Say(Word::kTypeItAgain, {CommandOf(session, *waits)});
  return error;
}

}  // namespace brug::app
