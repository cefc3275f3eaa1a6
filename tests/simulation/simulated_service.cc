#include "tests/simulation/simulated_service.h"

#include <cstdlib>
#include <filesystem>

#include "client-sdk/src/transport/grpc_status.h"
#include "service/domain/compaction.h"
#include "service/domain/journalled_ends.h"
#include "service/domain/sync.h"
#include "service/domain/voucher_keys.h"
#include "service/platform/configuration.h"
#include "service/rpc/status.h"
#include "service/storage_memory/memory_storage.h"
#include "service/storage_sqlite/sqlite_storage.h"

namespace brug::simulation {
namespace {

using platform::Failure;

template <typename Request>
platform::Result<Request> Read(const sdk::Call& call) {
  Request request;
  if (!request.ParseFromString(call.request)) return Failure{.reason = v1::ERROR_REASON_MALFORMED};
  return request;
}

std::unique_ptr<storage::Storage> OpenSqlite(const std::string& folder) {
  auto opened = storage::SqliteStorage::Open({.data_directory = folder, .vfs = kSimulatedVfs});
  if (!opened.ok()) return nullptr;
  return *std::move(opened);
}

}  // namespace

// What is gone with the process.
struct SimulatedService::Process {
  Process(std::unique_ptr<storage::Storage> kept, SimulatedService& service)
      : storage(std::move(kept)),
        keys(storage->keys(), service.master_.Clone(), service.random_),
        surroundings{service.clock_, service.random_, service.zones_, *storage, keys},
        identity(keys) {}

