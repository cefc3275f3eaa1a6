#include "client-sdk/src/outbox/sqlite_rescue.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "client-sdk/src/replica/leaf_rows.h"
#include "client-sdk/src/replica/replica.h"
#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

using Kind = LeafValue::Kind;

// The tables whose rows are told from all others by their columns.
struct LeafTable {
  const char* insert;
  std::vector<Kind> columns;
  std::set<std::int64_t> found = {};
};

// Tables that are read along their own tree.
struct TreeTable {
  const char* upwards;
  const char* downwards;
  const char* insert;
  int columns;
};

constexpr TreeTable kNotes = {"SELECT * FROM notes ORDER BY note", "SELECT * FROM notes ORDER BY note DESC",
                              "INSERT OR IGNORE INTO notes VALUES (?, ?)", 2};
constexpr TreeTable kStatements = {"SELECT * FROM statements ORDER BY number",
                                   "SELECT * FROM statements ORDER BY number DESC",
                                   "INSERT OR IGNORE INTO statements VALUES (?, ?)", 2};
constexpr TreeTable kMoneyStatements = {"SELECT * FROM money_statements ORDER BY number",
                                        "SELECT * FROM money_statements ORDER BY number DESC",
                                        "INSERT OR IGNORE INTO money_statements VALUES (?, ?)", 2};
constexpr TreeTable kTemplates = {"SELECT * FROM templates ORDER BY place",
                                  "SELECT * FROM templates ORDER BY place DESC",
                                  "INSERT OR IGNORE INTO templates VALUES (?, ?)", 2};
constexpr TreeTable kVoucherCodes = {"SELECT * FROM voucher_codes ORDER BY dossier, token",
                                     "SELECT * FROM voucher_codes ORDER BY dossier DESC, token DESC",
                                     "INSERT OR IGNORE INTO voucher_codes VALUES (?, ?, ?)", 3};

class Rescue {
 public:
  Rescue(SqliteFile& damaged, SqliteFile& fresh) : damaged_(damaged), fresh_(fresh) {}

  [[nodiscard]] Result<Rescued> Run() {
    auto taken = damaged_.Scrub();
    if (taken.ok()) taken = CopyLeafTables();
    if (taken.ok()) taken = CopyTreeTables();
    if (taken.ok()) taken = ExpectKeys();
    if (taken.ok()) taken = ForgetWhatTheServiceHas();
    if (!taken.ok()) return taken.error();
    auto without_key = RemoveWithoutKey();
    if (!without_key.ok()) return without_key.error();
    const Rescued rescued{.pending = std::ssize(pending_.found),
                          .unreadable = CountUnreadable() + *without_key};
    auto noted = NoteUnreadable(rescued.unreadable);
    return noted.ok() ? Result<Rescued>(rescued) : Result<Rescued>(noted.error());
  }

 private:
  [[nodiscard]] Result<void> CopyLeafTables() {
    Result<void> copied;
    auto read = ForEachLeafRow(damaged_, [&](const LeafRow& row) {
      for (LeafTable* table : {&pending_, &rejected_, &ring_, &offer_notes_, &unanswered_, &dossiers_}) {
        if (copied.ok() && Fits(row, *table)) copied = Insert(row, *table);
      }
    });
    return read.ok() ? copied : read;
  }

  [[nodiscard]] static bool Fits(const LeafRow& row, const LeafTable& table) {
    return std::equal(row.values.begin(), row.values.end(), table.columns.begin(), table.columns.end(),
                      [](const LeafValue& value, Kind kind) { return value.kind == kind; });
  }

  [[nodiscard]] Result<void> Insert(const LeafRow& row, LeafTable& table) {
    auto query = fresh_.Use(table.insert);
    if (!query.ok()) return query.error();
    query->Bind(row.rowid);
    for (std::size_t i = 1; i < row.values.size(); ++i) {
      const LeafValue& value = row.values[i];
      if (value.kind == Kind::kInteger) query->Bind(value.integer);
      if (value.kind == Kind::kText) query->BindText(value.bytes);
      if (value.kind == Kind::kBlob) query->BindBytes(value.bytes);
    }
    table.found.insert(row.rowid);
    return query->Run();
  }

