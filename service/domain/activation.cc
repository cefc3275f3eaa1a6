#include "service/domain/activation.h"

#include "proto/crypto/crockford.h"
#include "proto/crypto/hash.h"

namespace brug::domain {

platform::Result<ActivationCode> MakeActivationCode(const Surroundings& surroundings,
                                                    const std::string& organisation_id,
                                                    const std::string& person_id, rules::Instant now) {
  const rules::Instant expires_at = now + kActivationCodeLife;
  // Fifty random bits: a second draw is already next to impossible, a third means that something is broken.
  for (int draw = 0; draw < 3; ++draw) {
    const std::string code = crypto::NewCode(surroundings.random, kActivationCodeSymbols);
    const auto inserted =
        surroundings.storage.registry().InsertCode({.code_hmac = ActivationCodeHmac(surroundings.keys, code),
                                                    .organisation_id = organisation_id,
                                                    .person_id = person_id,
                                                    .expires_at_us = ToMicroseconds(expires_at)});
    if (!inserted.ok()) return inserted.failure();
    if (*inserted) return ActivationCode{.text = crypto::GroupCode(code), .expires_at = expires_at};
  }
  return platform::Failure{.log_detail = "three activation codes in a row existed already"};
}

std::string ActivationCodeHmac(const KeyRing& keys, const std::string& normalised) {
  return crypto::HmacSha256(keys.ServiceKey("brug/1 activation codes").bytes(), normalised);
}

}  // namespace brug::domain
