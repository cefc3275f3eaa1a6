// Whatever is written, in whatever order: all adapters answer the same and end up with the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
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

constexpr int kMethods = 37;

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

bool AppendTransfer(Transaction& t, const Call& call) {
  constexpr const char* kAccounts[] = {"outside", "budget", "restored", "reserved"};
  const auto [method, a, b, c] = call;
  const auto scheme = t.FindScheme(Text(a % 2));
  const std::int64_t next = scheme.has_value() ? scheme->transfers_count + 1 : 1;
  // Mostly the next one, so that the ledger comes about at all.
  const std::int64_t number = method == 23 && a == c ? next - b : next;
  return t.AppendTransfer({.transfer_id = std::to_string(b == 3 && c == 0 ? 1 : number),
                           .scheme_id = Text(a % 2),
                           .number = number,
                           .at_us = b * c - a,
                           .from_account = kAccounts[b],
                           .to_account = kAccounts[c],
                           .amount_cents = 10 * a + 21 - method});
}

bool ApplyToMoney(Transaction& t, const Call& call) {
  const auto [method, a, b, c] = call;
  switch (method) {
    case 20:
      return t.InsertScheme({.scheme_id = Text(a), .content = Bytes(b), .transfers_count = c / 3});
    case 21:
    case 22:
    case 23:
      return AppendTransfer(t, call);
    case 24:
      return t.AddPromised({Text(a % 2), Text(b % 2), c % 2, 2 * a - 3 + b}, 4 + c);
    case 25:
      return t.InsertOffer({.offer_id = Text(a),
                            .dossier_id = Text(b),
                            .beneficiary_id = Text(c),
                            .state = b,
                            .asked_by = Text(b),
                            .answered_by = c == 0 ? "" : Text(a),
                            .since_us = b * c,
                            .ends_at_us = c,
                            .sealed = Bytes(c)});
    case 26:
      return t.UpdateOffer({.offer_id = Text(a),
                            .dossier_id = Text(c),
                            .beneficiary_id = Text(c),
                            .state = b,
                            .asked_by = Text(b),
                            .answered_by = b == c ? "" : Text(3),
                            .since_us = c,
                            .ends_at_us = b - 1,
                            .version = c});
    case 27:
      return t.InsertVoucher({.voucher_id = Text(a),
                              .offer_id = Text(b),
                              .scheme_id = Text(c % 2),
                              .state = b,
                              .amount_cents = 2,
                              .remaining_cents = c,
                              .earned_at_us = b,
                              .issued_at_us = b * c,
                              .expires_at_us = c - b,
                              .code_hmac = Bytes(c)});
    case 28:
      return t.UpdateVoucher({.voucher_id = Text(a),
                              .offer_id = Text(b),
                              .scheme_id = Text(c % 2),
                              .state = c,
                              .amount_cents = b,
                              .remaining_cents = 1,
                              .expires_at_us = b,
                              .code_hmac = Bytes(b),
                              .version = c});
    case 29:
      return t.InsertRedemption(
          {.redemption_id = Text(a), .merchant_id = Text(b), .redeemed_at_us = b * c - 1});
    case 30:
      return t.UndoRedemption(Text(a), b);
    default:
      return t.PutAgreement({Text(a), Text(b), c > 1}), true;
  }
}

bool ApplyToBackups(Transaction& t, const Call& call) {
  const auto [method, a, b, c] = call;
  if (method == 32) return t.PutBackedUpRevision(Text(a), b), true;
  if (c == 0) return t.MarkEndsApplied(a, b);
  if (c == 1) return t.MarkReleased(a, b);
  return t.InsertRestore({.number = a, .restore_id = Text(b), .restored_at_us = c});
}

bool Compact(Transaction& t, const Call& call) {
  const auto [method, a, b, c] = call;
  if (method == 34) return t.UpdateCompaction({Text(a), b, c, b - c});
  if (method == 35) return t.EraseRecord(Text(a), Bytes(b), a + b * c);
  return t.EraseLogBefore(Text(a), b) > 0;
}

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
      return t.AppendLogEntry(Text(a),
                              {.revision = b, .salt = ~0ULL - c, .appended_at_us = c, .sealed = Bytes(c)});
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
      return t.PutDeviceSession(Text(a), b), t.PutRestoreShown(Text(a), Text(c)), true;
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
    case 19:
      return t.InsertTemplate({.serial = a, .template_id = Text(b), .version = c, .content = Bytes(c)}) &&
             t.InsertAnswer({.person_id = Text(a), .request_id = Text(b), .content_sha256 = Bytes(c)});
    case 32:
    case 33:
      return ApplyToBackups(t, call);
    default:
      return method < 32 ? ApplyToMoney(t, call) : Compact(t, call);
  }
}

