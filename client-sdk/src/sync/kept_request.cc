#include "client-sdk/src/sync/kept_request.h"

#include <array>
#include <charconv>
#include <utility>

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

Place RequestPlace(std::string_view name) { return Place{.kind = "request", .owner = name}; }

// Three lines and the content. No line can hold a line break: an id, a number, a path.
Bytes Pack(const KeptRequest& request) {
  return request.request_id + '\n' + std::to_string(request.first_tried_at.time_since_epoch().count()) +
         '\n' + request.path + '\n' + request.content;
}

std::optional<KeptRequest> Unpack(std::string_view bytes) {
  std::array<std::string_view, 3> lines;
  for (auto& line : lines) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
  }
  std::int64_t microseconds = 0;
  const auto read = std::from_chars(lines[1].data(), lines[1].data() + lines[1].size(), microseconds);
  if (read.ec != std::errc() || read.ptr != lines[1].data() + lines[1].size()) return std::nullopt;
  return KeptRequest{.name = {},
                     .request_id = std::string(lines[0]),
                     .path = std::string(lines[2]),
                     .first_tried_at = rules::Instant(std::chrono::microseconds(microseconds)),
                     .content = std::string(bytes)};
}

}  // namespace

Bytes SealRequest(const Vault& vault, const KeptRequest& request, crypto::RandomSource& random) {
  return vault.Seal(Pack(request), RequestPlace(request.name), random);
}

Result<KeptRequest> OpenRequest(const Vault& vault, const UnansweredRow& row) {
  auto bytes = vault.Open(row.sealed, RequestPlace(row.name));
  if (!bytes.ok()) return bytes.error();
  auto request = Unpack(*bytes);
  if (!request.has_value()) return StorageDamaged();
  request->name = row.name;
  return std::move(*request);
}

}  // namespace brug::sdk
