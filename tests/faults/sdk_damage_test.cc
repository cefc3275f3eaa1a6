// A replica of which a page is damaged, the end is missing, or the log was cut off: the person is told, what
// they did is sent wherever it can still be read, and nothing begins anew in silence.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <new>
#include <set>
#include <sstream>
#include <string>

#include "proto/rules/dossier_reader.h"
#include "tests/faults/thinning.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {
namespace {

constexpr std::int64_t kPageBytes = 4096;
constexpr std::int64_t kLogHeaderBytes = 32;
constexpr std::int64_t kFrameBytes = 24 + kPageBytes;

// What became of a device whose files were harmed.
enum class Became {
  kWhole,        // nothing of it is to be noticed
  kOlder,        // an earlier state of the same replica, and it goes on from there
  kToldAtStart,  // a clear error when it opens, or a status that tells
  kToldLater,    // a clear error at a sync or in a view
  kQuiet,        // it begins as if there had been nothing: never
  kLost,         // something that could be read was not sent, was sent twice, or is shown wrongly: never
  kUnclear,      // an error that says something else: never
  kDied,         // never
};
constexpr std::size_t kBecameCount = 8;
constexpr std::array<const char*, kBecameCount> kNames = {"whole", "older", "told at the start", "told later",
                                                          "quiet", "lost",  "unclear",           "died"};

struct Totals {
  std::array<std::int64_t, kBecameCount> counts = {};
  // Of what was not sent yet, over all harms that left it readable.
  std::int64_t readable = 0;
  std::int64_t sent = 0;