  std::unique_ptr<storage::Storage> storage;
  domain::KeyRing keys;
  domain::Surroundings surroundings;
  gate::Identity identity;
  gate::MinuteRate device_calls{platform::Configuration().device_calls_per_minute_max};
  gate::MinuteRate wrong_codes{platform::Configuration().wrong_codes_per_minute_max};
  gate::WrongTries wrong_vouchers{{.per_hour_max = platform::Configuration().wrong_vouchers_per_hour_max,
                                   .burst_count = platform::Configuration().wrong_vouchers_burst_per_hour}};
  domain::Nonces nonces;
  std::shared_ptr<const domain::OrganisationKeys> organisation;
  storage::OrganisationStore* store = nullptr;
  // The adapter below what decorates it.
  storage::Storage* adapter = nullptr;
};

SimulatedService::SimulatedService(const Time& time, Options options)
    : options_(std::move(options)),
      clock_(time),
      random_(options_.seed),
      master_(crypto::SealingKey::Generate(random_)),
      disk_(options_.folder) {
  std::filesystem::create_directories(options_.folder);
}

SimulatedService::~SimulatedService() = default;

bool SimulatedService::Start() {
  std::unique_ptr<storage::Storage> storage = std::move(kept_);
  storage::Storage* adapter = kept_adapter_;
  if (storage == nullptr) {
    if (options_.adapter == Adapter::kSqlite) {
      storage = OpenSqlite(options_.folder);
    } else {
      auto memory = std::make_unique<storage::MemoryStorage>();
      memory_ = memory.get();
      storage = std::move(memory);
    }
    if (storage == nullptr) return false;
    adapter = storage.get();
    if (options_.decorate) storage = options_.decorate(std::move(storage));
  }
  process_ = std::make_unique<Process>(std::move(storage), *this);
  process_->adapter = adapter;
  if (organisation_id_.empty()) return true;
  auto keys = process_->keys.Organisation(organisation_id_);
  auto store = process_->storage->OpenOrganisation(organisation_id_);
  if (!keys.ok() || !store.ok()) {
    // Only the power explains it: what was there stays there.
    if (!disk_.off()) std::abort();
    process_.reset();
    return false;
  }
  process_->organisation = *keys;
  process_->store = *store;
  return true;
}

void SimulatedService::Crash(Dice& chance) {
  if (options_.adapter == Adapter::kMemory) return Stop();
  disk_.CutPower();
  process_.reset();
  disk_.PowerOn(chance);
}

void SimulatedService::Stop() {
  if (process_ == nullptr) return;
  if (options_.adapter == Adapter::kMemory) {
    kept_ = std::move(process_->storage);
    kept_adapter_ = process_->adapter;
  }
  process_.reset();
}

SimulatedService::Backup SimulatedService::BackUp() const {
  if (memory_ == nullptr) return {.at = clock_.Now(), .files = disk_.Copy()};
  return {.at = clock_.Now(),
          .memory = std::make_shared<const storage::MemoryStorage::Copy>(memory_->MakeCopy())};
}

void SimulatedService::TellBackedUp(const std::vector<std::string>& dossier_ids) {
  (void)Write([&](domain::Desk& desk) {
    for (const std::string& dossier_id : dossier_ids) {
      const auto head = desk.transaction.FindHead(dossier_id);
      if (head) desk.transaction.PutBackedUpRevision(dossier_id, head->revision);
    }
    return true;
  });
}

void SimulatedService::PutBack(const Backup& backup) {
  if (memory_ != nullptr) {
    memory_->PutBack(*backup.memory);
  } else {
    // Keys are added and never changed, so those of today open what is older too.
    SimulatedDisk::Image files = backup.files;
    for (const auto& [path, content] : disk_.Copy()) {
      if (path.find("/keys.db") != std::string::npos) files[path] = content;
    }
    disk_.Restore(files);
  }
  if (!Start()) std::abort();
  const storage::Work note = [&](storage::Transaction& transaction) {
    const auto newest = transaction.NewestRestore();
    return transaction.InsertRestore({.number = newest ? newest->number + 1 : 1,
                                      .restore_id = crypto::NewUuidV4(random_),
                                      .backup_at_us = domain::ToMicroseconds(backup.at),
                                      .restored_at_us = domain::ToMicroseconds(clock_.Now())});
  };
  if (!process_->store->Write({&note, 1}).ok()) std::abort();
  const auto applied = domain::ApplyEndsAfterRestore(process_->surroundings, *process_->store,
                                                     process_->organisation, clock_.Now());
  if (!applied.ok()) std::abort();
}

void SimulatedService::Found() {
  v1::CreateOrganisationRequest request;
  request.set_request_id(crypto::NewUuidV4(random_));
  request.set_display_name("Gemeente");
  auto made = domain::CreateOrganisation(process_->surroundings, request, clock_.Now());
  if (!made.ok()) std::abort();
  organisation_id_ = made->organisation().organisation_id();
  process_->organisation = *process_->keys.Organisation(organisation_id_);
  process_->store = *process_->storage->OpenOrganisation(organisation_id_);
}

std::optional<sdk::Answer> SimulatedService::Take(const sdk::Call& call) {
  const Result result = Dispatch(call);
  if (disk_.off()) return std::nullopt;
  sdk::Answer answer{.call_id = call.call_id, .status = {}, .response = {}};
  if (result.ok()) {
    answer.response = *result;
    return answer;
  }
  const auto status = rpc::ToStatus(result.failure(), "nl");
  answer.status = sdk::ReadStatus(status.error_code(), status.error_details());
  return answer;
}

void SimulatedService::RunJobs() {
  for (const auto job : {domain::LapseOffers, domain::ExpireVouchers, domain::CompactDossiers}) {
    std::optional<std::int64_t> rows_max = domain::kJobRowsMax;
    while (rows_max) {
      domain::Hints hints;
      platform::Result<domain::JobDone> done = Failure{};
      const storage::Work work = [&](storage::Transaction& transaction) {
        const domain::Caller caller = domain::ServiceCaller(organisation_id_);
        domain::Desk desk{process_->surroundings, transaction, caller, process_->organisation, clock_.Now()};
        done = job(desk, *rows_max);
        hints = std::move(desk.hints);
        return done.ok();
      };
      if (!process_->store->Write({&work, 1}).ok()) break;
      on_hints(hints);
      rows_max = domain::RowsMaxOfNext(*done, *rows_max);
    }
  }
}

std::optional<std::vector<std::string>> SimulatedService::Watchable(const std::string& access_token) {
  const auto guest = LetIn({.access_token = access_token, .request = {}});
  if (!guest.ok()) return std::nullopt;
  std::optional<std::vector<std::string>> dossiers;
  const auto read = process_->store->Read([&](const storage::Snapshot& snapshot) {
    const v1::WatchRequest request;
    auto caller = rpc::Allow("SyncService/Watch", rpc::Unasked<v1::WatchRequest>, *guest, snapshot, request);
    if (caller.ok()) dossiers = domain::ReadableDossiers(snapshot, *caller);
  });
  return read.ok() ? dossiers : std::nullopt;
}

void SimulatedService::Look(const std::function<void(const storage::Snapshot&)>& look) const {
  const auto store = process_->adapter->OpenOrganisation(organisation_id_);
  if (!store.ok() || !(*store)->Read(look).ok()) std::abort();
}

std::shared_ptr<const domain::DossierKeys> SimulatedService::KeysOf(const std::string& dossier_id) {
  auto keys = process_->keys.Dossier(*process_->organisation, dossier_id);
  return keys.ok() ? *keys : nullptr;
}

const domain::OrganisationKeys& SimulatedService::keys() const { return *process_->organisation; }

bool SimulatedService::Write(const std::function<bool(domain::Desk&)>& work) {
  domain::Hints hints;
  const storage::Work in_transaction = [&](storage::Transaction& transaction) {
    const domain::Caller caller = domain::OperatorOf(organisation_id_);
    domain::Desk desk{process_->surroundings, transaction, caller, process_->organisation, clock_.Now()};
    const bool done = work(desk);
    hints = std::move(desk.hints);
    return done;
  };
  const bool written = process_->store->Write({&in_transaction, 1}).ok();
  if (written) on_hints(hints);
  return written;
}

SimulatedService::Result SimulatedService::Dispatch(const sdk::Call& call) {
  using sdk::Method;
  switch (call.method) {
    case Method::kGetNonce:
      return GetNonce(call);
    case Method::kEnrol:
      return Enrol(call);
    case Method::kOpenSession:
      return OpenSession(call);
    case Method::kSync:
      return Sync(call);
    case Method::kListHistory:
      return Run(call, rpc::kListHistory);
    case Method::kCreateActivationCode:
      return Run(call, rpc::kCreateActivationCode);
    case Method::kAllowDevice:
      return Run(call, rpc::kAllowDevice);
    case Method::kListDevices:
      return Run(call, rpc::kListDevices);
    case Method::kRevokeDevice:
      return Run(call, rpc::kRevokeDevice);
    case Method::kRegisterClient:
      return Run(call, rpc::kRegisterClient);
    case Method::kListCaseload:
      return Run(call, rpc::kListCaseload);
    case Method::kListContacts:
      return Run(call, rpc::kListContacts);
    case Method::kListColleagues:
      return Run(call, rpc::kListColleagues);
    case Method::kListHandovers:
      return Run(call, rpc::kListHandovers);
    case Method::kAnswerHandover:
      return Run(call, rpc::kAnswerHandover);
    case Method::kGetTeam:
      return Run(call, rpc::kGetTeam);
    case Method::kAssignDossiers:
      return Run(call, rpc::kAssignDossiers);
    case Method::kCreateScheme:
      return Run(call, rpc::kCreateScheme);
    case Method::kAddBudget:
      return Run(call, rpc::kAddBudget);
    case Method::kListSchemes:
      return Run(call, rpc::kListSchemes);
    case Method::kRegisterMerchant:
      return Run(call, rpc::kRegisterMerchant);
    case Method::kSetAgreement:
      return Run(call, rpc::kSetAgreement);
    case Method::kListMerchants:
      return Run(call, rpc::kListMerchants);
    case Method::kGetMerchantStatement:
      return Run(call, rpc::kGetMerchantStatement);
    case Method::kDraftOffer:
      return Run(call, rpc::kDraftOffer);
    case Method::kDiscardOffer:
      return Run(call, rpc::kDiscardOffer);
    case Method::kPromiseOffer:
      return Run(call, rpc::kPromiseOffer);
    case Method::kRequestVoucher:
      return Run(call, rpc::kRequestVoucher);
    case Method::kListOffers:
      return Run(call, rpc::kListOffers);
    case Method::kListApprovals:
      return Run(call, rpc::kListApprovals);
    case Method::kAnswerApproval:
      return Run(call, rpc::kAnswerApproval);
    case Method::kGetRewardRules:
      return Run(call, rpc::kGetRewardRules);
    case Method::kDeclineOffer:
      return Run(call, rpc::kDeclineOffer);
    case Method::kGetVoucherCode:
      return Run(call, rpc::kGetVoucherCode);
    case Method::kReplaceVoucherCode:
      return Run(call, rpc::kReplaceVoucherCode);
    case Method::kCancelVoucher:
      return Run(call, rpc::kCancelVoucher);
    case Method::kRedeemVoucher:
      return Redeem(call);
    case Method::kUndoRedemption:
      return Run(call, rpc::kUndoRedemption);
    case Method::kListRedemptions:
      return Run(call, rpc::kListRedemptions);
    case Method::kGetVoucherKeys:
      return GetVoucherKeys(call);
  }
  std::abort();
}

SimulatedService::Result SimulatedService::Sync(const sdk::Call& call) {
  const auto guest = LetIn(call);
  if (!guest.ok()) return guest.failure();
  const auto request = Read<v1::SyncRequest>(call);
  if (!request.ok()) return request.failure();
  if (auto limits = domain::CheckLimits(*request); !limits.ok()) return limits.failure();
  const rpc::WritingRpc<v1::SyncRequest, v1::SyncResponse> push{
      "SyncService/Sync", [](domain::Desk& desk, const v1::SyncRequest& pushed) {
        v1::SyncResponse response;
        auto done = domain::Push(desk, pushed, response);
        return done.ok() ? platform::Result<v1::SyncResponse>(std::move(response)) : done.failure();
      }};
  v1::SyncResponse response;
  if (!request->mutations().empty() || !request->statements().empty() || !request->restore_shown().empty()) {
    auto pushed = InOrganisation(push, *guest, *request);
    if (!pushed.ok()) return pushed.failure();
    response = *std::move(pushed);
  }
  platform::Result<void> pulled;
  const auto read = process_->store->Read([&](const storage::Snapshot& snapshot) {
    auto caller = rpc::Allow("SyncService/Sync", rpc::Unasked<v1::SyncRequest>, *guest, snapshot, *request);
    if (!caller.ok()) {
      pulled = caller.failure();
      return;
    }
    pulled = domain::Pull({process_->surroundings, snapshot, *caller, guest->keys, clock_.Now()}, *request,
                          response);
    if (admission_ && response.more()) admission_->GoesOn(caller->device_id, clock_.Now());
  });
  if (!read.ok()) return read.failure();
  if (!pulled.ok()) return pulled.failure();
  return response.SerializeAsString();
}

SimulatedService::Result SimulatedService::GetNonce(const sdk::Call&) {
  auto fresh = process_->nonces.Give(random_, clock_.Now());
  if (!fresh.ok()) return fresh.failure();
  v1::GetNonceResponse response;
  response.set_nonce(fresh->nonce);
  *response.mutable_expires_at() = rules::ToTimestamp(fresh->expires_at);
  return response.SerializeAsString();
}

SimulatedService::Result SimulatedService::Enrol(const sdk::Call& call) {
  const auto request = Read<v1::EnrolRequest>(call);
  if (!request.ok()) return request.failure();
  auto claimed = domain::ClaimCode(process_->surroundings, process_->nonces, *request, clock_.Now());
  if (!claimed.ok()) return claimed.failure();
  auto enrolled = Commit<v1::EnrolResponse>([&](storage::Transaction& transaction,
                                                domain::Hints& hints) -> platform::Result<v1::EnrolResponse> {
    auto caller = domain::CallerOf(transaction, *process_->organisation, {.person_id = claimed->person_id});
    if (!caller.ok()) return caller.failure();
    domain::Desk desk{process_->surroundings, transaction, *caller, process_->organisation, clock_.Now()};
    auto done = domain::Enrol(desk, *claimed, *request);
    hints = std::move(desk.hints);
    return done;
  });
  return enrolled.ok() ? Result(enrolled->SerializeAsString()) : enrolled.failure();
}

SimulatedService::Result SimulatedService::OpenSession(const sdk::Call& call) {
  const auto request = Read<v1::OpenSessionRequest>(call);
  if (!request.ok()) return request.failure();
  if (!process_->nonces.Take(request->nonce(), clock_.Now())) {
    return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "nonce"};
  }
  auto opened =
      Commit<v1::OpenSessionResponse>([&](storage::Transaction& transaction,
                                          domain::Hints& hints) -> platform::Result<v1::OpenSessionResponse> {
        const domain::Caller nobody{.organisation_id = organisation_id_};
        domain::Desk desk{process_->surroundings, transaction, nobody, process_->organisation, clock_.Now()};
        auto done = domain::OpenSession(desk, *request);
        hints = std::move(desk.hints);
        return done;
      });
  return opened.ok() ? Result(opened->SerializeAsString()) : opened.failure();
}

