#include "tests/simulation/plants.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "brug/v1/reward_service.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "tests/simulation/forwarding_storage.h"

namespace brug::simulation {
namespace {

constexpr std::array kPlants = {
    Plant{"skip-dedupe", "S3", "the service does not look whether it knows a mutation"},
    Plant{"drop-outcome", "S2", "the device forgets a refusal as soon as it has come"},
    Plant{"apply-twice", "S3", "the service runs a push a second time, knowing nothing of the first"},
    Plant{"lose-outbox", "S2", "the device begins again without what was pending"},
    Plant{"show-draft", "S5", "an answer to a client has an offer that nobody promised"},
    Plant{"revoked-reader", "S5", "the service takes an ended relation for a live one"},
    Plant{"double-issue", "V4",
          "an offer stays promised when its voucher is given, and a second one may follow"},
    Plant{"reuse-revision", "S4", "now and then a dossier's counter stays where it was"},
    Plant{"skip-restore-check", "S2",
          "the device does not see that history was lost, and offers nothing again"},
    Plant{"trust-device-clock", "C1", "the service takes the device's time for its own"},
};

constexpr std::chrono::minutes kTrustedMax{8};

}  // namespace

class Planting::State {
 public:
  explicit State(const Plant& planted) : plant(planted) {}
  [[nodiscard]] bool Is(std::string_view name) const { return plant.name == name; }

  const Plant& plant;
  World* world = nullptr;
  int heads_updated = 0;
  // The newest draft, until it is shown or promised.
  std::string draft;
  // While a push is run for the second time: what the first one wrote is hidden.
  bool second_time = false;
  bool pushed = false;
  std::map<std::string, std::optional<storage::DeviceProgress>> progress_before;
};

namespace {

class PlantedReads : public ForwardingReads {
 public:
  PlantedReads(const storage::Snapshot& behind, Planting::State& state)
      : ForwardingReads(behind), state_(state) {}

  std::optional<storage::StoredOutcome> FindOutcome(std::string_view mutation_id) const override {
    if (state_.Is("skip-dedupe") || state_.second_time) return std::nullopt;
    return behind_.FindOutcome(mutation_id);
  }
  std::optional<storage::DeviceProgress> FindProgress(std::string_view device_id,
                                                      std::string_view dossier_id) const override {
    auto& before = state_.progress_before;
    const std::string name = std::string(device_id) + "/" + std::string(dossier_id);
    if (state_.second_time) return before[name];
    return before[name] = behind_.FindProgress(device_id, dossier_id);
  }
  std::vector<storage::RelationRow> RelationsOfPerson(std::string_view person_id,
                                                      bool with_ended) const override {
    if (!state_.Is("revoked-reader")) return behind_.RelationsOfPerson(person_id, with_ended);
    auto relations = behind_.RelationsOfPerson(person_id, true);
    for (storage::RelationRow& relation : relations) relation.until_us = 0;
    return relations;
  }

 protected:
  Planting::State& state_;
};

class PlantedTransaction final : public ForwardingTransaction<PlantedReads> {
 public:
  using ForwardingTransaction::ForwardingTransaction;

  bool InsertOutcome(const storage::StoredOutcome& outcome) override {
    state_.pushed = true;
    const bool inserted = writes_.InsertOutcome(outcome);
    return inserted || state_.Is("skip-dedupe") || state_.second_time;
  }
  bool UpdateHead(std::int64_t expected_revision, const storage::DossierHead& head) override {
    storage::DossierHead kept = head;
    if (state_.Is("reuse-revision") && ++state_.heads_updated % 7 == 0) kept.revision = expected_revision;
    return writes_.UpdateHead(expected_revision, kept);
  }
  bool AppendLogEntry(std::string_view dossier_id, const storage::SealedLogEntry& entry) override {
    return writes_.AppendLogEntry(dossier_id, entry) || state_.Is("reuse-revision");
  }
  bool UpdateOffer(const storage::OfferRow& offer) override {
    if (state_.Is("double-issue") && offer.state == v1::OFFER_STATE_ISSUED) return true;
    return writes_.UpdateOffer(offer);
  }
  bool InsertVoucher(const storage::VoucherRow& voucher) override {
    if (writes_.InsertVoucher(voucher)) return true;
    if (!state_.Is("double-issue")) return false;
    storage::VoucherRow second = voucher;
    second.voucher_id = state_.world->NewId();
    return writes_.InsertVoucher(second);
  }
};

class PlantedStore final : public storage::OrganisationStore {
 public:
  PlantedStore(storage::OrganisationStore& behind, Planting::State& state) : behind_(behind), state_(state) {}

  platform::Result<void> Write(std::span<const storage::Work> works) override {
    std::vector<storage::Work> planted;
    for (const storage::Work& work : works) {
      planted.emplace_back(
          [&work, this](storage::Transaction& transaction) { return Run(work, transaction); });
    }
    return behind_.Write(planted);
  }
  platform::Result<void> Read(const std::function<void(const storage::Snapshot&)>& read) const override {
    return behind_.Read([&](const storage::Snapshot& snapshot) { read(PlantedReads(snapshot, state_)); });
  }

 private:
  bool Run(const storage::Work& work, storage::Transaction& transaction) {
    PlantedTransaction planted(transaction, state_);
    state_.pushed = state_.second_time = false;
    bool kept = work(planted);
    if (kept && state_.pushed && state_.Is("apply-twice")) {
      state_.second_time = true;
      kept = work(planted);
      state_.second_time = false;
    }
    return kept;
  }

