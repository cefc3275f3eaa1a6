// The contract of service/storage/directory.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/contracts/storage_adapters.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kBytes("\0\xff\x80", 3);

PersonRow Staff(std::string id) {
  return {.person_id = std::move(id), .staff = true, .active = true, .team_id = "t1", .sealed = kBytes};
}

PersonRow Client(std::string id) {
  return {.person_id = std::move(id), .staff = false, .dossier_id = "d1", .version = 1};
}

DeviceRow Device(std::string id, std::string person, std::int64_t enrolled_at_us, int state = 1) {
  return {.device_id = std::move(id),
          .person_id = std::move(person),
          .public_key = kBytes,
          .state = state,
          .sealed_name = kBytes + "n",
          .enrolled_at_us = enrolled_at_us};
}

RelationRow Relation(std::string id, std::string dossier, std::string person, std::int64_t from_us,
                     std::int64_t until_us = 0) {
  return {.relation_id = std::move(id),
          .dossier_id = std::move(dossier),
          .person_id = std::move(person),
          .from_us = from_us,
          .until_us = until_us};
}

HandoverRow Handover(std::string id, std::string to, std::int64_t proposed_at_us) {
  return {.handover_id = std::move(id),
          .dossier_id = "d1",
          .from_person_id = "old",
          .to_person_id = std::move(to),
          .state = 1,
          .proposed_at_us = proposed_at_us};
}

TemplateRow Template(std::int64_t serial, std::string id, int version) {
  return {.serial = serial, .template_id = std::move(id), .version = version, .content = kBytes};
}

class Directory : public StorageContract {};

INSTANTIATE_TEST_SUITE_P(Adapters, Directory, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Directory, NothingIsFoundWhereNothingIs) {
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("a"); }), std::nullopt);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.ListStaff({.rows_max = 9}); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("a"); }), std::nullopt);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.DevicesOf("a"); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDevices(0); }), 0);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfDossier("a"); }), IsEmpty());
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfPerson("a", true); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHandover("a"); }), std::nullopt);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.HandoversTo("a"); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindTeam("a"); }), std::nullopt);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.ListTeams({.rows_max = 9}); }), IsEmpty());
  EXPECT_THAT(Get([](const Snapshot& s) { return s.StatementsFor("a", 0, 9); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.TemplatesSerial(); }), 0);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.ListTemplates(); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindAnswer("a", "b"); }), std::nullopt);
}

TEST_P(Directory, APersonIsInsertedOnce) {
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertPerson(Staff("a")); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertPerson(Client("a")); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("a"); }), Staff("a"));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertPerson(Client("b")); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("b"); }), Client("b"));
}

TEST_P(Directory, APersonIsReplacedOnlyByTheNextVersion) {
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertPerson(Staff("a")); }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertPerson(Staff("b")); }));
  PersonRow next = {.person_id = "a",
                    .staff = false,
                    .active = false,
                    .team_id = "",
                    .dossier_id = "d7",
                    .statements_count = 4,
                    .version = 2,
                    .sealed = "x"};
  const auto update = [&] { return Try([&](Transaction& t) { return t.UpdatePerson(next); }); };
  for (const std::int64_t wrong : {0, 1, 3}) {
    next.version = wrong;
    EXPECT_FALSE(update()) << wrong;
  }
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("a"); }), Staff("a"));
  next.version = 2;
  EXPECT_TRUE(update());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("a"); }), next);
  EXPECT_FALSE(update()) << "the same change again";
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("b"); }), Staff("b"));
  next.person_id = "nobody";
  EXPECT_FALSE(update());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("nobody"); }), std::nullopt);
}

TEST_P(Directory, StaffAreListedByIdInPages) {
  for (const char* id : {"c", "a", "e", "b"}) {
    ASSERT_TRUE(Try([&](Transaction& t) { return t.InsertPerson(Staff(id)); }));
  }
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertPerson(Client("d")); }));
  const auto list = [this](std::string after, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.ListStaff({.after = after, .rows_max = rows_max}); });
  };
  EXPECT_THAT(list("", 9), ElementsAre(Staff("a"), Staff("b"), Staff("c"), Staff("e")));
  EXPECT_THAT(list("", 2), ElementsAre(Staff("a"), Staff("b")));
  EXPECT_THAT(list("b", 2), ElementsAre(Staff("c"), Staff("e")));
  EXPECT_THAT(list("bb", 1), ElementsAre(Staff("c")));
  EXPECT_THAT(list("e", 9), IsEmpty());
  EXPECT_THAT(list("", 0), IsEmpty());
}

