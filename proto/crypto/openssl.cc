#include "proto/crypto/openssl.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace brug::crypto {

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "brug::crypto: %s\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

OwnedBio ReadingBio(std::string_view bytes) {
  Demand(bytes.size() <= INT_MAX, "text too long to read");
  OwnedBio bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  Demand(bio != nullptr, "no memory for a BIO");
  return bio;
}

std::string_view Written(const OwnedBio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool IsP256(const EVP_PKEY* key) {
  char group[32] = {};
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
         std::strcmp(group, "prime256v1") == 0;
}

}  // namespace brug::crypto