// As the handler: wrong codes are counted in the writer's turn.
SimulatedService::Result SimulatedService::Redeem(const sdk::Call& call) {
  const auto guest = LetIn(call);
  if (!guest.ok()) return guest.failure();
  const auto request = Read<v1::RedeemVoucherRequest>(call);
  if (!request.ok()) return request.failure();
  auto redeemed = Commit<v1::RedeemVoucherResponse>(
      [&](storage::Transaction& transaction,
          domain::Hints& hints) -> platform::Result<v1::RedeemVoucherResponse> {
        const auto& redeem = rpc::kRedeemVoucher;
        const auto caller = rpc::Allow(redeem.name, redeem.relationship, *guest, transaction, *request);
        if (!caller.ok()) return caller.failure();
        const auto tries = process_->wrong_vouchers.Check(caller->person_id, clock_.Now());
        if (!tries.ok()) return tries.failure();
        auto done =
            rpc::PerformAs(*caller, redeem, process_->surroundings, *guest, transaction, *request, hints);
        if (!done.ok() && done.failure().reason == v1::ERROR_REASON_VOUCHER_NOT_VALID) {
          (void)process_->wrong_vouchers.Count(caller->person_id, organisation_id_, clock_.Now());
        }
        return done;
      });
  return redeemed.ok() ? Result(redeemed->SerializeAsString()) : redeemed.failure();
}

