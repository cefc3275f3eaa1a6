#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/platform/result.h"

namespace brug::storage {

// What must outlive every restore: that an access ended, that a device was revoked, what roles somebody has.
// Kept apart from what a backup has, and only ever added to.
//
//   what an end's caller was told  =>  it is in the journal
//
// because an end is journalled, durably, before the transaction that it is part of is committed. The price:
// an end whose commit then fails is in the journal although its caller was told to try again.
//
// Thread safety: any number of threads. All calls may answer STORAGE_UNAVAILABLE, which may be tried again.
class EndJournal {
 public:
  virtual ~EndJournal() = default;

  // Adds the contents, in order, and makes them durable. When it fails, some of them may be there.
  virtual platform::Result<void> Append(std::string_view organisation_id,
                                        std::span<const std::string> contents) = 0;
  // Everything of the organisation, oldest first. Cost: the whole journal is read.
  virtual platform::Result<std::vector<std::string>> EndsOf(std::string_view organisation_id) const = 0;
};

}  // namespace brug::storage
