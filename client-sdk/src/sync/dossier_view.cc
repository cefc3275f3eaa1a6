#include "client-sdk/src/sync/dossier_view.h"

#include <utility>

#include "client-sdk/src/sync/local_error.h"
#include "client-sdk/src/vault/error.h"
#include "proto/rules/validate.h"

namespace brug::sdk {
namespace {

// Where Brug is at home; for a dossier whose profile has not come yet.
constexpr std::string_view kZoneAtHome = "Europe/Amsterdam";

}  // namespace

std::optional<Error> DossierView::TakeError() const {
  auto error = base_.TakeError();
  if (error.has_value() && error->reason == StorageDamaged().reason) saw_damage_ = true;
  return error.has_value() ? WithMessage(std::move(*error), context_.language) : error;
}

rules::Zone DossierView::Zone() const {
  const auto profile = Find(rules::kProfileId);
  if (profile.has_value()) {
    const auto zone = context_.zones->FindZone(profile->profile().time_zone());
    if (zone.has_value()) return *zone;
  }
  return context_.zones->FindZone(kZoneAtHome).value_or(rules::Zone());
}

std::variant<rules::Change, rules::Violation> DossierView::Try(const v1::Mutation& mutation,
                                                               rules::Instant now) const {
  rules::Occasion occasion;
  occasion.author = context_.author;
  occasion.at = rules::ToInstant(mutation.occurred_at());
  occasion.today = rules::LocalDay(Zone(), now);
  occasion.zones = context_.zones;
  return rules::Apply(*this, *context_.templates, mutation, occasion);
}

void DossierView::ShowPending(const v1::Mutation& mutation) {
  // A newer version may be stricter about the form than the one that accepted the mutation.
  if (mutation.intent_case() == v1::Mutation::INTENT_NOT_SET || rules::Validate(mutation).has_value()) return;
  auto outcome = Try(mutation, rules::ToInstant(mutation.occurred_at()));
  if (auto* change = std::get_if<rules::Change>(&outcome)) Show(*change);
}

}  // namespace brug::sdk
