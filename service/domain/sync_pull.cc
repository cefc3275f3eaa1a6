#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "brug/v1/device.pb.h"
#include "proto/rules/limits.h"
#include "service/domain/cursor.h"
#include "service/domain/dossier_digest.h"
#include "service/domain/learn_again.h"
#include "service/domain/points.h"
#include "service/domain/relations.h"
#include "service/domain/sealed_dossier.h"
#include "service/domain/statements.h"
#include "service/domain/sync.h"
#include "service/domain/templates.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

// Statements in one answer, of kPageBytesMax together unless one alone is larger; the rest comes with the
// next. That of a promise has all of its frozen steps.
constexpr int kStatementsMax = 200;

std::int64_t PageBytes(const v1::SyncRequest& request) {
  const auto asked = static_cast<std::size_t>(std::max(request.page_bytes_max(), 0));
  if (asked == 0) return static_cast<std::int64_t>(rules::kPageBytesMax);
  return static_cast<std::int64_t>(std::clamp(asked, rules::kPageBytesMin, rules::kPageBytesMax));
}

// Whether the device can go on from the cursor: what it was read from is of this history, and no tombstone
// that it would have to hear of is gone.
bool CanGoOn(const storage::Snapshot& snapshot, const storage::DossierHead& head, const Cursor& cursor) {
  return cursor.since_revision >= head.compacted_revision &&
         IsInHistory(snapshot, head, {cursor.revision, cursor.salt});
}

class PullCall {
 public:
  PullCall(const ReadingDesk& desk, const v1::SyncRequest& request, v1::SyncResponse& response)
      : desk_(desk), response_(response), bytes_left_(PageBytes(request)) {
    for (const v1::DossierCursor& cursor : request.cursors()) cursors_[cursor.dossier_id()] = cursor.cursor();
  }

  Result<void> Run() {
    for (const std::string& dossier_id : ReadableDossiers(desk_.snapshot, desk_.caller)) {
      auto added = AddPage(dossier_id);
      if (!added.ok()) return added;
    }
    return {};
  }

 private:
  Result<void> AddPage(const std::string& dossier_id) {
    const auto head = desk_.snapshot.FindHead(dossier_id);
    if (!head) return Failure{.log_detail = "a relation with a dossier that does not exist"};
    const CursorOwner owner{desk_.caller.device_id, dossier_id};
    std::optional<Cursor> from;
    if (const auto sent = cursors_.find(dossier_id); sent != cursors_.end()) {
      from = ReadCursor(desk_.keys->cursors, owner, sent->second);
      if (from && !CanGoOn(desk_.snapshot, *head, *from)) from.reset();
    }
    if (from && from->delivered_revision == head->revision) return {};
    if (bytes_left_ <= 0) {
      response_.set_more(true);
      return {};
    }
    return FillPage(*head, owner, from);
  }

  Result<void> FillPage(const storage::DossierHead& head, const CursorOwner& owner,
                        const std::optional<Cursor>& from) {
    auto keys = desk_.surroundings.keys.Dossier(*desk_.keys, head.dossier_id);
    if (!keys.ok()) return keys.failure();
    const SealedDossier dossier(desk_.snapshot, {desk_.keys->organisation_id, head.dossier_id, *keys});
    v1::DossierPage& page = *response_.add_pages();
    page.set_dossier_id(head.dossier_id);
    page.set_snapshot(!from);
    const std::int64_t after = from ? from->delivered_revision : 0;
    const auto rows = desk_.snapshot.RecordsAfter(head.dossier_id, after, bytes_left_);
    std::int64_t bytes = 0;
    for (const storage::SealedRecord& row : rows) {
      auto record = dossier.Open(row);
      if (!record)
        return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                       .log_detail = "a record does not open"};
      bytes += static_cast<std::int64_t>(row.sealed.size());
      // A device that begins anew has nothing to forget.
      if (page.snapshot() && record->deleted()) continue;
      *page.add_records() = *std::move(record);
    }
    page.set_last(ReachesHead(head, rows));
    bytes_left_ -= std::max<std::int64_t>(bytes, 1);
    if (page.last()) ReachHead(page, dossier.access(), head);
    const Cursor cursor = page.last() ? CursorAt(head) : CursorWithin(head, from, rows.back().revision);
    page.set_cursor(WriteCursor(desk_.keys->cursors, owner, cursor));
    if (!page.last()) response_.set_more(true);
    return {};
  }

  // What stands on the last page of a dossier alone.
  void ReachHead(v1::DossierPage& page, const DossierAccess& access, const storage::DossierHead& head) const {
    page.mutable_point()->set_revision(head.revision);
    page.mutable_point()->set_salt(head.salt);
    page.set_backed_up_revision(desk_.snapshot.BackedUpRevision(head.dossier_id));
    if (const auto digest = FindDigest(access, head)) page.set_digest(digest->bytes());
  }

  // The newest revisions of a dossier may have left no record, so its head alone does not tell.
  bool ReachesHead(const storage::DossierHead& head, const std::vector<storage::SealedRecord>& rows) const {
    return rows.empty() || rows.back().revision == head.revision ||
           desk_.snapshot.RecordsAfter(head.dossier_id, rows.back().revision, 1).empty();
  }

  static Cursor CursorAt(const storage::DossierHead& head) {
    return {.revision = head.revision,
            .salt = head.salt,
            .delivered_revision = head.revision,
            .since_revision = head.revision,
            .rights_version = head.rights_version};
  }

  // The cursor behind a page that is not the last.
  static Cursor CursorWithin(const storage::DossierHead& head, const std::optional<Cursor>& from,
                             std::int64_t delivered_revision) {
    Cursor cursor = CursorAt(head);
    cursor.delivered_revision = delivered_revision;
    if (from) cursor.since_revision = from->since_revision;
    return cursor;
  }

  const ReadingDesk& desk_;
  v1::SyncResponse& response_;
  std::int64_t bytes_left_;
  std::unordered_map<std::string, std::string> cursors_;
};