TEST_P(Directory, ADeviceIsInsertedOnce) {
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertDevice(Device("x", "a", 5)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertDevice(Device("x", "b", 6)); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("x"); }), Device("x", "a", 5));
}

TEST_P(Directory, ADeviceChangesStateOnlyFromTheOneExpected) {
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertDevice(Device("x", "a", 5, 1)); }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertDevice(Device("y", "a", 6, 1)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.UpdateDeviceState("x", 2, 3); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.UpdateDeviceState("z", 1, 3); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("x"); })->state, 1);
  EXPECT_TRUE(Try([](Transaction& t) { return t.UpdateDeviceState("x", 1, 3); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("x"); }), Device("x", "a", 5, 3));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("y"); })->state, 1);
}

TEST_P(Directory, DevicesAreListedByWhenTheyCame) {
  for (const DeviceRow& device : {Device("c", "a", 5), Device("b", "a", 5), Device("a", "a", 9, 3),
                                  Device("d", "a", 1), Device("e", "other", 2)}) {
    ASSERT_TRUE(Try([&](Transaction& t) { return t.InsertDevice(device); }));
  }
  EXPECT_THAT(
      Get([](const Snapshot& s) { return s.DevicesOf("a"); }),
      ElementsAre(Device("d", "a", 1), Device("b", "a", 5), Device("c", "a", 5), Device("a", "a", 9, 3)));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDevices(1); }), 4);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDevices(3); }), 1);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDevices(2); }), 0);
}

TEST_P(Directory, ASessionAndARestoreAreNotedOnTheirDevice) {
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertDevice(Device("x", "a", 5)); }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertDevice(Device("y", "a", 5)); }));
  Write([](Transaction& t) {
    t.PutDeviceSession("x", 77);
    t.PutDeviceSession("nobody's", 78);
    t.PutRestoreShown("x", "restore");
    t.PutRestoreShown("nobody's", "restore");
    return true;
  });
  DeviceRow expected = Device("x", "a", 5);
  expected.last_session_at_us = 77;
  expected.restore_shown = "restore";
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("x"); }), expected);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("y"); })->last_session_at_us, 0);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindDevice("nobody's"); }), std::nullopt);
}

TEST_P(Directory, APersonHasOneLiveRelationWithADossier) {
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertRelation(Relation("r1", "d1", "a", 10)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertRelation(Relation("r1", "d2", "b", 11)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertRelation(Relation("r2", "d1", "a", 12)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertRelation(Relation("r2", "d1", "a", 12, 13)); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertRelation(Relation("r3", "d1", "b", 12)); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertRelation(Relation("r4", "d2", "a", 12)); }));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfDossier("d1"); }),
              ElementsAre(Relation("r1", "d1", "a", 10), Relation("r3", "d1", "b", 12)));

  EXPECT_TRUE(Try([](Transaction& t) { return t.EndRelation("r1", 20); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertRelation(Relation("r5", "d1", "a", 30)); }));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfDossier("d1"); }),
              ElementsAre(Relation("r1", "d1", "a", 10, 20), Relation("r3", "d1", "b", 12),
                          Relation("r5", "d1", "a", 30)));
}

TEST_P(Directory, ARelationEndsOnce) {
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertRelation(Relation("r1", "d1", "a", 10)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.EndRelation("r2", 20); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.EndRelation("r1", 20); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.EndRelation("r1", 21); }));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfDossier("d1"); }),
              ElementsAre(Relation("r1", "d1", "a", 10, 20)));
}

TEST_P(Directory, RelationsOfAPersonComeByDossierThenTimeEndedOnesWhenAsked) {
  const RelationRow ended_late = Relation("r1", "d2", "a", 50, 60),
                    ended_early = Relation("r2", "d2", "a", 10, 20), live = Relation("r3", "d1", "a", 99),
                    live_too = Relation("r0", "d2", "a", 70), another = Relation("r4", "d1", "b", 1);
  for (const RelationRow& relation : {ended_late, ended_early, live, live_too, another}) {
    ASSERT_TRUE(Try([&](Transaction& t) { return t.InsertRelation(relation); }));
  }
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfPerson("a", true); }),
              ElementsAre(live, ended_early, ended_late, live_too));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RelationsOfPerson("a", false); }),
              ElementsAre(live, live_too));
}

TEST_P(Directory, AHandoverIsInsertedOnceAndChangesStateOnlyFromTheOneExpected) {
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertHandover(Handover("h1", "new", 5)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertHandover(Handover("h1", "x", 6)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.UpdateHandoverState("h1", 2, 3); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.UpdateHandoverState("h2", 1, 3); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHandover("h1"); }), Handover("h1", "new", 5));
  EXPECT_TRUE(Try([](Transaction& t) { return t.UpdateHandoverState("h1", 1, 3); }));
  HandoverRow changed = Handover("h1", "new", 5);
  changed.state = 3;
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHandover("h1"); }), changed);
}