SimulatedService::Result SimulatedService::GetVoucherKeys(const sdk::Call& call) {
  const auto request = Read<v1::GetVoucherKeysRequest>(call);
  if (!request.ok()) return request.failure();
  auto keys = domain::GetVoucherKeys(process_->surroundings, *request);
  return keys.ok() ? Result(keys->SerializeAsString()) : keys.failure();
}

void SimulatedService::LetInAtAPace(const gate::Admission::Limits& limits, std::chrono::microseconds work) {
  admission_.emplace(limits);
  work_ = work;
}

platform::Result<void> SimulatedService::TakePlace(const std::string& device_id) {
  if (!admission_) return {};
  const rules::Instant now = clock_.Now();
  while (!places_.empty() && places_.front().first <= now) places_.pop_front();
  auto place = admission_->Enter(device_id, now);
  if (!place.ok()) return place.failure();
  places_.emplace_back(now + work_, *std::move(place));
  return {};
}

platform::Result<rpc::Guest> SimulatedService::LetIn(const sdk::Call& call) {
  auto claims = process_->identity.Read("Bearer " + call.access_token, clock_.Now());
  if (!claims.ok()) return claims.failure();
  auto rate = process_->device_calls.Take(claims->device_id, clock_.Now());
  if (!rate.ok()) return rate.failure();
  if (auto place = TakePlace(claims->device_id); !place.ok()) return place.failure();
  return rpc::Guest{
      .who =
          [claims = *claims, keys = process_->organisation](const storage::DirectoryReads& directory) {
            return domain::Identify(directory, *keys, claims);
          },
      .keys = process_->organisation,
      .language = "nl"};
}

