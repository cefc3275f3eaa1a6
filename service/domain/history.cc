#include "service/domain/history.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "proto/rules/limits.h"
#include "service/domain/dossier_view.h"
#include "service/domain/paging.h"

namespace brug::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using platform::Failure;
using platform::Result;

// Entries fetched at a time.
constexpr std::int64_t kPartRowsMax = 100;

// The revision that a page begins below; a token that is no number begins at the newest.
std::int64_t Below(const std::string& page_token) {
  constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  std::int64_t revision = 0;
  const auto [end, error] =
      std::from_chars(page_token.data(), page_token.data() + page_token.size(), revision);
  const bool whole = error == std::errc() && end == page_token.data() + page_token.size();
  return whole && revision > 0 ? revision : kNewest;
}

// The record that a mutation is about: an intent's first field names it, in its content where it makes one.
bool IsAbout(const Message& intent, const std::string& record_id) {
  const FieldDescriptor* first = intent.GetDescriptor()->FindFieldByNumber(1);
  return first != nullptr && first->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !first->is_repeated() &&
         intent.GetReflection()->GetString(intent, first) == record_id;
}

bool Concerns(const v1::LogEntry& entry, const std::string& record_id) {
  if (std::any_of(entry.overwritten().begin(), entry.overwritten().end(),
                  [&](const v1::Record& record) { return record.record_id() == record_id; })) {
    return true;
  }
  const v1::Mutation& mutation = entry.mutation();
  if (mutation.has_revise_profile()) return record_id == "profile";
  const auto* intent = mutation.GetReflection()->GetOneofFieldDescriptor(
      mutation, mutation.GetDescriptor()->FindOneofByName("intent"));
  return intent != nullptr && IsAbout(mutation.GetReflection()->GetMessage(mutation, intent), record_id);
}

bool IsWanted(const v1::LogEntry& entry, const v1::ListHistoryRequest& request) {
  if (!request.record_id().empty()) return Concerns(entry, request.record_id());
  return !entry.overwritten().empty() || entry.refused() != v1::ERROR_REASON_UNSPECIFIED;
}

Result<v1::LogEntry> Open(const DossierAccess& access, const storage::SealedLogEntry& row) {
  const auto plain = OpenForDossier(access, {"log", "", row.revision}, row.sealed);
  v1::LogEntry entry;
  if (plain && entry.ParseFromString(*plain)) return entry;
  return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE, .log_detail = "a log entry does not open"};
}

// The page, with the token of the next, which begins below this revision.
v1::ListHistoryResponse Page(v1::ListHistoryResponse& response, std::int64_t below) {
  response.set_next_page_token(std::to_string(below));
  return std::move(response);
}

}  // namespace

Result<v1::ListHistoryResponse> ListHistory(const ReadingDesk& desk, const v1::ListHistoryRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  const auto dossier = OpenDossierView(desk, request.dossier_id());
  if (!dossier.ok()) return dossier.failure();
  v1::ListHistoryResponse response;
  std::int64_t below = Below(request.page_token());
  std::size_t bytes = 0;
  for (std::int64_t looked_at = 0; looked_at < kHistoryLookedAtMax;) {
    const auto rows = desk.snapshot.LogEntriesBefore(request.dossier_id(), below, kPartRowsMax);
    for (const storage::SealedLogEntry& row : rows) {
      auto entry = Open(dossier->access(), row);
      if (!entry.ok()) return entry.failure();
      ++looked_at;
      const bool wanted = IsWanted(*entry, request);
      if (wanted) bytes += entry->ByteSizeLong();
      // An entry alone is never larger than a page may be; behind others it waits for the next.
      if (wanted && bytes > rules::kPageBytesMax && !response.entries().empty()) return Page(response, below);
      below = row.revision;
      if (!wanted) continue;
      *response.add_entries() = *std::move(entry);
      if (response.entries_size() == *page_size) return Page(response, below);
    }
    if (static_cast<std::int64_t>(rows.size()) < kPartRowsMax) return response;
  }
  return Page(response, below);
}

}  // namespace brug::domain
