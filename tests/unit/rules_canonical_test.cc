#include <gtest/gtest.h>

#include <string>

#include "proto/rules/canonical.h"

namespace brug::rules {
namespace {

// Fields as they are on the wire, put together by hand: a later version of the contract writes them in order
// of number, whatever this one knows of them.
std::string Text(int number, const std::string& value) {
  std::string bytes;
  const unsigned tag = static_cast<unsigned>(number) << 3 | 2U;
  if (tag >= 128) bytes += static_cast<char>((tag & 127U) | 128U);
  bytes += static_cast<char>(tag >= 128 ? tag >> 7 : tag);
  bytes += static_cast<char>(value.size());
  return bytes + value;
}
std::string Number(int number, char value) {
  const unsigned tag = static_cast<unsigned>(number) << 3;
  std::string bytes;
  if (tag >= 128) bytes += static_cast<char>((tag & 127U) | 128U);
  bytes += static_cast<char>(tag >= 128 ? tag >> 7 : tag);
  return bytes + value;
}

v1::Record Read(const std::string& bytes) {
  v1::Record record;
  EXPECT_TRUE(record.ParseFromString(bytes));
  return record;
}

TEST(Canonical, IsTheSerialisationWhereEveryFieldIsKnown) {
  v1::Record record;
  record.set_record_id("a");
  record.set_revision(7);
  record.mutable_goal()->set_title("rust in huis");
  EXPECT_EQ(CanonicalBytes(record), record.SerializeAsString());
}

TEST(Canonical, PutsFieldsOfTomorrowWhereTheyBelong) {
  // 7 lies between those that are known, 32 fields on.
  const std::string tomorrow = Text(1, "a") + Number(2, 7) + Text(7, "new") + Text(20, Text(2, "goal"));
  EXPECT_NE(Read(tomorrow).SerializeAsString(), tomorrow) << "else this shows nothing";
  EXPECT_EQ(CanonicalBytes(Read(tomorrow)), tomorrow);
}

TEST(Canonical, PutsThemWhereTheyBelongWithinWhatIsKnownToo) {
  const auto goal = [](const std::string& between) {
    return Text(1, "a") + Text(20, Text(2, "domain") + between + Text(120, "last"));
  };
  const std::string tomorrow = goal(Text(90, Text(2, "b") + Text(1, "a")) + Text(100, "c"));
  EXPECT_EQ(CanonicalBytes(Read(tomorrow)), tomorrow) << "what is not known keeps its bytes";
  const std::string mixed = Text(1, "a") + Text(20, Text(90, "new") + Text(2, "domain"));
  EXPECT_EQ(CanonicalBytes(Read(mixed)), Text(1, "a") + Text(20, Text(2, "domain") + Text(90, "new")));
}

TEST(Canonical, KeepsTheOrderOfWhatIsRepeatedAndOfUnknownNumbersAndGroups) {
  const std::string group = std::string("\xbb\x06") + Number(1, 5) + "\xbc\x06";  // field 103
  const std::string tomorrow = Text(1, "a") + Number(90, 2) + Number(90, 1) + group + Number(110, 3);
  EXPECT_EQ(CanonicalBytes(Read(tomorrow)), tomorrow);
}

TEST(DigestEntry, TellsRecordsApartByIdRevisionAndContent) {
  v1::Record record;
  record.set_record_id("a");
  record.set_revision(7);
  record.mutable_goal()->set_title("rust");
  const auto entry = DigestEntry(record);
  ASSERT_TRUE(entry.has_value());
  v1::Record other_id = record, later = record, reworded = record;
  other_id.set_record_id("b");
  later.set_revision(8);
  reworded.mutable_goal()->set_title("rust in huis");
  for (const v1::Record& other : {other_id, later, reworded}) EXPECT_NE(DigestEntry(other), entry);
}

TEST(DigestEntry, OfATombstoneIsNothing) {
  v1::Record record;
  record.set_record_id("a");
  record.set_deleted(true);
  EXPECT_EQ(DigestEntry(record), std::nullopt);
}

}  // namespace
}  // namespace brug::rules
