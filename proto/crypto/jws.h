#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/bytes.h"
#include "proto/crypto/signature.h"

// Brug's own signed tokens: compact JWS (RFC 7515), ES256 alone (RFC 7518 section 3.4), made and checked by
// libcjose. A library of its own (brug_jws), so that an app without vouchers needs no
// libcjose: brug_client passes on its tokens as they came, and Brug::vouchers reads those of vouchers.
//
// The header is always {"alg":"ES256","typ":...,"kid":...} in this order, and nothing else is accepted: no
// other member, spelling or order, so that no token of another maker or purpose passes for ours.
namespace brug::crypto {

inline constexpr std::size_t kJwsBytesMax = 8 * 1024;

// Signs tokens of one purpose with one key.
// Thread safety: const calls from any number of threads.
class JwsSigner {
 public:
  // `typ` names the purpose (RFC 8725 section 3.11), as "brug-session+jwt": 1 to 64 of a-z, 0-9, '+', '.',
  // '-'; anything else is an assertion.
  JwsSigner(const SigningKey& key, std::string_view typ);
  JwsSigner(JwsSigner&&) noexcept;
  JwsSigner& operator=(JwsSigner&&) noexcept;
  ~JwsSigner();

  // The token for `payload`, a JSON text, taken as it is (empty is an assertion). nullopt if the token would
  // be longer than kJwsBytesMax (one of 5,800 bytes always fits). About 50 microseconds.
  [[nodiscard]] std::optional<std::string> Sign(std::string_view payload) const;

  // What stands in each token's header: the key's RFC 7638 thumbprint.
  [[nodiscard]] const std::string& kid() const { return kid_; }

 private:
  struct Key;

  std::unique_ptr<Key> key_;
  std::string typ_;
  std::string kid_;
};

// Why a token was refused. All are final for that token. Callers answer strangers alike whatever it is.
enum class JwsError {
  kNone,
  kTooLong,     // over kJwsBytesMax; not looked at
  kMalformed,   // not a compact JWS, cut off, or not in its one spelling
  kHeader,      // another algorithm (none, HS256, ...), another typ, a member too many or too few
  kUnknownKey,  // the callback does not know the kid
  kSignature,   // the signature is not that key's
};

struct JwsOutcome {
  JwsError error = JwsError::kNone;
  Bytes payload = {};    // empty unless `ok`; its JSON is for the caller to read and check
  std::string kid = {};  // of the key that signed; empty unless `ok`

  [[nodiscard]] bool ok() const { return error == JwsError::kNone; }
};

// The key that a kid stands for now; nullopt if it is unknown or no longer trusted. `kid` is 1 to 64
// characters of base64url, not yet verified. Called at most once a token, on the calling thread.
using JwsKeyLookup = std::function<std::optional<VerifyingKey>(std::string_view kid)>;

// Checks a token's form, header and signature; `typ` as the signer was given it. Times (`exp`), audience and
// person stand in the payload: the caller's to check. Thread safety: as that of `lookup`. About 100
// microseconds for a token whose key is known.
[[nodiscard]] JwsOutcome VerifyJws(std::string_view token, std::string_view typ, const JwsKeyLookup& lookup);

}  // namespace brug::crypto