// Whether the caller may (still) know what the statement tells of somebody's plan: a promise holds its steps,
// in the client's own words.
bool MayHear(const std::set<std::string>& readable, const v1::StatementContent& content) {
  if (content.has_promise()) return readable.contains(content.promise().dossier_id());
  if (content.has_issue()) return readable.contains(content.issue().dossier_id());
  return true;
}

// What is withheld does not count: the next statement that may be heard has a higher number.
Result<void> AddStatements(const ReadingDesk& desk, const v1::SyncRequest& request,
                           v1::SyncResponse& response) {
  // New ones wait until the device has shown what was lost: with them it would have seen a higher number, and
  // nobody would miss the others any more.
  if (const auto known = LastKnownOfForgotten(desk, request)) {
    response.set_show_statements(true);
    response.set_statements_known(*known);
    if (request.statements().empty() || *known == NumberOf(*request.statements().rbegin())) return {};
  }
  const auto dossiers = ReadableDossiers(desk.snapshot, desk.caller);
  const std::set<std::string> readable(dossiers.begin(), dossiers.end());
  std::int64_t after = request.statements_seen();
  std::size_t bytes = 0;
  while (true) {
    const auto rows = desk.snapshot.StatementsFor(desk.caller.person_id, after, kStatementsMax);
    for (const storage::StatementRow& row : rows) {
      auto statement = OpenStatement(desk, row);
      if (!statement.ok()) return statement.failure();
      v1::StatementContent content;
      if (!content.ParseFromString(statement->content()))
        return Failure{.log_detail = "a statement of nothing"};
      if (!MayHear(readable, content)) continue;
      bytes += statement->ByteSizeLong();
      const int count = response.statements_size();
      if (count == kStatementsMax || (bytes > rules::kPageBytesMax && count > 0)) {
        response.set_more(true);
        return {};
      }
      *response.add_statements() = *std::move(statement);
    }
    if (static_cast<std::int64_t>(rows.size()) < kStatementsMax) return {};
    after = rows.back().number;
  }
}

void AddTemplates(const ReadingDesk& desk, const v1::SyncRequest& request, v1::SyncResponse& response) {
  response.set_templates_serial(desk.snapshot.TemplatesSerial());
  if (request.templates_seen() == response.templates_serial()) return;
  const Templates templates(desk.snapshot);
  for (const v1::BridgeTemplate& bridge : templates.All()) *response.add_templates() = bridge;
}

}  // namespace

std::vector<v1::DriftReport> DriftsOf(const ReadingDesk& desk, const v1::SyncRequest& request) {
  std::vector<v1::DriftReport> drifts;
  if (request.drifts().empty()) return drifts;
  const auto readable = ReadableDossiers(desk.snapshot, desk.caller);
  for (const v1::DriftReport& drift : request.drifts()) {
    const bool may_read = std::find(readable.begin(), readable.end(), drift.dossier_id()) != readable.end();
    const bool again = std::any_of(drifts.begin(), drifts.end(), [&drift](const v1::DriftReport& before) {
      return before.dossier_id() == drift.dossier_id();
    });
    if (may_read && !again) drifts.push_back(drift);
  }
  return drifts;
}

Result<void> Pull(const ReadingDesk& desk, const v1::SyncRequest& request, v1::SyncResponse& response) {
  *response.mutable_server_time() = rules::ToTimestamp(desk.now);
  auto statements = AddStatements(desk, request, response);
  if (!statements.ok()) return statements;
  AddTemplates(desk, request, response);
  if (const auto restore = desk.snapshot.NewestRestore()) response.set_restore_id(restore->restore_id);
  int waiting = 0;
  for (const storage::DeviceRow& device : desk.snapshot.DevicesOf(desk.caller.person_id)) {
    waiting += device.state == v1::DEVICE_STATE_WAITING ? 1 : 0;
  }
  response.set_devices_waiting(waiting);
  return PullCall(desk, request, response).Run();
}

}  // namespace brug::domain
