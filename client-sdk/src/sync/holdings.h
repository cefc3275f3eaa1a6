#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/bridge_template.pb.h"
#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/statement.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "client-sdk/src/sync/core.h"
#include "client-sdk/src/sync/dossier_view.h"
#include "client-sdk/src/vault/vault.h"
#include "proto/rules/apply.h"

namespace brug::sdk {

// One dossier that this device holds.
struct Holding {
  DossierRow row;
  std::unique_ptr<DossierKey> key;  // at one address, for the view refers to it
  Numbering numbering;
  PendingTotal pending;
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::unique_ptr<DossierView> view;  // made when it is first asked for

  [[nodiscard]] std::int64_t NextSequence() const {
    return std::max(numbering.settled_sequence, pending.sequence_last) + 1;
  }
};

// The organisation's Bridge templates.
class TemplateShelf final : public rules::TemplateReader {
 public:
  void Replace(std::vector<v1::BridgeTemplate> templates) { templates_ = std::move(templates); }
  [[nodiscard]] const std::vector<v1::BridgeTemplate>& all() const { return templates_; }

  [[nodiscard]] const v1::BridgeTemplate* FindTemplate(std::string_view template_id,
                                                       int version) const override;
  [[nodiscard]] bool HasDomain(std::string_view domain_id) const override;

 private:
  std::vector<v1::BridgeTemplate> templates_;
};

// What storage holds, opened: the account, the vault, the dossiers with their counters, statements,
// templates.
//
//   what is in memory here = what a new process would load
//
// The functions that write do so within the caller's transaction. When that transaction fails, the caller
// loads anew.
class Holdings {
 public:
  // `language` is that of the messages of errors.
  Holdings(const CorePorts& ports, std::string language) : ports_(ports), language_(std::move(language)) {}

  // Reads all of it, or changes nothing. Cost: the dossiers, statements and templates; no record and no
  // mutation is opened but the oldest.
  [[nodiscard]] Result<void> Load();
  // What is in memory may not be what storage holds: a write has failed half-way.
  void MarkStale() { stale_ = true; }
  // Loads anew if it is so.
  [[nodiscard]] Result<void> Refresh() { return stale_ ? Load() : Result<void>(); }
  // Makes damaged storage anew from what can be read and opened of it, loads that, and counts what cannot be
  // read. New epochs are for RenewNonce. A transaction of its own. Errors: STORAGE_*, KEY_STORE_FAILED; when
  // it fails nothing that could be read is gone.
  [[nodiscard]] Result<void> Rescue();
  // Begins new epochs when the files were put back or copied (document "sync", case 6), and renews the nonce.
  [[nodiscard]] Result<void> RenewNonce();

  [[nodiscard]] const CorePorts& ports() const { return ports_; }
  [[nodiscard]] bool enrolled() const { return account_.has_value(); }
  [[nodiscard]] bool wiped() const { return wiped_; }
  // Only when enrolled.
  [[nodiscard]] const v1::EnrolResponse& account() const { return *account_; }
  [[nodiscard]] const Vault& vault() const { return *vault_; }
  [[nodiscard]] std::map<std::string, Holding, std::less<>>& dossiers() { return dossiers_; }
  [[nodiscard]] const std::map<std::string, Holding, std::less<>>& dossiers() const { return dossiers_; }
  [[nodiscard]] Holding* Find(std::string_view dossier_id);
  // The client's own dossier; null on staff's devices, and before its records came for the first time.
  [[nodiscard]] Holding* FindOwn();
  // Whether the last statement about the dossier is an end, also when it is purged already.
  [[nodiscard]] bool HasEnded(std::string_view dossier_id) const;
  [[nodiscard]] const TemplateShelf& templates() const { return templates_; }
  [[nodiscard]] std::int64_t templates_serial() const { return templates_serial_; }
  [[nodiscard]] std::int64_t statements_seen() const { return statements_seen_; }
  // The service's restore after which every statement was shown to it; empty when there was none.
  [[nodiscard]] const std::string& restore_shown() const { return restore_shown_; }
  [[nodiscard]] std::int64_t rejected_count() const { return rejected_count_; }
  // Mutations that were lost with a damaged page, until the person has seen it.
  [[nodiscard]] std::int64_t unreadable_count() const { return unreadable_count_; }
  [[nodiscard]] Result<void> ForgetUnreadable();
  [[nodiscard]] std::int64_t pending_count() const;
  [[nodiscard]] std::int64_t pending_bytes() const;
  [[nodiscard]] const std::optional<rules::Instant>& oldest_pending_at() const { return oldest_pending_at_; }
  [[nodiscard]] const std::optional<rules::Instant>& confirmed_at() const { return confirmed_at_; }
  void set_confirmed_at(rules::Instant at) { confirmed_at_ = at; }

  // The dossier's view, made from base and pending if need be.
  [[nodiscard]] Result<DossierView*> ViewOf(Holding& holding);

  [[nodiscard]] std::int64_t TakeOrdinal() { return ++last_ordinal_; }
  // Counts a mutation that was just added to the outbox.
  void CountAccepted(Holding& holding, const PendingRow& row, rules::Instant occurred_at);
  // A mutation as the outbox keeps it, and back.
  [[nodiscard]] Bytes SealMutation(const Holding& holding, const v1::Mutation& mutation,
                                   std::int64_t ordinal) const;
  [[nodiscard]] static Result<v1::Mutation> OpenMutation(const DossierKey& key, std::string_view sealed,
                                                         std::int64_t ordinal);
  // The same as it is pushed and shown: one that is offered again with the point and time it was applied at.
  [[nodiscard]] static Result<v1::Mutation> OpenPending(const DossierKey& key, const PendingRow& row);
  [[nodiscard]] Bytes SealOutcome(const Holding& holding, const v1::Outcome& outcome,
                                  std::int64_t ordinal) const;
  [[nodiscard]] static Result<v1::Outcome> OpenOutcome(const DossierKey& key, std::string_view sealed,
                                                       std::int64_t ordinal);