  [[nodiscard]] std::int64_t Of(Became became) const { return counts.at(static_cast<std::size_t>(became)); }
  [[nodiscard]] std::int64_t all() const {
    std::int64_t all = 0;
    for (const std::int64_t count : counts) all += count;
    return all;
  }
};

std::string ContentOf(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

void Put(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

bool HasClearReason(const Error& error) {
  static const std::set<std::string> clear = {"STORAGE_DAMAGED", "STORAGE_FAILED", "KEY_STORE_FAILED"};
  return clear.contains(error.reason);
}

bool IsClear(const Error& error) { return HasClearReason(error) && !error.message.empty(); }

class Damage : public testing::Test {
 protected:
  // Confirmed records, mutations in the ring, and some that were not sent yet.
  void Fill() {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    for (int i = 0; i < 40; ++i)
      service_.Write(kDossier, MentorAuthor(), SendMessage(Id(1'000 + i), std::string(300, 'm')));
    for (int i = 0; i < 20; ++i) Accept(SendMessage(Id(2'000 + i), std::string(300, 'r')));
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    for (int i = 0; i < 20; ++i) Accept(SendMessage(Id(3'000 + i), std::string(300, 'u')));
  }

  void Accept(v1::Mutation mutation) {
    const auto accepted = phone_.Accept(std::move(mutation));
    ASSERT_TRUE(accepted.ok());
    accepted_[phone_.storage().outbox().LastOrdinal().value()] = accepted->mutation_id;
  }

  [[nodiscard]] std::string Path(const char* name) const { return phone_.directory() + "/" + name; }

  // Puts the files there, and lets a copy of this process live on with them: the service and the key store
  // there are as they were.
  void Live(const std::string& database, const std::string& log) {
    Put(Path("replica.db"), database);
    std::filesystem::remove(Path("replica.db-wal"));
    if (!log.empty()) Put(Path("replica.db-wal"), log);
    std::fflush(nullptr);
    const pid_t copy = ::fork();
    ASSERT_GE(copy, 0);
    if (copy == 0) {
      const Became became = Judge();
      std::fflush(nullptr);
      ::_exit(testing::Test::HasFailure() ? static_cast<int>(Became::kUnclear) : static_cast<int>(became));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(copy, &status, 0), copy);
    const auto code = WIFEXITED(status) ? static_cast<std::size_t>(WEXITSTATUS(status)) : kBecameCount;
    ++totals_.counts.at(std::min(code, kBecameCount - 1));
    totals_.readable += shared_->readable;
    totals_.sent += shared_->sent;
    *shared_ = {};
  }

  void ExpectNothingForbidden(const char* what) const {
    std::string line;
    for (std::size_t i = 0; i < kBecameCount; ++i)
      line += std::string(i == 0 ? "" : ", ") + kNames.at(i) + " " + std::to_string(totals_.counts.at(i));
    std::printf("%lld times %s: %s; unsent and readable %lld, sent %lld\n",
                static_cast<long long>(totals_.all()), what, line.c_str(),
                static_cast<long long>(totals_.readable), static_cast<long long>(totals_.sent));
    EXPECT_EQ(totals_.Of(Became::kQuiet), 0);
    EXPECT_EQ(totals_.Of(Became::kLost), 0);
    EXPECT_EQ(totals_.Of(Became::kUnclear), 0);
    EXPECT_EQ(totals_.Of(Became::kDied), 0);
    EXPECT_EQ(totals_.sent, totals_.readable);
    EXPECT_GT(totals_.sent, 0);
  }

  Totals totals_;
  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, SqliteAdapter()};
  std::map<std::int64_t, std::string> accepted_;  // mutation ids by ordinal

 private:
  struct Counts {
    std::int64_t readable = 0;
    std::int64_t sent = 0;
  };

  // In the copy.
  Became Judge() {
    const auto opened = phone_.Reopen();
    // What opens the files leaves the words to whoever knows the person's language.
    if (!opened.ok()) return HasClearReason(opened.error()) ? Became::kToldAtStart : Told(opened.error());
    if (!phone_.core().account().has_value()) {
      const auto told = phone_.core().Status().last_error;
      return told.has_value() && IsClear(*told) ? Became::kToldAtStart : Became::kQuiet;
    }
    const auto pending = phone_.storage().outbox().ListPending(kDossier);
    const auto error = phone_.Sync();
    // The first one runs into it; the next one finds what was saved.
    if (error.has_value() && error->reason == "STORAGE_DAMAGED") (void)phone_.Sync();
    if (pending.ok()) {
      shared_->readable = std::ssize(*pending);
      for (const PendingRow& row : *pending) shared_->sent += service_.effects[accepted_.at(row.ordinal)];
    }
    for (const auto& [ordinal, id] : accepted_) {
      if (service_.effects[id] > 1) return Became::kLost;
    }
    if (error.has_value()) return IsClear(*error) ? Became::kToldLater : Told(*error);
    return JudgeView();
  }

  Became Told(const Error& error) {
    std::fprintf(stderr, "told: %s\n", error.reason.c_str());
    return Became::kUnclear;
  }

  Became JudgeView() {
    auto view = phone_.core().ViewOf(kDossier);
    if (!view.ok()) return IsClear(view.error()) ? Became::kToldLater : Told(view.error());
    std::size_t wrong = 0;
    const auto records = service_.Records(kDossier);
    for (const auto& [id, record] : records) {
      const auto shown = (*view)->Find(record.record_id());
      if (!shown.has_value() || shown->SerializeAsString() != record.SerializeAsString()) ++wrong;
    }
    const auto messages = (*view)->ChildrenOf(rules::kMessages);
    if (const auto error = (*view)->TakeError()) return IsClear(*error) ? Became::kToldLater : Told(*error);
    if (wrong > 0 || messages.size() + 1 != records.size()) return Became::kLost;
    return shared_->readable == 20 ? Became::kWhole : Became::kOlder;
  }

  Counts* const shared_ =
      new (::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
          Counts();
};

TEST_F(Damage, WhicheverPageIsDamagedItIsToldAndWhatCanBeReadIsSent) {
  Fill();
  phone_.Close();
  const std::string whole = ContentOf(Path("replica.db"));
  const auto pages = std::ssize(whole) / kPageBytes;
  ASSERT_GT(pages, 20);
  for (const char with : {'\0', '\xdb'}) {
    for (std::int64_t page = 0; page < pages; page += EveryFew(1)) {
      std::string harmed = whole;
      harmed.replace(static_cast<std::size_t>(page * kPageBytes), kPageBytes, kPageBytes, with);
      Live(harmed, {});
      if (HasFatalFailure()) return;
    }
  }
  ExpectNothingForbidden("a damaged page");
  EXPECT_GT(totals_.Of(Became::kToldAtStart), 0);
  EXPECT_GT(totals_.Of(Became::kToldLater), 0);
}

TEST_F(Damage, WhereverTheFileEndsItIsToldAndWhatCanBeReadIsSent) {
  Fill();
  phone_.Close();
  const std::string whole = ContentOf(Path("replica.db"));
  for (std::int64_t page = 0; page * kPageBytes <= std::ssize(whole); page += EveryFew(1)) {
    Live(whole.substr(0, static_cast<std::size_t>(page * kPageBytes)), {});
    if (HasFatalFailure()) return;
  }
  ExpectNothingForbidden("a file cut off");
  EXPECT_GT(totals_.Of(Became::kToldAtStart), 0);
  EXPECT_EQ(totals_.Of(Became::kWhole), 1) << "the last one, which is whole";
}

TEST_F(Damage, WhereverTheLogEndsWhatIsLeftIsSentOnceAndNothingBeginsInSilence) {
  Fill();
  const std::string database = ContentOf(Path("replica.db"));
  const std::string log = ContentOf(Path("replica.db-wal"));
  phone_.Close();
  ASSERT_GT(std::ssize(log), 50 * kFrameBytes);
  // In the middle of a frame as at its end.
  for (std::int64_t bytes = 0; bytes < std::ssize(log); bytes += EveryFew(5) * kFrameBytes / 2) {
    Live(database, log.substr(0, static_cast<std::size_t>(bytes)));
    if (HasFatalFailure()) return;
  }
  Live(database, log);
  ExpectNothingForbidden("a log cut off");
  EXPECT_GT(totals_.Of(Became::kToldAtStart), 0) << "all of it was in the log";
  EXPECT_GT(totals_.Of(Became::kOlder), 0);
  EXPECT_GE(totals_.Of(Became::kWhole), 1) << "the last one, which is whole";
}

TEST_F(Damage, AReplicaThatIsGoneIsToldUntilThePersonIsActivatedAgain) {
  Fill();
  phone_.Close();
  for (const char* name : {"replica.db", "replica.db-wal"}) std::filesystem::remove(Path(name));
  ASSERT_TRUE(phone_.Reopen().ok());
  const auto status = phone_.core().Status();
  EXPECT_EQ(status.state, CoreState::kSignInNeeded);
  ASSERT_TRUE(status.last_error.has_value());
  EXPECT_EQ(status.last_error->reason, "STORAGE_DAMAGED");
  EXPECT_FALSE(status.last_error->message.empty());
  EXPECT_EQ(phone_.Sync()->reason, "STORAGE_DAMAGED");
  EXPECT_EQ(phone_.Accept(SendMessage(Id(1), "x")).error().reason, "STORAGE_DAMAGED");

  ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
  EXPECT_EQ(phone_.core().Status().last_error, std::nullopt);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.Records().size(), service_.Records(kDossier).size());
}

// Another user than the owner, who may read all of it: to them it is a disk that cannot be written.
TEST_F(Damage, AReadOnlyFolderIsToldAndLosesNothing) {
  Fill();
  phone_.Close();
  const std::string before = ContentOf(Path("replica.db"));
  const auto set_modes = [&](mode_t folder, mode_t file) {
    for (const auto& entry : std::filesystem::directory_iterator(phone_.directory()))
      ASSERT_EQ(::chmod(entry.path().c_str(), file), 0);
    ASSERT_EQ(::chmod(phone_.directory().c_str(), folder), 0);
  };
  set_modes(0555, 0444);
  const pid_t copy = ::fork();
  ASSERT_GE(copy, 0);
  if (copy == 0) {
    constexpr uid_t kNobody = 65'534;
    if (::geteuid() == 0 && ::seteuid(kNobody) != 0) ::_exit(2);
    const auto opened = phone_.Reopen();
    ::_exit(!opened.ok() && opened.error().reason == "STORAGE_FAILED" ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(copy, &status, 0), copy);
  ASSERT_TRUE(WIFEXITED(status));
  set_modes(0700, 0600);
  ASSERT_NE(WEXITSTATUS(status), 2) << "root may not become somebody else here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(ContentOf(Path("replica.db")), before);
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().pending, 20);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  for (const auto& [ordinal, id] : accepted_) EXPECT_EQ(service_.effects[id], 1);
}

}  // namespace
}  // namespace brug::sdk
