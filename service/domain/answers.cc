#include "service/domain/answers.h"

#include "proto/crypto/hash.h"
#include "proto/rules/validate.h"
#include "service/domain/organisation_records.h"
#include "service/domain/sealed_dossier.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

// A kept answer is 'o' and bytes sealed under the organisation's key, or 'd', the dossier's id (36 bytes) and
// bytes sealed under that dossier's key.
constexpr char kOrganisation = 'o';
constexpr char kDossier = 'd';
constexpr std::size_t kIdBytes = 36;

std::string PlaceOf(const std::string& person_id, const std::string& request_id) {
  return "answer/" + person_id + "/" + request_id;
}

std::string PlaceOf(const Caller& caller, const RequestName& name) {
  return PlaceOf(caller.person_id, name.request_id);
}

// What stands in the place of a hash where the content is not known any more: no hash is so long.
std::string UnknownContentOf(std::string_view rpc) {
  return "the content of this request to " + std::string(rpc) + " was lost";
}

Result<DossierAccess> AccessTo(const Desk& desk, const std::string& dossier_id) {
  auto keys = desk.surroundings.keys.Dossier(*desk.keys, dossier_id);
  if (!keys.ok()) return keys.failure();
  return DossierAccess{desk.keys->organisation_id, dossier_id, *keys};
}

Result<std::string> SealAnswer(const Desk& desk, const RequestName& name, const std::string& dossier_id,
                               const std::string& plain) {
  crypto::RandomSource& random = desk.surroundings.random;
  if (dossier_id.empty()) {
    return kOrganisation + SealForOrganisation(*desk.keys, PlaceOf(desk.caller, name), plain, random);
  }
  auto access = AccessTo(desk, dossier_id);
  if (!access.ok()) return access.failure();
  const std::string place = PlaceOf(desk.caller, name);
  return kDossier + dossier_id + SealForDossier(*access, {"answer", place, 0}, plain, random);
}

Result<std::string> OpenAnswer(const Desk& desk, const RequestName& name, const std::string& sealed) {
  std::optional<std::string> plain;
  const std::string place = PlaceOf(desk.caller, name);
  if (sealed.starts_with(kOrganisation)) {
    plain = OpenForOrganisation(*desk.keys, place, std::string_view(sealed).substr(1));
  } else if (sealed.starts_with(kDossier) && sealed.size() > 1 + kIdBytes) {
    auto access = AccessTo(desk, sealed.substr(1, kIdBytes));
    if (!access.ok()) return access.failure();
    plain = OpenForDossier(*access, {"answer", place, 0}, std::string_view(sealed).substr(1 + kIdBytes));
  }
  if (!plain) return Failure{.log_detail = "a kept answer does not open"};
  return *plain;
}

}  // namespace

Result<void> AnswerOnce(Desk& desk, const RequestName& name, google::protobuf::MessageLite& response,
                        const std::function<Result<void>(Answer&)>& act) {
  if (!rules::IsUuid(name.request_id))
    return Failure{.reason = v1::ERROR_REASON_NOT_AN_ID, .field = "request_id"};
  const std::string content = crypto::Sha256(std::string(name.rpc) + '\0' + Serialise(name.request));
  if (const auto stored = desk.transaction.FindAnswer(desk.caller.person_id, name.request_id)) {
    if (stored->content_sha256 != content && stored->content_sha256 != UnknownContentOf(name.rpc)) {
      return Failure{.reason = v1::ERROR_REASON_REQUEST_ID_REUSED, .field = "request_id"};
    }
    auto plain = OpenAnswer(desk, name, stored->sealed);
    if (!plain.ok()) return plain.failure();
    if (!response.ParseFromString(*plain)) return Failure{.log_detail = "a kept answer cannot be read"};
    return {};
  }
  response.Clear();
  Answer answer;
  auto acted = act(answer);
  if (!acted.ok()) return acted;
  auto sealed = SealAnswer(desk, name, answer.dossier_id_, Serialise(response));
  if (!sealed.ok()) return sealed.failure();
  if (!desk.transaction.InsertAnswer({.person_id = desk.caller.person_id,
                                      .request_id = name.request_id,
                                      .content_sha256 = content,
                                      .sealed = *sealed,
                                      .stored_at_us = ToMicroseconds(desk.now)})) {
    return Failure{.log_detail = "one request got two answers"};
  }
  return {};
}

Result<void> KeepAnswer(Desk& desk, const ForgottenRequest& request, const std::string& response) {
  if (desk.transaction.FindAnswer(request.person_id, request.request_id)) return {};
  auto access = AccessTo(desk, request.dossier_id);
  if (!access.ok()) return access.failure();
  const std::string place = PlaceOf(request.person_id, request.request_id);
  const std::string sealed =
      SealForDossier(*access, {"answer", place, 0}, response, desk.surroundings.random);
  if (!desk.transaction.InsertAnswer({.person_id = request.person_id,
                                      .request_id = request.request_id,
                                      .content_sha256 = UnknownContentOf(request.rpc),
                                      .sealed = kDossier + request.dossier_id + sealed,
                                      .stored_at_us = ToMicroseconds(desk.now)})) {
    return Failure{.log_detail = "one request got two answers"};
  }
  return {};
}

}  // namespace brug::domain
