#pragma once

#include "client-sdk/src/outbox/unanswered.h"
#include "client-sdk/src/replica/sqlite_file.h"

namespace brug::sdk {

// The table of SqliteUnanswered.
extern const char* const kSqliteUnansweredSchema;

// The unanswered requests in a SqliteFile, which must outlive it.
class SqliteUnanswered final : public Unanswered {
 public:
  explicit SqliteUnanswered(SqliteFile& file) : file_(file) {}

  [[nodiscard]] Result<std::optional<UnansweredRow>> FindRequest(std::string_view name) const override;
  [[nodiscard]] Result<std::vector<UnansweredRow>> ListRequests() const override;
  Result<void> AddRequest(const UnansweredRow& request) override;
  Result<void> RemoveRequest(std::string_view name) override;
  Result<void> PurgeAll() override;

 private:
  SqliteFile& file_;
};

}  // namespace brug::sdk
