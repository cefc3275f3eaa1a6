#include "proto/crypto/pem.h"

#include <openssl/pem.h>

#include <climits>

#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

// One block, freed and overwritten with the object.
struct Block {
  ~Block() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  }

  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
};

}  // namespace

std::string PemEncode(std::string_view label, std::string_view der) {
  Demand(!der.empty() && der.size() <= INT_MAX, "a PEM block has 1 byte to 2 GiB");
  const OwnedBio bio(BIO_new(BIO_s_mem()));
  Demand(bio != nullptr && PEM_write_bio(bio.get(), std::string(label).c_str(), "", Data(der),
                                         static_cast<long>(der.size())) > 0,
         "no memory for a PEM block");
  return std::string(Written(bio));
}

std::optional<Bytes> PemDecode(std::string_view label, std::string_view pem) {
  if (pem.size() > kPemBytesMax) return std::nullopt;
  const ErrorScope errors;
  const OwnedBio bio = ReadingBio(pem);
  while (true) {
    Block block;
    if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) != 1)
      return std::nullopt;
    if (block.name != label) continue;
    if (block.header[0] != '\0') return std::nullopt;
    return Bytes(reinterpret_cast<const char*>(block.data), static_cast<std::size_t>(block.size));
  }
}

}  // namespace brug::crypto
