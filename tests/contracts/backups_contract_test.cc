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

}  // namespace
}  // namespace brug::storage
