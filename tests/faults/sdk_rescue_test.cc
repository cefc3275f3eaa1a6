// A replica with hundreds of mutations that were not sent yet, of which any one page is damaged: each
// mutation that does not lie on that page arrives, and the person is told how many did.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <new>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/faults/thinning.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {
namespace {

constexpr int kUnsent = 300;
constexpr std::int64_t kPageBytes = 4096;

std::string ContentOf(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

void Put(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// 9,000 bytes in a field that this version does not know, and keeps.
void AddUnknownField(v1::Mutation& mutation) {
  constexpr char kField5000Length9000[] = "\xC2\xB8\x02\xA8\x46";
  ASSERT_TRUE(mutation.MergeFromString(kField5000Length9000 + std::string(9'000, 'x')));
}

// What a page of the file holds.
struct Page {
  std::string tree;                 // table or index; empty for a page that is free
  std::string kind;                 // internal, leaf, overflow
  std::set<std::int64_t> ordinals;  // of unsent mutations that lie on it, or partly do

  [[nodiscard]] bool is_one_of_many() const {
    return kind != "internal" && (tree == "pending" || tree == "records" || tree == "ring");
  }
};

// As SQLite itself tells it, of a file that is whole.
std::map<std::int64_t, Page> PagesOf(const std::string& path, const std::vector<std::int64_t>& ordinals) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* query = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database,
                               "SELECT pageno, name, path, pagetype, ncell FROM dbstat ORDER BY name, path",
                               -1, &query, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(database);
  std::map<std::int64_t, Page> pages;
  std::map<std::string, std::int64_t> first_of_leaf;
  std::int64_t next = 0;
  while (sqlite3_step(query) == SQLITE_ROW) {
    const auto text = [&](int column) {
      return std::string(reinterpret_cast<const char*>(sqlite3_column_text(query, column)));
    };
    Page page{.tree = text(1), .kind = text(3), .ordinals = {}};
    const std::string place = text(2);
    if (page.tree == "pending" && page.kind == "leaf") {
      const std::int64_t cells = sqlite3_column_int64(query, 4);
      first_of_leaf[place] = next;
      page.ordinals.insert(ordinals.begin() + next, ordinals.begin() + next + cells);
      next += cells;
    }
    if (page.tree == "pending" && page.kind == "overflow") {
      // "/LEAF/CELL+NUMBER", in base 16.
      const auto plus = place.find('+');
      const auto slash = place.rfind('/', plus);
      const std::int64_t cell = std::stoll(place.substr(slash + 1, plus - slash - 1), nullptr, 16);
      const auto leaf = first_of_leaf.find(place.substr(0, slash + 1));
      EXPECT_NE(leaf, first_of_leaf.end()) << place;
      page.ordinals.insert(ordinals.at(static_cast<std::size_t>(leaf->second + cell)));
    }
    pages[sqlite3_column_int64(query, 0)] = page;
  }
  EXPECT_EQ(next, std::ssize(ordinals));
  sqlite3_finalize(query);
  sqlite3_close(database);
  return pages;
}

// What the copy of the process saw.
struct Seen {
  bool opened = false;
  bool lost_one_that_was_whole = false;
  bool sent_twice = false;
  bool told = false;  // an error that says that it is damaged, with words for the person
  std::int64_t sent = 0;
  std::int64_t unreadable = 0;
  std::int64_t pending_left = 0;
  bool same_records = false;
  bool dismissed = false;
};

class Rescue : public testing::Test {
 protected:
  // Short ones, and every tenth so long that it goes over several pages.
  void Fill() {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    for (int i = 0; i < 60; ++i)
      service_.Write(kDossier, MentorAuthor(), SendMessage(Id(1'000 + i), std::string(200, 'm')));
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(phone_.Accept(SendMessage(Id(2'000 + i), "ring")).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    for (int i = 0; i < kUnsent; ++i) {
      v1::Mutation mutation =
          SendMessage(Id(3'000 + i), std::string(40 + static_cast<std::size_t>(i % 7) * 90, 'u'));
      if (i % 20 == 9) AddUnknownField(mutation);
      const auto accepted = phone_.Accept(std::move(mutation));
      ASSERT_TRUE(accepted.ok());
      ids_[phone_.storage().outbox().LastOrdinal().value()] = accepted->mutation_id;
    }
    phone_.Close();
  }

  [[nodiscard]] std::string Path() const { return phone_.directory() + "/replica.db"; }

  // Puts the file there, and lets a copy of this process live on with it.
  Seen Live(const std::string& content, const std::set<std::int64_t>& harmed) {
    Put(Path(), content);
    std::filesystem::remove(Path() + "-wal");
    *seen_ = {};
    std::fflush(nullptr);
    const pid_t copy = ::fork();
    EXPECT_GE(copy, 0);
    if (copy == 0) {
      Look(harmed);
      std::fflush(nullptr);
      ::_exit(testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(copy, &status, 0), copy);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "it died";
    return *seen_;
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, SqliteAdapter()};
  std::map<std::int64_t, std::string> ids_;  // of mutations, by ordinal

 private:
  // In the copy. At most one sync runs into the damage; the next one finds what was saved.
  void Look(const std::set<std::int64_t>& harmed) {
    const auto opened = phone_.Reopen();
    seen_->opened = opened.ok() && phone_.core().account().has_value();
    if (!seen_->opened) {
      const auto status_error = opened.ok() ? phone_.core().Status().last_error : std::nullopt;
      seen_->told = (opened.ok() ? status_error->reason : opened.error().reason) == "STORAGE_DAMAGED";
      return;
    }
    NoteTold(phone_.core().Status().last_error);
    for (int i = 0; i < 2; ++i) NoteTold(phone_.Sync());
    auto view = phone_.core().ViewOf(kDossier);
    if (view.ok()) (void)(*view)->ChildrenOf(rules::kMessages);
    if (view.ok()) NoteTold((*view)->TakeError());
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    const CoreStatus status = phone_.core().Status();
    NoteTold(status.last_error);
    seen_->unreadable = status.unreadable;
    seen_->pending_left = status.pending;
    for (const auto& [ordinal, id] : ids_) {
      const int effects = service_.effects[id];
      seen_->sent += effects;
      if (effects > 1) seen_->sent_twice = true;
      if (effects == 0 && !harmed.contains(ordinal)) seen_->lost_one_that_was_whole = true;
    }
    seen_->same_records = phone_.Records().size() == service_.Records(kDossier).size();
    SeeDismissal();
  }

  // It stays until the person has put it away, over an end of the process too.
  void SeeDismissal() {
    if (!phone_.Reopen().ok() || phone_.core().Status().unreadable != seen_->unreadable) return;
    if (!phone_.core().DismissUnreadable().ok()) return;
    seen_->dismissed =
        phone_.core().Status().unreadable == 0 && phone_.core().Status().last_error == std::nullopt;
  }

  void NoteTold(const std::optional<Error>& error) {
    if (!error.has_value()) return;
    EXPECT_EQ(error->reason, "STORAGE_DAMAGED");
    EXPECT_FALSE(error->message.empty());
    seen_->told = true;
  }

  Seen* const seen_ =
      new (::mmap(nullptr, sizeof(Seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Seen();
};

TEST_F(Rescue, WhicheverPageIsDamagedEveryMutationThatIsNotOnItArrives) {
  Fill();
  if (HasFatalFailure()) return;
  const std::string whole = ContentOf(Path());
  std::vector<std::int64_t> ordinals;
  for (const auto& [ordinal, id] : ids_) ordinals.push_back(ordinal);
  const auto pages = PagesOf(Path(), ordinals);
  std::map<std::string, int> kinds, of_many;
  std::int64_t not_opened = 0;
  std::int64_t sent = 0;
  std::int64_t unreadable = 0;
  for (const char with : {'\0', '\xdb'}) {
    for (std::int64_t number = 1; number <= std::ssize(whole) / kPageBytes; ++number) {
      const Page page = pages.contains(number) ? pages.at(number) : Page{};
      if (page.is_one_of_many() && of_many[page.tree + page.kind]++ % EverySoMany(6) != 0) continue;
      SCOPED_TRACE("page " + std::to_string(number) + " of " + page.tree + ", " + page.kind + ", with " +
                   std::to_string(static_cast<int>(with)));
      std::string harmed = whole;
      harmed.replace(static_cast<std::size_t>(number - 1) * kPageBytes, kPageBytes, kPageBytes, with);
      const Seen seen = Live(harmed, page.ordinals);
      kinds[page.tree + " " + page.kind] += 1;
      // The header of the file, and the keys: without them there is nothing to be opened.
      if (page.tree == "sqlite_schema" || page.tree == "notes" || page.tree == "dossiers") {
        EXPECT_TRUE(seen.told);
        EXPECT_FALSE(seen.opened);
        EXPECT_EQ(ContentOf(Path()).size(), harmed.size());
        ++not_opened;
        continue;
      }
      EXPECT_TRUE(seen.opened);
      EXPECT_FALSE(seen.lost_one_that_was_whole);
      EXPECT_FALSE(seen.sent_twice);
      EXPECT_EQ(seen.unreadable, std::ssize(page.ordinals));
      EXPECT_EQ(seen.sent, kUnsent - seen.unreadable);
      EXPECT_EQ(seen.pending_left, 0);
      EXPECT_TRUE(seen.same_records);
      EXPECT_TRUE(seen.dismissed);
      EXPECT_TRUE(seen.told || page.ordinals.empty());
      sent += seen.sent;
      unreadable += seen.unreadable;
    }
  }
  for (const auto& [kind, count] : kinds) std::printf("%d times a page of: %s\n", count, kind.c_str());
  std::printf("unsent mutations sent %lld, unreadable and told %lld; %lld times not opened\n",
              static_cast<long long>(sent), static_cast<long long>(unreadable),
              static_cast<long long>(not_opened));
  EXPECT_GT(kinds["pending leaf"], 60 / EverySoMany(6));
  EXPECT_GT(kinds["pending overflow"], 40 / EverySoMany(6));
  EXPECT_EQ(kinds["pending internal"], 2) << "the root, without which SQLite finds none of them";
  EXPECT_GT(kinds["pending_by_sequence leaf"], 2);
  EXPECT_GT(unreadable, kUnsent / EverySoMany(6) / 2);
}

}  // namespace
}  // namespace brug::sdk
