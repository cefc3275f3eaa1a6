// Whatever is written, in whatever order: all adapters answer the same and end up with the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/contracts/storage_adapters.h"

namespace brug::storage {
namespace {

// A call of Transaction with small numbers for its arguments, so that calls meet each other's rows often.
struct Call {
  int method = 0;
  int a = 0;
  int b = 0;
  int c = 0;
  friend void showValue(const Call& call, std::ostream& out) {
    out << "{" << call.method << ": " << call.a << ", " << call.b << ", " << call.c << "}";
  }
};

struct WorkOfCalls {
  std::vector<Call> calls;
  bool stays = true;
  friend void showValue(const WorkOfCalls& work, std::ostream& out) {
    rc::show(work.calls, out);
    out << (work.stays ? " stays" : " is undone");
  }
};

using Batch = std::vector<WorkOfCalls>;

constexpr int kMethods = 20;

rc::Gen<Call> AnyCall() {
  const auto small = rc::gen::inRange(0, 4);
  return rc::gen::build<Call>(rc::gen::set(&Call::method, rc::gen::inRange(0, kMethods)),
                              rc::gen::set(&Call::a, small), rc::gen::set(&Call::b, small),
                              rc::gen::set(&Call::c, small));
}

rc::Gen<WorkOfCalls> AnyWork() {
  return rc::gen::build<WorkOfCalls>(
      rc::gen::set(&WorkOfCalls::calls, rc::gen::container<std::vector<Call>>(AnyCall())),
      rc::gen::set(&WorkOfCalls::stays, rc::gen::weightedElement<bool>({{4, true}, {1, false}})));
}

// An id, or bytes: "", "\0", "\xff\xff", "\x80\x80\x80".
std::string Text(int n) { return std::string(1, static_cast<char>('a' + n)); }
std::string Bytes(int n) { return std::string(static_cast<std::size_t>(n), "\0\0\xff\x80"[n]); }

bool Apply(Transaction& t, const Call& call) {
  const auto [method, a, b, c] = call;
  switch (method) {
    case 0:
      return t.InsertHead({.dossier_id = Text(a), .revision = b, .salt = static_cast<std::uint64_t>(-c)});
    case 1:
      return t.UpdateHead(b, {.dossier_id = Text(a), .revision = c, .rights_version = b});
    case 2:
    case 3:
      t.PutRecord(Text(a),
                  {.token = Bytes(b), .parent_token = Bytes(c), .revision = a + b * c, .sealed = Bytes(c)});
      return true;
    case 4:
      return t.AppendLogEntry(Text(a), {.revision = b, .salt = ~0ULL - c, .sealed = Bytes(c)});
    case 5:
      return t.InsertOutcome({.mutation_id = Text(a), .dossier_id = Text(b), .stored_at_us = c});
    case 6:
      t.PutProgress({.device_id = Text(a), .dossier_id = Text(b), .epoch = ~0ULL, .sequence = c});
      return true;
    case 7:
      return t.InsertPerson({.person_id = Text(a), .staff = b > 1, .active = c > 1, .sealed = Bytes(c)});
    case 8:
      return t.UpdatePerson({.person_id = Text(a), .staff = b > 0, .team_id = Text(c), .version = c});
    case 9:
      return t.InsertDevice(
          {.device_id = Text(a), .person_id = Text(b), .state = c, .enrolled_at_us = b * c});
    case 10:
      return t.UpdateDeviceState(Text(a), b, c);
    case 11:
      return t.PutDeviceSession(Text(a), b), true;
    case 12:
      return t.InsertRelation(
          {.relation_id = Text(a), .dossier_id = Text(b), .person_id = Text(c), .from_us = a - c});
    case 13:
      return t.InsertRelation(
          {.relation_id = Text(a), .dossier_id = Text(b), .person_id = Text(b), .from_us = c, .until_us = c});
    case 14:
      return t.EndRelation(Text(a), b);
    case 15:
      return t.InsertHandover(
          {.handover_id = Text(a), .to_person_id = Text(b), .state = c, .proposed_at_us = -c});
    case 16:
      return t.UpdateHandoverState(Text(a), b, c);
    case 17:
      return t.InsertTeam({.team_id = Text(a), .sealed_name = Bytes(b)});
    case 18:
      return t.InsertStatement({.person_id = Text(a), .number = b, .statement = Bytes(c)});
    default:
      return t.InsertTemplate({.serial = a, .template_id = Text(b), .version = c, .content = Bytes(c)}) &&
             t.InsertAnswer({.person_id = Text(a), .request_id = Text(b), .content_sha256 = Bytes(c)});
  }
}

// Everything that the reads of one adapter answer.
struct View {
  std::vector<std::optional<DossierHead>> heads;
  std::vector<std::vector<SealedRecord>> records;
  std::vector<std::optional<SealedLogEntry>> log;
  std::vector<std::optional<StoredOutcome>> outcomes;
  std::vector<std::optional<DeviceProgress>> progress;
  std::vector<std::optional<PersonRow>> people;
  std::vector<std::vector<PersonRow>> staff;
  std::vector<std::vector<DeviceRow>> devices;
  std::vector<std::vector<RelationRow>> relations;
  std::vector<std::vector<HandoverRow>> handovers;
  std::vector<std::vector<TeamRow>> teams;
  std::vector<std::vector<StatementRow>> statements;
  std::vector<TemplateRow> templates;
  std::vector<std::optional<StoredAnswer>> answers;
  std::vector<std::int64_t> counts;
  bool operator==(const View&) const = default;
};

View ViewOf(const Snapshot& s) {
  View view;
  for (int a = 0; a < 4; ++a) {
    view.heads.push_back(s.FindHead(Text(a)));
    view.outcomes.push_back(s.FindOutcome(Text(a)));
    view.people.push_back(s.FindPerson(Text(a)));
    view.staff.push_back(s.ListStaff({.after = Text(a), .rows_max = 2}));
    view.devices.push_back(s.DevicesOf(Text(a)));
    view.relations.push_back(s.RelationsOfDossier(Text(a)));
    view.relations.push_back(s.RelationsOfPerson(Text(a), true));
    view.relations.push_back(s.RelationsOfPerson(Text(a), false));
    view.handovers.push_back(s.HandoversTo(Text(a)));
    view.teams.push_back(s.ListTeams({.after = Text(a), .rows_max = 2}));
    view.counts.push_back(s.CountDevices(a));
    for (int b = 0; b < 4; ++b) {
      view.records.push_back(s.RecordsUnder(Text(a), Bytes(b)));
      view.records.push_back(s.RecordsAfter(Text(a), b, 2 * b));
      view.log.push_back(s.FindLogEntry(Text(a), b));
      view.progress.push_back(s.FindProgress(Text(a), Text(b)));
      view.statements.push_back(s.StatementsFor(Text(a), b - 1, b));
      view.answers.push_back(s.FindAnswer(Text(a), Text(b)));
    }
  }
  view.templates = s.ListTemplates();
  view.counts.push_back(s.CountDossiers());
  view.counts.push_back(s.TemplatesSerial());
  return view;
}

// What an adapter answered to one batch, and what is there afterwards.
struct Answers {
  std::vector<bool> took;
  View within, after;
  bool operator==(const Answers&) const = default;
};

Answers Write(OrganisationStore& store, const Batch& batch) {
  Answers answers;
  std::vector<Work> works;
  for (const WorkOfCalls& work : batch) {
    works.push_back([&](Transaction& t) {
      for (const Call& call : work.calls) answers.took.push_back(Apply(t, call));
      answers.within = ViewOf(t);
      return work.stays;
    });
  }
  RC_ASSERT(store.Write(works).ok());
  RC_ASSERT(store.Read([&](const Snapshot& s) { answers.after = ViewOf(s); }).ok());
  return answers;
}

TEST(StorageAgreement, AllAdaptersAnswerTheSame) {
  std::vector<std::unique_ptr<AdapterUnderTest>> adapters;
  for (const AdapterKind& kind : AllAdapters()) adapters.push_back(kind.make());
  ASSERT_EQ(adapters.size(), 2U);
  int organisations = 0;
  rc::detail::checkGTest([&] {
    constexpr int kSizeMax = 25;
    const auto batches = *rc::gen::scale(
        kSizeMax / 100., rc::gen::container<std::vector<Batch>>(rc::gen::container<Batch>(AnyWork())));
    const std::string organisation = "organisation-" + std::to_string(organisations++);
    for (const Batch& batch : batches) {
      Answers first;
      for (std::size_t i = 0; i < adapters.size(); ++i) {
        const Answers answers = Write(**adapters[i]->storage().OpenOrganisation(organisation), batch);
        if (i == 0) first = answers;
        RC_ASSERT(answers == first);
      }
    }
  });
}

}  // namespace
}  // namespace brug::storage
