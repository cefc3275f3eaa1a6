#include "client-sdk/src/sync/holdings.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <utility>

#include "client-sdk/src/sync/kept_request.h"
#include "client-sdk/src/sync/statement_check.h"
#include "client-sdk/src/vault/message.h"

namespace brug::sdk {
namespace {

constexpr std::size_t kNonceBytes = 16;
// More than a busy shop has in a year.
constexpr std::size_t kMoneyStatementsMax = 1'000'000;
constexpr Place kAccountPlace{.kind = "account", .owner = {}};
constexpr Place kConfirmedPlace{.kind = "confirmed", .owner = {}};

Place MutationPlace(std::int64_t ordinal) {
  return Place{.kind = "mutation", .owner = {}, .number = ordinal};
}
Place OutcomePlace(std::int64_t ordinal) { return Place{.kind = "outcome", .owner = {}, .number = ordinal}; }
Place StatementPlace(std::int64_t number) {
  return Place{.kind = "statement", .owner = {}, .number = number};
}
Place TemplatePlace(std::size_t place) {
  return Place{.kind = "template", .owner = {}, .number = static_cast<std::int64_t>(place)};
}

// The dossier that a statement tells the plan of; empty for others.
const std::string& PlanOf(const v1::StatementContent& content) {
  return content.has_promise() ? content.promise().dossier_id() : content.issue().dossier_id();
}

std::uint64_t NewEpoch(crypto::RandomSource& random) {
  for (;;) {
    const std::uint64_t epoch = crypto::RandomUint64(random);
    if (epoch != 0) return epoch;
  }
}

}  // namespace

const v1::BridgeTemplate* TemplateShelf::FindTemplate(std::string_view template_id, int version) const {
  for (const v1::BridgeTemplate& bridge : templates_) {
    if (bridge.template_id() == template_id && bridge.version() == version) return &bridge;
  }
  return nullptr;
}

bool TemplateShelf::HasDomain(std::string_view domain_id) const {
  for (const v1::BridgeTemplate& bridge : templates_) {
    for (const v1::Pillar& pillar : bridge.pillars()) {
      for (const v1::Domain& domain : pillar.domains()) {
        if (domain.domain_id() == domain_id) return true;
      }
    }
  }
  return false;
}

Result<void> Holdings::Load() {
  Holdings fresh(ports_, language_);
  auto loaded = fresh.LoadAll();
  if (loaded.ok()) {
    *this = std::move(fresh);
  } else {
    stale_ = true;
  }
  return loaded;
}

Result<void> Holdings::LoadAll() {
  auto wiped = ports_.storage->replica().ReadNote(Note::kWiped);
  if (!wiped.ok()) return wiped.error();
  wiped_ = !wiped->empty();
  auto loaded = LoadAccount();
  if (!loaded.ok() || !enrolled()) return loaded;
  loaded = LoadStatements();
  if (loaded.ok()) loaded = LoadTemplates();
  if (!loaded.ok()) return loaded;
  auto unreadable = ReadNumber(Note::kUnreadable);
  if (!unreadable.ok()) return unreadable.error();
  unreadable_count_ = *unreadable;
  loaded = LoadDossiers();
  return loaded.ok() ? Recount() : loaded;
}

Result<void> Holdings::RenewNonce() {
  if (!enrolled()) return {};
  Replica& replica = ports_.storage->replica();
  auto kept = replica.ReadNote(Note::kNonce);
  if (!kept.ok()) return kept.error();
  auto expected = ports_.key_store->LoadNonce();
  if (!expected.ok()) return FromKeyStore(expected.error());

  auto transaction = Transaction::Begin(ports_.storage->transactions());
  if (!transaction.ok()) return transaction.error();
  if (*kept != *expected) {
    for (auto& [id, holding] : dossiers_) {
      auto begun = BeginEpoch(holding);
      if (!begun.ok()) return begun;
    }
  }
  const Bytes fresh = crypto::RandomBytes(*ports_.random, kNonceBytes);
  auto written = replica.WriteNote(Note::kNonce, fresh);
  if (!written.ok()) return written;
  // The store first: cut off between the two, the next opening begins another epoch, which costs nothing.
  auto stored = ports_.key_store->StoreNonce(fresh);
  if (!stored.ok()) return FromKeyStore(stored.error());
  return transaction->Commit();
}

Holding* Holdings::Find(std::string_view dossier_id) {
  const auto found = dossiers_.find(dossier_id);
  return found == dossiers_.end() ? nullptr : &found->second;
}

Holding* Holdings::FindOwn() {
  for (auto& [id, holding] : dossiers_) {
    if (holding.role == v1::ROLE_CLIENT && !holding.row.ended && !holding.row.cursor.empty()) return &holding;
  }
  return nullptr;
}

bool Holdings::HasEnded(std::string_view dossier_id) const {
  const auto access = access_.find(dossier_id);
  return access != access_.end() && access->second.ended;
}

std::int64_t Holdings::pending_count() const {
  std::int64_t count = 0;
  for (const auto& [id, holding] : dossiers_) count += holding.pending.count;
  return count;
}

std::int64_t Holdings::pending_bytes() const {
  std::int64_t bytes = 0;
  for (const auto& [id, holding] : dossiers_) bytes += holding.pending.bytes;
  return bytes;
}

Result<DossierView*> Holdings::ViewOf(Holding& holding) {
  if (holding.view != nullptr) return holding.view.get();
  ViewContext context;
  context.author.set_person_id(account_->device().person_id());
  context.author.set_role(holding.role);
  context.templates = &templates_;
  context.zones = ports_.zones;
  context.language = language_;
  auto view = std::make_unique<DossierView>(ports_.storage->replica(), holding.row.dossier_id, *holding.key,
                                            std::move(context));
  if (holding.pending.count > 0) {
    auto pending = ports_.storage->outbox().ListPending(holding.row.dossier_id);
    if (!pending.ok()) return pending.error();
    for (const PendingRow& row : *pending) {
      auto mutation = OpenPending(*holding.key, row);
      if (!mutation.ok()) return mutation.error();
      view->ShowPending(*mutation);
    }
    if (auto error = view->TakeError()) return *error;
  }
  holding.view = std::move(view);
  return holding.view.get();
}

void Holdings::CountAccepted(Holding& holding, const PendingRow& row, rules::Instant occurred_at) {
  holding.pending.count += 1;
  holding.pending.bytes += static_cast<std::int64_t>(row.sealed_mutation.size());
  holding.pending.sequence_last = row.sequence;
  if (!oldest_pending_at_.has_value()) oldest_pending_at_ = occurred_at;
}

Bytes Holdings::SealMutation(const Holding& holding, const v1::Mutation& mutation,
                             std::int64_t ordinal) const {
  return SealMessage(*holding.key, mutation, MutationPlace(ordinal), *ports_.random);
}

Result<v1::Mutation> Holdings::OpenMutation(const DossierKey& key, std::string_view sealed,
                                            std::int64_t ordinal) {
  return OpenMessage<v1::Mutation>(key, sealed, MutationPlace(ordinal));
}

Result<v1::Mutation> Holdings::OpenPending(const DossierKey& key, const PendingRow& row) {
  auto mutation = OpenMutation(key, row.sealed_mutation, row.ordinal);
  if (!mutation.ok() || row.applied_revision > 0 || row.sealed_outcome.empty()) return mutation;
  auto outcome = OpenOutcome(key, row.sealed_outcome, row.ordinal);
  if (!outcome.ok()) return outcome.error();
  // One that was refused is handed in as it was written.
  if (!outcome->has_applied()) return mutation;
  *mutation->mutable_applied() = outcome->applied().point();
  *mutation->mutable_occurred_at() = outcome->applied().clamped_at();
  return mutation;
}

Bytes Holdings::SealOutcome(const Holding& holding, const v1::Outcome& outcome, std::int64_t ordinal) const {
  return SealMessage(*holding.key, outcome, OutcomePlace(ordinal), *ports_.random);
}

Result<v1::Outcome> Holdings::OpenOutcome(const DossierKey& key, std::string_view sealed,
                                          std::int64_t ordinal) {
  return OpenMessage<v1::Outcome>(key, sealed, OutcomePlace(ordinal));
}

Result<void> Holdings::KeepAccount(const v1::EnrolResponse& account) {
  Replica& replica = ports_.storage->replica();
  auto emptied = ports_.storage->outbox().PurgeAll();
  if (emptied.ok()) emptied = ports_.storage->unanswered().PurgeAll();
  if (emptied.ok()) emptied = replica.PurgeAll();
  if (!emptied.ok()) return emptied;
  auto vault = Vault::Create(*ports_.key_store, *ports_.random);
  if (!vault.ok()) return vault.error();
  vault_.emplace(std::move(*vault));
  auto kept = replica.WriteNote(Note::kWrappedKey, vault_->wrapped_key());
  if (kept.ok()) {
    kept = replica.WriteNote(Note::kAccount, SealMessage(*vault_, account, kAccountPlace, *ports_.random));
  }
  if (!kept.ok()) return kept;
  wiped_ = false;
  account_ = account;
  if (account.dossier_id().empty()) return {};
  auto added = EnsureDossier(account.dossier_id());
  return added.ok() ? Result<void>() : Result<void>(added.error());
}

Result<Holding*> Holdings::EnsureDossier(std::string_view dossier_id) {
  if (Holding* present = Find(dossier_id)) return present;
  Holding holding;
  holding.key = std::make_unique<DossierKey>(Vault::NewDossierKey(*ports_.random));
  holding.row.dossier_id = std::string(dossier_id);
  holding.row.sealed_key = vault_->SealDossierKey(*holding.key, dossier_id, *ports_.random);
  holding.numbering = Numbering{.dossier_id = std::string(dossier_id), .epoch = NewEpoch(*ports_.random)};
  holding.pending.dossier_id = std::string(dossier_id);
  holding.role = RoleIn(dossier_id);
  auto kept = ports_.storage->replica().PutDossier(holding.row);
  if (kept.ok()) kept = ports_.storage->outbox().PutNumbering(holding.numbering);
  if (!kept.ok()) return kept.error();
  return &dossiers_.emplace(std::string(dossier_id), std::move(holding)).first->second;
}

Result<void> Holdings::PurgeDossier(std::string_view dossier_id) {
  auto purged = ports_.storage->outbox().PurgeDossier(dossier_id);
  if (purged.ok()) purged = ports_.storage->replica().PurgeDossier(dossier_id);
  if (purged.ok()) purged = RemovePlanStatements(dossier_id);
  if (purged.ok()) purged = RemoveRequestsAbout(dossier_id);
  if (!purged.ok()) return purged;
  const auto found = dossiers_.find(dossier_id);
  if (found != dossiers_.end()) dossiers_.erase(found);
  return {};
}

Result<void> Holdings::KeepStatement(const v1::StatementContent& content, const v1::Statement& statement) {
  auto kept = IsAboutMoney(content)
                  ? KeepMoneyStatement(content, statement)
                  : ports_.storage->replica().PutStatement(SealStatement(content, statement));
  if (!kept.ok()) return kept;
  statements_seen_ = std::max(statements_seen_, content.number());
  kept = WriteNumber(Note::kStatementsSeen, statements_seen_);
  if (!kept.ok()) return kept;
  NoteAccess(content);
  const std::string& dossier_id =
      content.has_grant() ? content.grant().dossier_id() : content.end().dossier_id();
  const auto access = access_.find(dossier_id);
  if (access == access_.end()) return {};
  if (access->second.ended && Find(dossier_id) == nullptr) return {};
  auto holding = EnsureDossier(dossier_id);
  if (!holding.ok()) return holding.error();
  (*holding)->role = RoleIn(dossier_id);
  (*holding)->view.reset();
  if ((*holding)->row.ended == access->second.ended) return {};
  (*holding)->row.ended = access->second.ended;
  return ports_.storage->replica().PutDossier((*holding)->row);
}

Result<std::vector<v1::Statement>> Holdings::ListStatements() const {
  return OpenStatements(ports_.storage->replica().ListStatements());
}

Result<void> Holdings::KeepMoneyStatement(const v1::StatementContent& content,
                                          const v1::Statement& statement) {
  // An answer that was under way when the relation ended tells nothing any more.
  if (HasEnded(PlanOf(content))) return {};
  return ports_.storage->replica().PutMoneyStatement(SealStatement(content, statement));
}

Result<void> Holdings::RemovePlanStatements(std::string_view dossier_id) {
  auto statements = ListMoneyStatements(std::numeric_limits<std::int64_t>::max());
  if (!statements.ok()) return statements.error();
  for (const v1::Statement& statement : *statements) {
    v1::StatementContent content;
    if (!content.ParseFromString(statement.content()) || PlanOf(content) != dossier_id) continue;
    auto removed = ports_.storage->replica().RemoveMoneyStatement(content.number());
    if (!removed.ok()) return removed;
  }
  return {};
}

// A draft names its dossier, and holds what the mentor wrote with it. Whether it was made is for the service
// to know.
Result<void> Holdings::RemoveRequestsAbout(std::string_view dossier_id) {
  auto rows = ports_.storage->unanswered().ListRequests();
  if (!rows.ok()) return rows.error();
  for (const UnansweredRow& row : *rows) {
    auto request = OpenRequest(*vault_, row);
    if (!request.ok()) return request.error();
    if (request->content.find(dossier_id) == std::string::npos) continue;
    auto removed = ports_.storage->unanswered().RemoveRequest(row.name);
    if (!removed.ok()) return removed;
  }
  return {};
}

Result<std::vector<v1::Statement>> Holdings::ListMoneyStatements(std::size_t count_max) const {
  return OpenStatements(ports_.storage->replica().ListMoneyStatements(count_max));
}

Result<std::vector<v1::Statement>> Holdings::ListStatementsAfter(std::int64_t number) const {
  auto rows = ports_.storage->replica().ListStatements();
  if (!rows.ok()) return rows.error();
  auto about_money = ports_.storage->replica().ListMoneyStatements(kMoneyStatementsMax);
  if (!about_money.ok()) return about_money.error();
  std::move(about_money->begin(), about_money->end(), std::back_inserter(*rows));
  std::erase_if(*rows, [number](const StatementRow& row) { return row.number <= number; });
  std::sort(rows->begin(), rows->end(),
            [](const StatementRow& a, const StatementRow& b) { return a.number < b.number; });
  return OpenStatements(rows);
}

Result<std::optional<v1::Statement>> Holdings::FindEnrolment() const {
  if (account_->has_statement()) return std::optional(account_->statement());
  auto statements = ListStatements();
  if (!statements.ok()) return statements.error();
  for (const v1::Statement& statement : *statements) {
    v1::StatementContent content;
    if (!content.ParseFromString(statement.content())) return StorageDamaged();
    if (content.enrolment().device_id() == account_->device().device_id()) return std::optional(statement);
  }
  return std::optional<v1::Statement>();
}

StatementRow Holdings::SealStatement(const v1::StatementContent& content,
                                     const v1::Statement& statement) const {
  return {.number = content.number(),
          .sealed = SealMessage(*vault_, statement, StatementPlace(content.number()), *ports_.random)};
}

Result<std::vector<v1::Statement>> Holdings::OpenStatements(
    const Result<std::vector<StatementRow>>& rows) const {
  if (!rows.ok()) return rows.error();
  std::vector<v1::Statement> statements;
  for (const StatementRow& row : *rows) {
    auto statement = OpenMessage<v1::Statement>(*vault_, row.sealed, StatementPlace(row.number));
    if (!statement.ok()) return statement.error();
    statements.push_back(std::move(*statement));
  }
  return statements;
}

Result<void> Holdings::KeepTemplates(std::vector<v1::BridgeTemplate> templates, std::int64_t serial) {
  std::vector<Bytes> sealed;
  for (std::size_t place = 0; place < templates.size(); ++place) {
    sealed.push_back(SealMessage(*vault_, templates[place], TemplatePlace(place), *ports_.random));
  }
  auto kept = ports_.storage->replica().ReplaceTemplates(sealed);
  if (kept.ok()) kept = WriteNumber(Note::kTemplatesSerial, serial);
  if (!kept.ok()) return kept;
  templates_.Replace(std::move(templates));
  templates_serial_ = serial;
  for (auto& [id, holding] : dossiers_) holding.view.reset();
  return {};
}

Result<void> Holdings::KeepConfirmedAt(rules::Instant at) {
  const Bytes sealed = SealMessage(*vault_, rules::ToTimestamp(at), kConfirmedPlace, *ports_.random);
  return ports_.storage->replica().WriteNote(Note::kConfirmedAt, sealed);
}

Result<void> Holdings::KeepRestoreShown(const std::string& restore_id) {
  restore_shown_ = restore_id;
  return ports_.storage->replica().WriteNote(Note::kRestoreShown, restore_id);
}

Result<void> Holdings::BeginEpoch(Holding& holding) {
  Outbox& outbox = ports_.storage->outbox();
  holding.numbering.epoch = NewEpoch(*ports_.random);
  holding.numbering.settled_sequence = 0;
  auto pending = outbox.ListPending(holding.row.dossier_id);
  if (!pending.ok()) return pending.error();
  std::int64_t sequence = 0;
  for (const PendingRow& row : *pending) {
    if (row.applied_revision > 0) continue;
    auto numbered = outbox.SetSequence(row.ordinal, ++sequence);
    if (!numbered.ok()) return numbered;
  }
  holding.pending.sequence_last = sequence;
  holding.pending.unnumbered = 0;
  return outbox.PutNumbering(holding.numbering);
}

Result<void> Holdings::NumberWaiting(Holding& holding, const std::function<bool(std::int64_t)>& waits_on) {
  if (holding.pending.unnumbered == 0) return {};
  Outbox& outbox = ports_.storage->outbox();
  auto pending = outbox.ListPending(holding.row.dossier_id);
  if (!pending.ok()) return pending.error();
  for (const PendingRow& row : *pending) {
    if (row.sequence != 0 || row.applied_revision > 0 || waits_on(row.ordinal)) continue;
    const std::int64_t sequence = holding.NextSequence();
    auto numbered = outbox.SetSequence(row.ordinal, sequence);
    if (!numbered.ok()) return numbered;
    holding.pending.sequence_last = sequence;
    holding.pending.unnumbered -= 1;
  }
  return {};
}

Result<void> Holdings::Recount() {
  auto counted = CountPending();
  return counted.ok() ? FindOldest() : counted;
}

Result<void> Holdings::LoadAccount() {
  Replica& replica = ports_.storage->replica();
  auto wrapped = replica.ReadNote(Note::kWrappedKey);
  if (!wrapped.ok()) return wrapped.error();
  if (wrapped->empty()) return {};
  auto vault = Vault::Open(*ports_.key_store, *wrapped);
  if (!vault.ok()) return TellUnfinishedWipe(vault.error());
  vault_.emplace(std::move(*vault));
  auto sealed = replica.ReadNote(Note::kAccount);
  if (!sealed.ok()) return sealed.error();
  auto account = OpenMessage<v1::EnrolResponse>(*vault_, *sealed, kAccountPlace);
  if (!account.ok()) return account.error();
  account_ = std::move(*account);
  auto confirmed = replica.ReadNote(Note::kConfirmedAt);
  if (!confirmed.ok()) return confirmed.error();
  if (confirmed->empty()) return {};
  auto at = OpenMessage<google::protobuf::Timestamp>(*vault_, *confirmed, kConfirmedPlace);
  if (!at.ok()) return at.error();
  confirmed_at_ = rules::ToInstant(*at);
  return {};
}

Result<void> Holdings::LoadStatements() {
  auto seen = ReadNumber(Note::kStatementsSeen);
  if (!seen.ok()) return seen.error();
  statements_seen_ = *seen;
  auto shown = ports_.storage->replica().ReadNote(Note::kRestoreShown);
  if (!shown.ok()) return shown.error();
  restore_shown_ = *std::move(shown);
  auto statements = ListStatements();
  if (!statements.ok()) return statements.error();
  for (const v1::Statement& statement : *statements) {
    v1::StatementContent content;
    if (!content.ParseFromString(statement.content())) return StorageDamaged();
    NoteAccess(content);
  }
  return {};
}

Result<void> Holdings::LoadTemplates() {
  auto serial = ReadNumber(Note::kTemplatesSerial);
  if (!serial.ok()) return serial.error();
  templates_serial_ = *serial;
  auto rows = ports_.storage->replica().ListTemplates();
  if (!rows.ok()) return rows.error();
  std::vector<v1::BridgeTemplate> templates;
  for (std::size_t place = 0; place < rows->size(); ++place) {
    auto bridge = OpenMessage<v1::BridgeTemplate>(*vault_, (*rows)[place], TemplatePlace(place));
    if (!bridge.ok()) return bridge.error();
    templates.push_back(std::move(*bridge));
  }
  templates_.Replace(std::move(templates));
  return {};
}

Result<void> Holdings::LoadDossiers() {
  auto rows = ports_.storage->replica().ListDossiers();
  if (!rows.ok()) return rows.error();
  for (DossierRow& row : *rows) {
    auto key = vault_->OpenDossierKey(row.sealed_key, row.dossier_id);
    if (!key.ok()) return key.error();
    Holding holding;
    holding.key = std::make_unique<DossierKey>(std::move(*key));
    holding.role = RoleIn(row.dossier_id);
    holding.row = std::move(row);
    holding.numbering.dossier_id = holding.row.dossier_id;
    const std::string id = holding.row.dossier_id;
    dossiers_.emplace(id, std::move(holding));
  }
  auto numberings = ports_.storage->outbox().ListNumberings();
  if (!numberings.ok()) return numberings.error();
  for (Numbering& numbering : *numberings) {
    if (Holding* holding = Find(numbering.dossier_id)) holding->numbering = std::move(numbering);
  }
  return {};
}

Result<std::int64_t> Holdings::ReadNumber(Note note) const {
  auto bytes = ports_.storage->replica().ReadNote(note);
  if (!bytes.ok()) return bytes.error();
  std::int64_t number = 0;
  if (bytes->empty()) return number;
  const auto read = std::from_chars(bytes->data(), bytes->data() + bytes->size(), number);
  if (read.ec != std::errc() || read.ptr != bytes->data() + bytes->size()) return StorageDamaged();
  return number;
}

Result<void> Holdings::WriteNumber(Note note, std::int64_t number) {
  return ports_.storage->replica().WriteNote(note, std::to_string(number));
}

Result<void> Holdings::CountPending() {
  auto totals = ports_.storage->outbox().PendingTotals();
  if (!totals.ok()) return totals.error();
  for (auto& [id, holding] : dossiers_) holding.pending = PendingTotal{.dossier_id = id};
  for (PendingTotal& total : *totals) {
    if (Holding* holding = Find(total.dossier_id)) holding->pending = std::move(total);
  }
  auto last = ports_.storage->outbox().LastOrdinal();
  if (!last.ok()) return last.error();
  last_ordinal_ = std::max(last_ordinal_, *last);
  auto rejected = ports_.storage->outbox().ListRejected();
  if (!rejected.ok()) return rejected.error();
  rejected_count_ = static_cast<std::int64_t>(rejected->size());
  return {};
}

Result<void> Holdings::FindOldest() {
  oldest_pending_at_.reset();
  auto oldest = ports_.storage->outbox().OldestPending();
  if (!oldest.ok()) return oldest.error();
  if (!oldest->has_value()) return {};
  const Holding* holding = Find((*oldest)->dossier_id);
  if (holding == nullptr) return StorageDamaged();
  auto mutation = OpenMutation(*holding->key, (*oldest)->sealed_mutation, (*oldest)->ordinal);
  if (!mutation.ok()) return mutation.error();
  oldest_pending_at_ = rules::ToInstant(mutation->occurred_at());
  return {};
}

void Holdings::NoteAccess(const v1::StatementContent& content) {
  if (!content.has_grant() && !content.has_end()) return;
  Access& access = access_[content.has_grant() ? content.grant().dossier_id() : content.end().dossier_id()];
  if (content.number() < access.number) return;
  access.number = content.number();
  access.ended = content.has_end();
  if (content.has_grant()) access.role = content.grant().role();
}

v1::Role Holdings::RoleIn(std::string_view dossier_id) const {
  const auto access = access_.find(dossier_id);
  if (access != access_.end() && access->second.role != v1::ROLE_UNSPECIFIED) return access->second.role;
  return account_->dossier_id() == dossier_id ? v1::ROLE_CLIENT : v1::ROLE_MENTOR;
}

}  // namespace brug::sdk
