#pragma once

#include <string>

#include "proto/crypto/random.h"
#include "proto/crypto/seal.h"
#include "service/platform/result.h"

namespace brug::platform {

// The key file: 32 random bytes as 64 hexadecimal digits and a line break, readable by its owner alone.
// Whoever has it and the databases can read everything; whoever loses it can read nothing any more.

// Makes one. A file that exists is never touched. The failure's log_detail is a sentence for the operator.
[[nodiscard]] Result<void> MakeKeyFile(const std::string& path, crypto::RandomSource& random);
// Reads one; refused when others may read it too.
[[nodiscard]] Result<crypto::SealingKey> ReadKeyFile(const std::string& path);

// A small file of the operator's, as a certificate; at most 1 MiB.
[[nodiscard]] Result<std::string> ReadSmallFile(const std::string& path);
// Writes a new file with this mode, and makes sure it survives loss of power. A file that exists is never
// touched.
[[nodiscard]] Result<void> WriteNewFile(const std::string& path, const std::string& content, unsigned mode);

}  // namespace brug::platform
