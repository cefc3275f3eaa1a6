#include "service/domain/organisation_records.h"

namespace brug::domain {
namespace {

std::string AssociatedData(const OrganisationKeys& keys, std::string_view place) {
  return "brug/1 organisation " + keys.organisation_id + " " + std::string(place);
}

}  // namespace

std::string SealForOrganisation(const OrganisationKeys& keys, std::string_view place, std::string_view plain,
                                crypto::RandomSource& random) {
  return keys.sealing.Seal(plain, AssociatedData(keys, place), random);
}

std::optional<std::string> OpenForOrganisation(const OrganisationKeys& keys, std::string_view place,
                                               std::string_view sealed) {
  return keys.sealing.Open(sealed, AssociatedData(keys, place));
}

}  // namespace brug::domain