  [[nodiscard]] Result<void> CopyTreeTables() {
    auto notes = Copy(kNotes);
    if (!notes.ok()) return notes.error();
    auto statements = Copy(kStatements);
    if (!statements.ok()) return statements.error();
    auto money_statements = Copy(kMoneyStatements);
    if (!money_statements.ok()) return money_statements.error();
    auto templates = Copy(kTemplates);
    if (!templates.ok()) return templates.error();
    auto codes = Copy(kVoucherCodes);
    if (!codes.ok()) return codes.error();
    const bool all_dossiers = Read("SELECT sealed_key FROM dossiers NOT INDEXED").whole;
    Result<void> forgotten = Forget(Note::kNonce);
    if (forgotten.ok() && !(*statements && *money_statements && all_dossiers))
      forgotten = Forget(Note::kStatementsSeen);
    if (forgotten.ok() && !*templates) {
      forgotten = Do("DELETE FROM templates");
      if (forgotten.ok()) forgotten = Forget(Note::kTemplatesSerial);
    }
    return forgotten;
  }

  // Whether all of it could be read. What is in the way of one direction may not be in that of the other.
  [[nodiscard]] Result<bool> Copy(const TreeTable& table) {
    auto upwards = CopyRows(table, table.upwards);
    if (!upwards.ok() || *upwards) return upwards;
    auto downwards = CopyRows(table, table.downwards);
    return downwards.ok() ? Result<bool>(false) : downwards;
  }

  [[nodiscard]] Result<bool> CopyRows(const TreeTable& table, const char* select) {
    auto rows = damaged_.Use(select);
    while (rows.ok()) {
      auto row = rows->Next();
      if (!row.ok()) return false;
      if (!*row) return true;
      auto insert = fresh_.Use(table.insert);
      if (!insert.ok()) return insert.error();
      for (int column = 0; column < table.columns; ++column) insert->BindColumn(*rows, column);
      auto inserted = insert->Run();
      if (!inserted.ok()) return inserted.error();
    }
    return false;
  }

  // Without them nothing of the rest can be opened, and the file is better left as it is.
  [[nodiscard]] Result<void> ExpectKeys() {
    for (const Note note : {Note::kWrappedKey, Note::kAccount}) {
      auto query = fresh_.Use("SELECT 1 FROM notes WHERE note = ?");
      if (!query.ok()) return query.error();
      auto row = query->Bind(static_cast<int>(note)).Next();
      if (!row.ok() || !*row) return StorageDamaged();
    }
    const bool no_dossier_at_all = dossiers_.found.empty();
    return no_dossier_at_all && !pending_.found.empty() ? Result<void>(StorageDamaged()) : Result<void>();
  }

  // Records, cursors and digests; each dossier is fetched anew, and its ring offered.
  [[nodiscard]] Result<void> ForgetWhatTheServiceHas() {
    auto done = Do(
        "UPDATE dossiers SET cursor = x'', revision = 0, salt = 0, staged_cursor = x'', staged_snapshot = 0");
    return done.ok() ? Do("INSERT INTO digests SELECT number, x'', x'', 0, 0, 0, 1, 0 FROM dossiers") : done;
  }

  // What belongs to a dossier whose key is gone; how many mutations that waited or were refused.
  [[nodiscard]] Result<std::int64_t> RemoveWithoutKey() {
    std::int64_t removed = 0;
    for (const char* sql :
         {"DELETE FROM pending WHERE dossier_id NOT IN (SELECT dossier_id FROM dossiers) RETURNING 1",
          "DELETE FROM rejected WHERE dossier_id NOT IN (SELECT dossier_id FROM dossiers) RETURNING 1"}) {
      auto rows = fresh_.Use(sql);
      if (!rows.ok()) return rows.error();
      for (auto row = rows->Next(); !row.ok() || *row; row = rows->Next(), ++removed)
        if (!row.ok()) return row.error();
    }
    for (const char* sql :
         {"DELETE FROM ring WHERE dossier_id NOT IN (SELECT dossier_id FROM dossiers)",
          "DELETE FROM offer_notes WHERE ordinal NOT IN (SELECT ordinal FROM pending UNION SELECT ordinal "
          "FROM ring)",
          "DELETE FROM voucher_codes WHERE dossier NOT IN (SELECT number FROM dossiers)"}) {
      auto done = Do(sql);
      if (!done.ok()) return done.error();
    }
    return removed;
  }

  // Together with what was counted before and not seen by the person yet.
  [[nodiscard]] Result<void> NoteUnreadable(std::int64_t unreadable) {
    auto query = fresh_.Use(
        "INSERT OR REPLACE INTO notes SELECT ?1, CAST(? + ifnull((SELECT CAST(CAST(bytes AS TEXT) AS "
        "INTEGER) "
        "FROM notes WHERE note = ?1), 0) AS BLOB)");
    if (!query.ok()) return query.error();
    return query->Bind(static_cast<int>(Note::kUnreadable)).Bind(unreadable).Run();
  }