// Everything that the reads of one adapter answer about money.
struct MoneyView {
  std::vector<SchemeRow> schemes;
  std::vector<std::optional<SchemeRow>> scheme;
  std::vector<std::vector<AccountRow>> accounts;
  std::vector<std::vector<TransferRow>> transfers;
  std::vector<std::optional<TransferRow>> transfer;
  std::vector<std::int64_t> promised;
  std::vector<std::vector<OfferRow>> offers;
  std::vector<std::optional<OfferRow>> offer;
  std::vector<std::vector<VoucherRow>> vouchers;
  std::vector<std::optional<VoucherRow>> voucher;
  std::vector<VoucherTotals> totals;
  std::vector<std::vector<RedemptionRow>> redemptions;
  std::vector<std::optional<RedemptionRow>> redemption;
  std::vector<std::vector<AgreementRow>> agreements;
  bool operator==(const MoneyView&) const = default;
};

MoneyView MoneyViewOf(const Snapshot& s) {
  MoneyView view;
  view.schemes = s.ListSchemes();
  for (int a = 0; a < 4; ++a) {
    view.scheme.push_back(s.FindScheme(Text(a)));
    view.accounts.push_back(s.AccountsOf(Text(a)));
    view.transfer.push_back(s.FindTransfer(Text(a % 2), std::to_string(a / 2 + 1)));
    view.transfers.push_back(s.TransfersAfter(Text(a % 2), a / 2, 1 + a));
    view.transfers.push_back(s.TransfersOfAccount(Text(a % 2), a / 2 == 0 ? "budget" : "outside", -1, 3));
    view.promised.push_back(s.PromisedInYear(Text(a % 2), Text(a / 2), 0));
    view.promised.push_back(s.PromisedInYear(Text(a % 2), Text(a / 2), 1));
    view.offer.push_back(s.FindOffer(Text(a)));
    view.offers.push_back(s.OffersOfDossier(Text(a)));
    view.offers.push_back(s.OffersInState(a, a, Text(a), 2));
    view.offers.push_back(s.OffersEnded(a, 2, 2));
    view.voucher.push_back(s.FindVoucher(Text(a)));
    view.voucher.push_back(s.FindVoucherByCode(Bytes(a)));
    view.vouchers.push_back(s.VouchersExpired(a, 0, 2));
    view.vouchers.push_back(s.ListVouchers({.after = Text(a), .rows_max = 2}));
    view.totals.push_back(s.TotalsOfVouchers(Text(a % 2), a / 2 + 1));
    view.redemption.push_back(s.FindRedemption(Text(a)));
    view.redemptions.push_back(s.RedemptionsOf(Text(a), 0, 3));
    view.agreements.push_back(s.AgreementsOf(Text(a)));
  }
  return view;
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
  std::optional<RestoreRow> restore;
  MoneyView money;
  bool operator==(const View&) const = default;
};

View ViewOf(const Snapshot& s) {
  View view;
  for (int a = 0; a < 4; ++a) {
    view.heads.push_back(s.FindHead(Text(a)));
    for (const DossierHead& due : s.HeadsDueForCompaction(a - 1, a)) view.heads.emplace_back(due);
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
    view.counts.push_back(s.BackedUpRevision(Text(a)));
    for (int b = 0; b < 4; ++b) {
      view.records.push_back(s.RecordsUnder(Text(a), Bytes(b)));
      view.records.push_back(s.RecordsAfter(Text(a), b, 2 * b));
      view.log.push_back(s.FindLogEntry(Text(a), b));
      for (const SealedLogEntry& entry : s.LogEntriesBefore(Text(a), b, 2)) view.log.emplace_back(entry);
      view.progress.push_back(s.FindProgress(Text(a), Text(b)));
      view.statements.push_back(s.StatementsFor(Text(a), b - 1, b));
      view.counts.push_back(s.LastStatementNumber(Text(a), b - 1));
      view.answers.push_back(s.FindAnswer(Text(a), Text(b)));
    }
  }
  view.templates = s.ListTemplates();
  view.restore = s.NewestRestore();
  view.counts.push_back(s.CountDossiers());
  view.counts.push_back(s.TemplatesSerial());
  view.money = MoneyViewOf(s);
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

// How SQLite goes about the statements that were run while somebody watched: "SEARCH people USING …", by
// statement.
class QueryPlans {
 public:
  QueryPlans() {
    plans().clear();
    EXPECT_EQ(sqlite3_auto_extension(Watch()), SQLITE_OK);
  }
  ~QueryPlans() { sqlite3_cancel_auto_extension(Watch()); }

  static std::map<std::string, std::vector<std::string>>& plans() {
    static std::map<std::string, std::vector<std::string>> plans;
    return plans;
  }

 private:
  static void (*Watch())() {
    return reinterpret_cast<void (*)()>(+[](sqlite3* connection, char**, const sqlite3_api_routines*) {
      return sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, Note, nullptr);
    });
  }

  static int Note(unsigned, void*, void* done, void*) {
    auto* const statement = static_cast<sqlite3_stmt*>(done);
    const std::string sql = sqlite3_sql(statement);
    if (sql.starts_with("EXPLAIN") || !plans().try_emplace(sql).second) return 0;
    sqlite3_stmt* explain = nullptr;
    sqlite3_prepare_v2(sqlite3_db_handle(statement), ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &explain,
                       nullptr);
    while (sqlite3_step(explain) == SQLITE_ROW) {
      plans()[sql].emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(explain, 3)));
    }
    sqlite3_finalize(explain);
    return 0;
  }
};