  storage::OrganisationStore& behind_;
  Planting::State& state_;
};

class PlantedStorage final : public storage::Storage {
 public:
  PlantedStorage(std::unique_ptr<storage::Storage> behind, Planting::State& state)
      : behind_(std::move(behind)), state_(state) {}

  storage::Registry& registry() override { return behind_->registry(); }
  storage::KeyStore& keys() override { return behind_->keys(); }
  storage::EndJournal& ends() override { return behind_->ends(); }
  platform::Result<storage::OrganisationStore*> OpenOrganisation(std::string_view organisation_id) override {
    auto opened = behind_->OpenOrganisation(organisation_id);
    if (!opened.ok()) return opened;
    auto& store = stores_[std::string(organisation_id)];
    if (store == nullptr) store = std::make_unique<PlantedStore>(**opened, state_);
    return store.get();
  }
  platform::Result<storage::BackupDone> BackUp(const storage::BackupOrder& order) override {
    return behind_->BackUp(order);
  }
  platform::Result<std::vector<v1::Backup>> Backups() const override { return behind_->Backups(); }
  platform::Result<std::vector<std::string>> RetireBackups(const std::string& folder,
                                                           std::int64_t kept_count) override {
    return behind_->RetireBackups(folder, kept_count);
  }
  platform::Result<void> ProbeWrite() override { return behind_->ProbeWrite(); }
  std::int64_t FreeBytes() const override { return behind_->FreeBytes(); }

 private:
  std::unique_ptr<storage::Storage> behind_;
  Planting::State& state_;
  std::map<std::string, std::unique_ptr<PlantedStore>> stores_;
};

class PlantedOutbox final : public ForwardingOutbox {
 public:
  PlantedOutbox(sdk::Outbox& below, const Planting::State& state) : ForwardingOutbox(below), state_(state) {
    if (state.Is("lose-outbox")) LosePending();
  }

  Result<void> Reject(std::int64_t ordinal, std::string_view sealed_outcome) override {
    return state_.Is("drop-outcome") ? below_.Remove(ordinal) : below_.Reject(ordinal, sealed_outcome);
  }
  Result<std::int64_t> OfferAgain(std::string_view dossier_id, std::int64_t tries_max) override {
    if (state_.Is("skip-restore-check")) return 0;
    return below_.OfferAgain(dossier_id, tries_max);
  }

 private:
  void LosePending() {
    const auto totals = below_.PendingTotals();
    if (!totals.ok()) return;
    for (const sdk::PendingTotal& total : *totals) {
      const auto pending = below_.ListPending(total.dossier_id);
      if (!pending.ok()) return;
      for (const sdk::PendingRow& row : *pending) (void)below_.Remove(row.ordinal).ok();
    }
  }

  const Planting::State& state_;
};

// The service believes that it is as late as the device says.
void TrustClock(const Planting::State& state, const sdk::Call& call) {
  ServiceClock& clock = state.world->service().clock();
  clock.planted = {};
  v1::SyncRequest request;
  if (call.method != sdk::Method::kSync || !request.ParseFromString(call.request)) return;
  for (const v1::Mutation& mutation : request.mutations()) {
    const auto ahead = rules::ToInstant(mutation.occurred_at()) - clock.Read();
    if (ahead > clock.planted && ahead < kTrustedMax) clock.planted = ahead;
  }
}

void ShowDraft(Planting::State& state, int station, const sdk::Call& call, sdk::Answer& answer) {
  if (!answer.status.ok()) return;
  v1::DraftOfferResponse drafted;
  if (call.method == sdk::Method::kDraftOffer && drafted.ParseFromString(answer.response)) {
    state.draft = drafted.offer().offer_id();
  }
  if (call.method == sdk::Method::kPromiseOffer) state.draft.clear();
  v1::SyncResponse response;
  const bool client = !state.world->station(station).dossier_id.empty();
  if (!client || call.method != sdk::Method::kSync || !response.ParseFromString(answer.response)) return;
  if (response.pages().empty() || state.draft.empty()) return;
  response.mutable_pages(0)->add_records()->set_record_id(std::exchange(state.draft, {}));
  answer.response = response.SerializeAsString();
}

}  // namespace

std::span<const Plant> Plants() { return kPlants; }

const Plant* FindPlant(std::string_view name) {
  const auto found =
      std::find_if(kPlants.begin(), kPlants.end(), [&](const Plant& plant) { return plant.name == name; });
  return found == kPlants.end() ? nullptr : found;
}

Planting::Planting(const Plant& plant) : state_(std::make_unique<State>(plant)) {}
Planting::~Planting() = default;

void Planting::Put(World::Options& options) {
  State& state = *state_;
  options.decorate_service = [&state](std::unique_ptr<storage::Storage> behind) {
    return std::make_unique<PlantedStorage>(std::move(behind), state);
  };
  options.decorate_device = [&state](sdk::Outbox& below) {
    return std::make_unique<PlantedOutbox>(below, state);
  };
  if (state.Is("trust-device-clock")) {
    options.distort_request = [&state, before = std::move(options.distort_request)](int station,
                                                                                    sdk::Call& call) {
      if (before) before(station, call);
      TrustClock(state, call);
    };
  }
  options.distort_answer = [&state](int station, const sdk::Call& call, sdk::Answer& answer) {
    if (state.Is("trust-device-clock")) state.world->service().clock().planted = {};
    if (state.Is("show-draft")) ShowDraft(state, station, call, answer);
  };
}

void Planting::Know(World& world) { state_->world = &world; }

}  // namespace brug::simulation