  // ---- Writing, within a transaction

  [[nodiscard]] Result<void> KeepAccount(const v1::EnrolResponse& account);
  [[nodiscard]] Result<Holding*> EnsureDossier(std::string_view dossier_id);
  // With what statements about money tell of its plan, and the requests about money that name it and were not
  // answered.
  [[nodiscard]] Result<void> PurgeDossier(std::string_view dossier_id);
  // Keeps a checked statement that came with a sync, and does what grants and ends say.
  [[nodiscard]] Result<void> KeepStatement(const v1::StatementContent& content,
                                           const v1::Statement& statement);
  // Those about access, by number.
  [[nodiscard]] Result<std::vector<v1::Statement>> ListStatements() const;
  // Those of both kinds with a higher number, by number.
  [[nodiscard]] Result<std::vector<v1::Statement>> ListStatementsAfter(std::int64_t number) const;
  // The one that made this device its person's; nothing while it waits for a yes.
  [[nodiscard]] Result<std::optional<v1::Statement>> FindEnrolment() const;
  // Keeps a checked one about money, as an answer brings it; that it comes again with a sync is fine. Those
  // are kept and shown, and nothing else is done on them. What tells the plan of a dossier that ended is not
  // kept.
  [[nodiscard]] Result<void> KeepMoneyStatement(const v1::StatementContent& content,
                                                const v1::Statement& statement);
  // The highest numbers first, at most `count_max`.
  [[nodiscard]] Result<std::vector<v1::Statement>> ListMoneyStatements(std::size_t count_max) const;
  [[nodiscard]] Result<void> KeepTemplates(std::vector<v1::BridgeTemplate> templates, std::int64_t serial);
  [[nodiscard]] Result<void> KeepConfirmedAt(rules::Instant at);
  [[nodiscard]] Result<void> KeepRestoreShown(const std::string& restore_id);
  // A new epoch: what is pending gets numbers from 1, the ids stay.
  [[nodiscard]] Result<void> BeginEpoch(Holding& holding);
  // Gives a number to what waits for one, but for the ordinals that wait on.
  [[nodiscard]] Result<void> NumberWaiting(Holding& holding,
                                           const std::function<bool(std::int64_t)>& waits_on);
  // Counts anew what is pending and rejected.
  [[nodiscard]] Result<void> Recount();

  // Deletes everything and destroys the keys. A transaction of its own. What a full disk keeps from being
  // deleted, nobody reads any more, and FinishWipe deletes it.
  [[nodiscard]] Result<void> Wipe();
  // The rest of a wipe that a process before this one began. Only when wiped.
  [[nodiscard]] Result<void> FinishWipe();
  // Whether the key store says that a wipe destroyed its keys and could not delete the files.
  [[nodiscard]] static bool IsOfUnfinishedWipe(std::string_view nonce);

 private:
  struct Access {
    std::int64_t number = 0;
    v1::Role role = v1::ROLE_UNSPECIFIED;
    bool ended = false;
  };

  [[nodiscard]] Result<void> LoadAll();
  [[nodiscard]] Result<void> LoadAccount();
  [[nodiscard]] Result<void> TellUnfinishedWipe(const Error& error);
  [[nodiscard]] Result<void> LoadStatements();
  [[nodiscard]] Result<void> LoadTemplates();
  [[nodiscard]] Result<void> LoadDossiers();
  [[nodiscard]] Result<void> RemoveUnreadable();
  // Take away what cannot be opened, and give back how many mutations or requests that were.
  [[nodiscard]] Result<std::int64_t> RemoveUnreadablePending();
  [[nodiscard]] Result<std::int64_t> RemoveUnreadableRejected();
  [[nodiscard]] Result<std::int64_t> RemoveUnreadableRequests();
  [[nodiscard]] Result<void> RemoveUnreadableRing();
  [[nodiscard]] Result<std::int64_t> ReadNumber(Note note) const;
  [[nodiscard]] Result<void> WriteNumber(Note note, std::int64_t number);
  [[nodiscard]] Result<void> CountPending();
  [[nodiscard]] Result<void> FindOldest();
  void NoteAccess(const v1::StatementContent& content);
  [[nodiscard]] Result<void> RemovePlanStatements(std::string_view dossier_id);
  [[nodiscard]] Result<void> RemoveRequestsAbout(std::string_view dossier_id);
  [[nodiscard]] v1::Role RoleIn(std::string_view dossier_id) const;
  [[nodiscard]] StatementRow SealStatement(const v1::StatementContent& content,
                                           const v1::Statement& statement) const;
  [[nodiscard]] Result<std::vector<v1::Statement>> OpenStatements(
      const Result<std::vector<StatementRow>>& rows) const;

  CorePorts ports_;
  std::string language_;
  bool stale_ = false;
  bool wiped_ = false;
  std::optional<Vault> vault_;
  std::optional<v1::EnrolResponse> account_;
  std::map<std::string, Holding, std::less<>> dossiers_;
  std::map<std::string, Access, std::less<>> access_;
  TemplateShelf templates_;
  std::int64_t templates_serial_ = 0;
  std::int64_t statements_seen_ = 0;
  std::string restore_shown_;
  std::int64_t last_ordinal_ = 0;
  std::int64_t rejected_count_ = 0;
  std::int64_t unreadable_count_ = 0;
  std::optional<rules::Instant> oldest_pending_at_;
  std::optional<rules::Instant> confirmed_at_;
};

}  // namespace brug::sdk