template <template <typename, typename> typename Rpc, typename Request, typename Response>
SimulatedService::Result SimulatedService::Run(const sdk::Call& call, const Rpc<Request, Response>& rpc) {
  const auto guest = LetIn(call);
  if (!guest.ok()) return guest.failure();
  const auto request = Read<Request>(call);
  if (!request.ok()) return request.failure();
  auto answered = InOrganisation(rpc, *guest, *request);
  return answered.ok() ? Result(answered->SerializeAsString()) : answered.failure();
}

template <typename Request, typename Response>
platform::Result<Response> SimulatedService::InOrganisation(const rpc::WritingRpc<Request, Response>& rpc,
                                                            const rpc::Guest& guest, const Request& request) {
  return Commit<Response>([&](storage::Transaction& transaction, domain::Hints& hints) {
    return rpc::Perform(rpc, process_->surroundings, guest, transaction, request, hints);
  });
}

template <typename Request, typename Response>
platform::Result<Response> SimulatedService::InOrganisation(const rpc::ReadingRpc<Request, Response>& rpc,
                                                            const rpc::Guest& guest, const Request& request) {
  platform::Result<Response> answered = Failure{};
  const auto read = process_->store->Read([&](const storage::Snapshot& snapshot) {
    answered = rpc::Perform(rpc, process_->surroundings, guest, snapshot, request);
  });
  return read.ok() ? answered : read.failure();
}

template <typename Response>
platform::Result<Response> SimulatedService::Commit(
    const std::function<platform::Result<Response>(storage::Transaction&, domain::Hints&)>& body) {
  platform::Result<Response> answered = Failure{};
  domain::Hints hints;
  const storage::Work work = [&](storage::Transaction& transaction) {
    hints = {};
    answered = body(transaction, hints);
    return answered.ok();
  };
  const auto stored = process_->store->Write({&work, 1});
  if (!stored.ok()) return stored.failure();
  if (answered.ok()) on_hints(hints);
  return answered;
}

}  // namespace brug::simulation