TEST_P(Directory, HandoversToAPersonComeOldestFirst) {
  for (const HandoverRow& handover : {Handover("h3", "new", 5), Handover("h1", "new", 9),
                                      Handover("h2", "new", 5), Handover("h0", "other", 1)}) {
    ASSERT_TRUE(Try([&](Transaction& t) { return t.InsertHandover(handover); }));
  }
  EXPECT_THAT(Get([](const Snapshot& s) { return s.HandoversTo("new"); }),
              ElementsAre(Handover("h2", "new", 5), Handover("h3", "new", 5), Handover("h1", "new", 9)));
}

TEST_P(Directory, TeamsAreInsertedOnceAndListedByIdInPages) {
  const auto team = [](std::string id) { return TeamRow{.team_id = std::move(id), .sealed_name = kBytes}; };
  for (const char* id : {"c", "a", "b"}) {
    EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertTeam(team(id)); }));
  }
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertTeam({.team_id = "a", .sealed_name = "other"}); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindTeam("a"); }), team("a"));
  const auto list = [this](std::string after, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.ListTeams({.after = after, .rows_max = rows_max}); });
  };
  EXPECT_THAT(list("", 9), ElementsAre(team("a"), team("b"), team("c")));
  EXPECT_THAT(list("", 2), ElementsAre(team("a"), team("b")));
  EXPECT_THAT(list("b", 2), ElementsAre(team("c")));
}

TEST_P(Directory, StatementsAreInsertedOnceAndReadOnFromANumber) {
  const auto statement = [](std::string person, std::int64_t number) {
    return StatementRow{.person_id = std::move(person), .number = number, .statement = kBytes};
  };
  for (const std::int64_t number : {2, 1, 3, 10}) {
    EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertStatement(statement("a", number)); }));
  }
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertStatement(statement("b", 4)); }));
  EXPECT_FALSE(Try([](Transaction& t) {
    return t.InsertStatement({.person_id = "a", .number = 2, .statement = "other"});
  }));
  const auto list = [this](std::int64_t after, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.StatementsFor("a", after, rows_max); });
  };
  EXPECT_THAT(list(0, 9),
              ElementsAre(statement("a", 1), statement("a", 2), statement("a", 3), statement("a", 10)));
  EXPECT_THAT(list(1, 2), ElementsAre(statement("a", 2), statement("a", 3)));
  EXPECT_THAT(list(3, 9), ElementsAre(statement("a", 10)));
  EXPECT_THAT(list(10, 9), IsEmpty());
  const auto last = [this](const char* person, std::int64_t number_max) {
    return Get([&](const Snapshot& s) { return s.LastStatementNumber(person, number_max); });
  };
  EXPECT_EQ(last("a", 0), 0);
  EXPECT_EQ(last("a", 3), 3);
  EXPECT_EQ(last("a", 9), 3);
  EXPECT_EQ(last("a", 99), 10);
  EXPECT_EQ(last("b", 3), 0) << "what is below belongs to somebody else";
  EXPECT_EQ(last("b", 4), 4);
  EXPECT_EQ(last("c", 99), 0);
}

TEST_P(Directory, ATemplateHasOneSerialAndAVersionOnce) {
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertTemplate(Template(2, "bridge", 2)); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertTemplate(Template(1, "bridge", 1)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertTemplate(Template(2, "other", 1)); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertTemplate(Template(3, "bridge", 2)); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.TemplatesSerial(); }), 2);
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertTemplate(Template(10, "other", 2)); }));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.ListTemplates(); }),
              ElementsAre(Template(1, "bridge", 1), Template(2, "bridge", 2), Template(10, "other", 2)));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.TemplatesSerial(); }), 10);
}

TEST_P(Directory, ARequestHasOneAnswer) {
  const StoredAnswer answer{.person_id = "operator",
                            .request_id = "q1",
                            .content_sha256 = kBytes,
                            .sealed = kBytes + "s",
                            .stored_at_us = 42};
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertAnswer(answer); }));
  EXPECT_FALSE(Try([](Transaction& t) {
    return t.InsertAnswer({.person_id = "operator", .request_id = "q1", .sealed = "second"});
  }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertAnswer({.person_id = "a", .request_id = "q1"}); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindAnswer("operator", "q1"); }), answer);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindAnswer("operator", "q2"); }), std::nullopt);
}

}  // namespace
}  // namespace brug::storage
