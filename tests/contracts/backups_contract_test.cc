// The contracts of service/storage/backups.h and service/storage/end_journal.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "service/storage_sqlite/end_journal_file.h"
#include "tests/contracts/storage_adapters.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kBytes("\0\xff\n words", 9);

class Backups : public StorageContract {
 protected:
  std::int64_t BackedUp(std::string_view dossier_id) {
    return Get([&](const Snapshot& s) { return s.BackedUpRevision(dossier_id); });
  }
  std::vector<std::string> Ends(std::string_view organisation_id = kThisOrganisation) {
    return storage().ends().EndsOf(organisation_id).value();
  }
};

INSTANTIATE_TEST_SUITE_P(Adapters, Backups, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Backups, NothingIsBackedUpAndNothingHasEndedAtFirst) {
  EXPECT_EQ(BackedUp("d1"), 0);
  EXPECT_THAT(Ends(), IsEmpty());
}

TEST_P(Backups, ADossierSaysHowFarItIsBackedUp) {
  Write([](Transaction& t) {
    t.PutBackedUpRevision("d1", 7);
    t.PutBackedUpRevision("d2", 1);
    t.PutBackedUpRevision("d1", 9);
    return true;
  });
  EXPECT_EQ(BackedUp("d1"), 9);
  EXPECT_EQ(BackedUp("d2"), 1);
  EXPECT_EQ(BackedUp("d3"), 0);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.BackedUpRevision("d1"); }, kOtherOrganisation), 0);
}

TEST_P(Backups, AnEndIsInTheJournalOfItsOrganisationOnceItIsCommitted) {
  const auto end = [](const std::string& content) {
    return [content](Transaction& t) {
      t.JournalEnd(content);
      return true;
    };
  };
  Write(end(kBytes));
  Write(end("elsewhere"), kOtherOrganisation);
  Write(end("second"));
  EXPECT_THAT(Ends(), ElementsAre(kBytes, "second"));
  EXPECT_THAT(Ends(kOtherOrganisation), ElementsAre("elsewhere"));
}

TEST_P(Backups, AWorkThatIsUndoneJournalsNothing) {
  const std::vector<Work> works = {[](Transaction& t) {
                                     t.JournalEnd("stays");
                                     return t.InsertHead({.dossier_id = "d1"});
                                   },
                                   [](Transaction& t) {
                                     t.JournalEnd("undone");
                                     return false;
                                   }};
  ASSERT_TRUE(Store().Write(works).ok());
  ASSERT_TRUE(Store().Write(std::span(&works[1], 1)).ok());
  EXPECT_THAT(Ends(), ElementsAre("stays"));
}

TEST_P(Backups, TheJournalOutlivesTheStorage) {
  if (!adapter().forgets_because().empty()) GTEST_SKIP() << adapter().forgets_because();
  Write([](Transaction& t) {
    t.JournalEnd("kept");
    return true;
  });
  adapter().Reopen();
  EXPECT_THAT(Ends(), ElementsAre("kept"));
}

// ---- The file

class EndJournalFileTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/ends.journal"; }
  std::unique_ptr<EndJournalFile> Open() { return *EndJournalFile::Open(path()); }
  static void Append(EndJournalFile& journal, const std::vector<std::string>& contents) {
    ASSERT_TRUE(journal.Append("o", contents).ok());
  }
  std::string Content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Replace(const std::string& content) const {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << content;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(EndJournalFileTest, WhatACrashLeftHalfWrittenIsCutOffAndNothingElse) {
  Append(*Open(), {"first", "second"});
  const std::string whole = Content();
  Append(*Open(), {"third"});
  const std::string more = Content();
  for (std::size_t cut = whole.size(); cut < more.size(); ++cut) {
    Replace(more.substr(0, cut));
    EXPECT_THAT(Open()->EndsOf("o").value(), ElementsAre("first", "second"));
    EXPECT_EQ(Content(), whole);
  }
  Replace(whole + std::string(100, '\0'));
  Append(*Open(), {"fourth"});
  EXPECT_THAT(Open()->EndsOf("o").value(), ElementsAre("first", "second", "fourth"));
}

TEST_F(EndJournalFileTest, AnyDamageBeforeTheEndIsRefusedByLineAndLeftAsItIs) {
  Append(*Open(), {"first", "second", "third"});
  const std::string whole = Content();
  const std::size_t second = whole.find('\n') + 1;
  for (std::size_t place = second; whole[place] != '\n'; ++place) {
    std::string damaged = whole;
    damaged[place] = damaged[place] == '7' ? '8' : '7';
    Replace(damaged);
    const auto opened = EndJournalFile::Open(path());
    ASSERT_FALSE(opened.ok()) << place;
    EXPECT_THAT(opened.failure().log_detail, HasSubstr("line 2"));
    EXPECT_EQ(Content(), damaged);
  }
}

// What was on the disk after a sync that failed nobody knows, and a line that is shorter comes next.
TEST_F(EndJournalFileTest, AfterASyncThatFailedTheNextAppendLeavesWholeLinesAlone) {
  for (const int failures : {1, 2, 3}) {
    std::filesystem::remove(path());
    int left = 0;
    const auto sync = [&left](int) { return left-- <= 0; };
    const auto journal = *EndJournalFile::Open(path(), {.sync = sync});
    Append(*journal, {"first"});
    left = failures;
    EXPECT_FALSE(journal->Append("o", {{"one that is long and was told to nobody"}}).ok());
    while (left > 0) EXPECT_FALSE(journal->Append("o", {{"another that is long"}}).ok());
    Append(*journal, {"x"});
    EXPECT_THAT(journal->EndsOf("o").value(), ElementsAre("first", "x"));
    EXPECT_THAT(Open()->EndsOf("o").value(), ElementsAre("first", "x")) << "nothing is behind the last line";
  }
}

TEST_F(EndJournalFileTest, AJournalThatIsKnownIsNeverMadeAnewAndNoOtherIsTakenForIt) {
  Append(**EndJournalFile::Open(path(), {.new_id = "mine"}), {"first"});
  const std::string whole = Content();
  const auto opened = EndJournalFile::Open(path(), {.known_id = "mine", .new_id = "another"});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->id(), "mine");
  EXPECT_THAT((*opened)->EndsOf("o").value(), ElementsAre("first"));
  EXPECT_EQ(Content(), whole);

  const auto other = EndJournalFile::Open(path(), {.known_id = "theirs"});
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.failure().log_detail, HasSubstr("another one"));
  EXPECT_EQ(Content(), whole);
  std::filesystem::remove(path());
  const auto missing = EndJournalFile::Open(path(), {.known_id = "mine", .new_id = "another"});
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.failure().log_detail, HasSubstr("mount its disk"));
  EXPECT_FALSE(std::filesystem::exists(path()));
  // The way out that the sentence names.
  const std::string& words = missing.failure().log_detail;
  const std::size_t line = words.find("new file there: ") + 16;
  Replace(words.substr(line, words.find(" (", line) - line) + "\n");
  EXPECT_TRUE(EndJournalFile::Open(path(), {.known_id = "mine"}).ok());
  Replace("");
  EXPECT_FALSE(EndJournalFile::Open(path(), {.known_id = "mine"}).ok()) << "an empty file is no journal";
}

TEST_F(EndJournalFileTest, AJournalOfBeforeThereWereIdsGetsOneAndKeepsWhatItHas) {
  Append(*Open(), {"first"});
  Append(**EndJournalFile::Open(path(), {.new_id = "mine"}), {"second"});
  const auto opened = EndJournalFile::Open(path(), {.known_id = "mine"});
  ASSERT_TRUE(opened.ok()) << opened.failure().log_detail;
  EXPECT_THAT((*opened)->EndsOf("o").value(), ElementsAre("first", "second"));
}

}  // namespace
}  // namespace brug::storage