// Whether a step of a plan goes through a table, or through everything of an organisation, or sorts.
bool ReadsTooMuch(const std::string& step) {
  if (step == "SCAN CONSTANT ROW") return false;
  return step.starts_with("SCAN") || step.find("TEMP B-TREE") != step.npos ||
         step.ends_with("(organisation_id=?)");
}

TEST(StorageAgreement, NoStatementOfSqliteReadsMoreThanItAnswers) {
  const QueryPlans watched;
  const auto sqlite = AllAdapters()[1].make();
  OrganisationStore& store = **sqlite->storage().OpenOrganisation(kThisOrganisation);
  QueryPlans::plans().clear();
  const Work everything = [](Transaction& t) {
    for (int method = 0; method < kMethods; ++method) {
      for (int n = 0; n < 64; ++n)
        (void)Apply(t, {.method = method, .a = n % 4, .b = n / 4 % 4, .c = n / 16});
    }
    // A record in each dossier, for what erases them came last.
    for (int a = 0; a < 4; ++a) t.PutRecord(Text(a), {.token = Bytes(a), .revision = a});
    const View view = ViewOf(t);
    EXPECT_EQ(view.templates.size(), 4U);
    for (int a = 0; a < 4; ++a) {
      EXPECT_TRUE(t.FindDevice(Text(a)).has_value());
      EXPECT_TRUE(t.FindHandover(Text(a)).has_value());
      EXPECT_TRUE(t.FindTeam(Text(a)).has_value());
      EXPECT_TRUE(t.FindRecord(Text(a), Bytes(a)).has_value());
    }
    return true;
  };
  ASSERT_TRUE(store.Write(std::span(&everything, 1)).ok());
  for (const char* person : {"a", "b", "c"}) {
    Registry& registry = sqlite->storage().registry();
    ASSERT_TRUE(registry.InsertCode({.code_hmac = person, .organisation_id = "o", .person_id = person}).ok());
    ASSERT_TRUE(registry.BindCode(person, "key", "device").ok());
  }
  (void)sqlite->storage().registry().ListOrganisations();

  std::vector<std::string> wasteful, good;
  for (const auto& [sql, steps] : QueryPlans::plans()) {
    const bool wastes = std::any_of(steps.begin(), steps.end(), ReadsTooMuch);
    (wastes ? wasteful : good).push_back(sql);
  }
  // These five answer for, or from, the whole of an organisation; the next for all of them. A restore counts
  // in all that it has.
  EXPECT_THAT(
      wasteful,
      testing::UnorderedElementsAre(
          "SELECT count(*) FROM dossiers WHERE organisation_id = ?",
          "SELECT scheme_id, content, transfers_count FROM schemes WHERE organisation_id = ?"
          " ORDER BY scheme_id",
          testing::StartsWith("SELECT serial, template_id, version, content FROM templates"),
          "SELECT serial FROM templates WHERE organisation_id = ? ORDER BY serial DESC LIMIT 1",
          testing::StartsWith("SELECT number, restore_id, backup_at_us"),
          testing::StartsWith("SELECT organisation_id, display_name, created_at_us FROM organisations"),
          testing::StartsWith("UPDATE dossiers SET restored_revision"),
          testing::StartsWith("UPDATE offers SET statements_count"),
          testing::StartsWith("UPDATE people SET statements_count"),
          testing::StartsWith("UPDATE vouchers SET statements_count")));
  EXPECT_GT(good.size(), 75U) << "too few statements were seen";

  std::string all_steps;
  for (const auto& [sql, steps] : QueryPlans::plans()) {
    for (const std::string& step : steps) all_steps += step + "\n";
  }
  for (const char* index : {"records_by_revision",        "records_by_parent", "people_who_are_staff",
                            "devices_by_person",          "devices_by_state",  "relations_by_dossier",
                            "relations_by_person",        "relations_live",    "handovers_by_taker",
                            "activation_codes_by_person", "transfers_from",    "transfers_to",
                            "offers_by_dossier",          "offers_by_state",   "offers_by_end",
                            "vouchers_by_offer",          "vouchers_by_code",  "vouchers_by_expiry",
                            "vouchers_by_scheme",         "vouchers_by_wait",  "redemptions_by_merchant"}) {
    EXPECT_THAT(all_steps, testing::HasSubstr(" " + std::string(index) + " ("))
        << "an index that nobody uses";
  }
}

}  // namespace
}  // namespace brug::storage