  [[nodiscard]] Result<void> Forget(Note note) {
    auto query = fresh_.Use("DELETE FROM notes WHERE note = ?");
    return query.ok() ? query->Bind(static_cast<int>(note)).Run() : Result<void>(query.error());
  }

  [[nodiscard]] Result<void> Do(const char* sql) {
    auto query = fresh_.Use(sql);
    return query.ok() ? query->Run() : Result<void>(query.error());
  }

  // An index tells what there was; it lies on other pages than the rows.
  [[nodiscard]] std::int64_t CountUnreadable() {
    std::set<std::int64_t> mutations =
        Read("SELECT ordinal FROM pending INDEXED BY pending_by_sequence ORDER BY dossier_id, sequence")
            .ordinals;
    mutations.merge(Read("SELECT ordinal FROM pending INDEXED BY pending_by_sequence ORDER BY dossier_id "
                         "DESC, sequence DESC")
                        .ordinals);
    const std::set<std::int64_t> requests =
        Read("SELECT ordinal FROM unanswered INDEXED BY sqlite_autoindex_unanswered_1 ORDER BY name")
            .ordinals;
    const std::int64_t unreadable = Without(mutations, pending_.found) + Without(requests, unanswered_.found);
    return unreadable + (MayHaveLostRejected(mutations) ? 1 : 0);
  }

  // No index tells of the rejected ones. Where their tree cannot be read, one is missed unless every number
  // that was ever given is accounted for.
  [[nodiscard]] bool MayHaveLostRejected(const std::set<std::int64_t>& pending) {
    if (Read("SELECT ordinal, sealed_outcome FROM rejected ORDER BY ordinal").whole) return false;
    std::set<std::int64_t> known = pending;
    for (const LeafTable* table : {&pending_, &rejected_, &ring_})
      known.insert(table->found.begin(), table->found.end());
    return !known.empty() && std::ssize(known) < *known.rbegin();
  }

  [[nodiscard]] static std::int64_t Without(const std::set<std::int64_t>& all,
                                            const std::set<std::int64_t>& found) {
    return std::ranges::count_if(all, [&](std::int64_t ordinal) { return !found.contains(ordinal); });
  }

  struct TreeRead {
    bool whole = false;
    std::set<std::int64_t> ordinals = {};
  };
  [[nodiscard]] TreeRead Read(const char* sql) {
    TreeRead read;
    auto rows = damaged_.Use(sql);
    while (rows.ok()) {
      auto row = rows->Next();
      if (!row.ok()) return read;
      if (!*row) {
        read.whole = true;
        return read;
      }
      read.ordinals.insert(rows->Int(0));
    }
    return read;
  }

  SqliteFile& damaged_;
  SqliteFile& fresh_;
  LeafTable pending_{"INSERT OR IGNORE INTO pending VALUES (?, ?, ?, ?, ?, ?)",
                     {Kind::kNull, Kind::kText, Kind::kInteger, Kind::kInteger, Kind::kBlob, Kind::kBlob}};
  LeafTable rejected_{"INSERT OR IGNORE INTO rejected VALUES (?, ?, ?, ?)",
                      {Kind::kNull, Kind::kText, Kind::kBlob, Kind::kBlob}};
  LeafTable ring_{"INSERT OR IGNORE INTO ring VALUES (?, ?, ?, ?, ?)",
                  {Kind::kNull, Kind::kText, Kind::kInteger, Kind::kBlob, Kind::kBlob}};
  LeafTable offer_notes_{
      "INSERT OR IGNORE INTO offer_notes VALUES (?, ?, ?, ?, ?, ?)",
      {Kind::kNull, Kind::kText, Kind::kInteger, Kind::kInteger, Kind::kInteger, Kind::kInteger}};
  LeafTable unanswered_{"INSERT OR IGNORE INTO unanswered VALUES (?, ?, ?)",
                        {Kind::kNull, Kind::kBlob, Kind::kBlob}};
  LeafTable dossiers_{"INSERT OR IGNORE INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      {Kind::kNull, Kind::kText, Kind::kBlob, Kind::kBlob, Kind::kInteger, Kind::kInteger,
                       Kind::kBlob, Kind::kInteger, Kind::kInteger, Kind::kInteger}};
};

}  // namespace

Result<Rescued> RescueSqlite(SqliteFile& damaged, const std::string& schema) {
  auto fresh = SqliteFile::OpenInMemory(schema);
  if (!fresh.ok()) return fresh.error();
  auto rescued = Rescue(damaged, **fresh).Run();
  if (!rescued.ok()) return rescued;
  auto replaced = damaged.ReplaceWith(**fresh);
  if (!replaced.ok()) return replaced.error();
  return rescued;
}

}  // namespace brug::sdk
