#pragma once

// For the sources of brug_crypto and brug_jws alone: what lies inside a key.

#include "proto/crypto/signature.h"

namespace brug::crypto {

struct KeyAccess {
  static evp_pkey_st* Handle(const SigningKey& key) { return key.key_.get(); }
  static evp_pkey_st* Handle(const VerifyingKey& key) { return key.key_.get(); }
  // The private scalar, 32 bytes, big-endian.
  static SecretBytes Scalar(const SigningKey& key);
};

}  // namespace brug::crypto
