#include "tests/unit/sdk_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "proto/crypto/bytes.h"
#include "proto/crypto/crockford.h"
#include "proto/crypto/digest.h"
#include "proto/crypto/hash.h"
#include "proto/rules/canonical.h"
#include "proto/rules/overlay.h"
#include "proto/rules/validate.h"

namespace brug::sdk {
namespace {

// What a service shows the rules.
class RecordsReader final : public rules::DossierReader {
 public:
  explicit RecordsReader(const std::map<std::string, v1::Record>& records) : records_(records) {}
  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override {
    const auto found = records_.find(std::string(record_id));
    return found == records_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override {
    std::vector<v1::Record> children;
    for (const auto& [id, record] : records_) {
      if (rules::ParentOf(record) == parent) children.push_back(record);
    }
    return children;
  }

 private:
  const std::map<std::string, v1::Record>& records_;
};

class TemplateList final : public rules::TemplateReader {
 public:
  explicit TemplateList(const std::vector<v1::BridgeTemplate>& templates) : templates_(templates) {}
  [[nodiscard]] const v1::BridgeTemplate* FindTemplate(std::string_view id, int version) const override {
    for (const auto& bridge : templates_) {
      if (bridge.template_id() == id && bridge.version() == version) return &bridge;
    }
    return nullptr;
  }
  [[nodiscard]] bool HasDomain(std::string_view domain_id) const override { return domain_id == "housing"; }

 private:
  const std::vector<v1::BridgeTemplate>& templates_;
};

v1::BridgeTemplate SmallBridge() {
  v1::BridgeTemplate bridge;
  bridge.set_template_id("small");
  bridge.set_version(1);
  bridge.add_pillars()->add_domains()->set_domain_id("housing");
  return bridge;
}

std::string Signed(std::string_view purpose, std::initializer_list<std::string_view> fields) {
  std::string message(purpose);
  message.push_back('\0');
  for (const auto field : fields) {
    const auto size = static_cast<std::uint32_t>(field.size());
    for (const int shift : {24, 16, 8, 0}) message.push_back(static_cast<char>(size >> shift));
    message += field;
  }
  return message;
}

}  // namespace

Answer Refused(const Call& call, CallCode code, v1::ErrorReason reason) {
  Answer answer;
  answer.call_id = call.call_id;
  answer.status.code = code;
  answer.status.reason = reason;
  return answer;
}

Answer Fine(const Call& call, const google::protobuf::MessageLite& message) {
  Answer answer;
  answer.call_id = call.call_id;
  answer.response = message.SerializeAsString();
  return answer;
}

ScriptedService::ScriptedService(const FakeClock& clock) : clock_(clock), templates_{SmallBridge()} {
  v1::Mutation opened;
  for (const char* id : {kDossier, kOtherDossier}) {
    Dossier& dossier = dossiers_[id];
    v1::Record& profile = dossier.records["profile"];
    profile.set_record_id("profile");
    profile.set_revision(1);
    profile.mutable_profile()->set_client_person_id(kClient);
    profile.mutable_profile()->set_display_name("Fatima");
    profile.mutable_profile()->set_time_zone("Europe/Amsterdam");
    dossier.revision = 1;
    dossier.salt = crypto::RandomUint64(random_);
    dossier.history[1] = dossier;
  }
  Grant(kClient, kDossier, v1::ROLE_CLIENT);
}

Answer ScriptedService::Take(const Call& call) {
  switch (call.method) {
    case Method::kGetNonce: {
      v1::GetNonceResponse response;
      response.set_nonce("nonce " + std::to_string(++next_name_));
      nonces_.insert(response.nonce());
      return Fine(call, response);
    }
    case Method::kEnrol:
      return TakeEnrol(call);
    case Method::kOpenSession:
      return TakeOpenSession(call);
    case Method::kSync:
      return TakeSync(call);
    default:
      break;
  }
  return TakeOther(call);
}

Answer ScriptedService::TakeOther(const Call& call) {
  if (!IsForAnyone(call.method) && !tokens_.contains(call.access_token)) {
    return Refused(call, CallCode::kUnauthenticated, v1::ERROR_REASON_SIGN_IN_NEEDED);
  }
  const Fate fate = other_fates.empty() ? Fate::kFine : other_fates.front();
  if (!other_fates.empty()) other_fates.pop_front();
  if (fate == Fate::kNotReached) return Refused(call, CallCode::kUnavailable, v1::ERROR_REASON_UNSPECIFIED);
  if (fate == Fate::kSignInNeeded) {
    return Refused(call, CallCode::kUnauthenticated, v1::ERROR_REASON_SIGN_IN_NEEDED);
  }
  other_calls.push_back(call);
  Answer plain;
  plain.call_id = call.call_id;
  plain.response = "answer to " + call.request;
  Answer answer = answer_other ? answer_other(call).value_or(plain) : plain;
  if (fate == Fate::kAnswerLost) return Refused(call, CallCode::kUnavailable, v1::ERROR_REASON_UNSPECIFIED);
  if (fate == Fate::kTimedOut)
    return Refused(call, CallCode::kDeadlineExceeded, v1::ERROR_REASON_UNSPECIFIED);
  return answer;
}

Answer ScriptedService::TakeEnrol(const Call& call) {
  v1::EnrolRequest request;
  EXPECT_TRUE(request.ParseFromString(call.request));
  enrolments.push_back(request);
  EXPECT_EQ(nonces_.erase(request.nonce()), 1U);
  const auto code = crypto::NormaliseCode(request.activation_code());
  const auto key = crypto::VerifyingKey::FromSpkiDer(request.public_key());
  const std::string proof = Signed("brug.v1.Enrol", {request.nonce(), request.public_key(), *code});
  if (!key->Verify(proof, request.signature())) {
    return Refused(call, CallCode::kRefused, v1::ERROR_REASON_PROOF_NOT_VALID);
  }
  const std::map<std::string, std::string> people = {
      {"7K2QXM4T9B", kClient}, {"8K2QXM4T9B", kMentor}, {"9K2QXM4T9B", kMerchant}};
  const auto person = people.find(*code);
  if (person == people.end()) return Refused(call, CallCode::kRefused, v1::ERROR_REASON_CODE_NOT_VALID);

  v1::EnrolResponse response;
  v1::Device& device = *response.mutable_device();
  device.set_device_id("0b8f6a3e-7c1d-4e5f-8a9b-0000000000e" + std::to_string(devices_.size() + 1));
  device.set_person_id(person->second);
  device.set_display_name(request.device_name());
  device.set_state(device_waits ? v1::DEVICE_STATE_WAITING : v1::DEVICE_STATE_LIVE);
  response.set_organisation_id(organisation_id_);
  response.set_organisation_name("Gemeente Brugstad");
  const std::map<std::string, std::pair<const char*, v1::Role>> names = {
      {kClient, {"Fatima", v1::ROLE_CLIENT}},
      {kMentor, {"Joke", v1::ROLE_MENTOR}},
      {kMerchant, {"Schoenenhuis", v1::ROLE_MERCHANT}}};
  response.set_display_name(names.at(person->second).first);
  response.add_roles(names.at(person->second).second);
  if (person->second == kClient) response.set_dossier_id(kDossier);
  for (const auto* signing : {&session_key_, &statement_key_}) {
    v1::OrganisationKey& published = *response.add_organisation_keys();
    published.set_key_id(signing->PublicKey().KeyId());
    published.set_public_key(signing->PublicKey().spki_der());
    published.set_purpose(signing == &statement_key_ ? v1::KEY_PURPOSE_STATEMENT : v1::KEY_PURPOSE_SESSION);
  }
  if (!device_waits) {
    v1::StatementContent content = NextContent(person->second);
    content.mutable_enrolment()->set_device_id(device.device_id());
    content.mutable_enrolment()->set_public_key_sha256(crypto::Sha256(request.public_key()));
    *response.mutable_statement() = Sign(content);
    Keep(content, response.statement());
  }
  devices_[device.device_id()] = Device{.person_id = person->second, .public_key = request.public_key()};
  if (distort_enrolment) distort_enrolment(response);
  return Fine(call, response);
}

Answer ScriptedService::TakeOpenSession(const Call& call) {
  v1::OpenSessionRequest request;
  EXPECT_TRUE(request.ParseFromString(call.request));
  EXPECT_EQ(nonces_.erase(request.nonce()), 1U) << "a nonce is good for one proof";
  session_requests.push_back(request);
  if (!session_refusals.empty()) {
    Answer answer = Refused(call, CallCode::kRefused, v1::ERROR_REASON_UNSPECIFIED);
    answer.status = session_refusals.front();
    session_refusals.pop_front();
    return answer;
  }
  const auto device = devices_.find(request.device_id());
  EXPECT_NE(device, devices_.end());
  const auto key = crypto::VerifyingKey::FromSpkiDer(device->second.public_key);
  EXPECT_TRUE(key->Verify(
      Signed("brug.v1.OpenSession", {request.nonce(), request.organisation_id(), request.device_id()}),
      request.signature()));
  EXPECT_EQ(request.organisation_id(), organisation_id_);
  v1::OpenSessionResponse response;
  response.set_access_token("token " + std::to_string(++next_name_));
  tokens_[response.access_token()] = request.device_id();
  ++sessions_opened;
  return Fine(call, response);
}

Answer ScriptedService::TakeSync(const Call& call) {
  const Fate fate = sync_fates.empty() ? Fate::kFine : sync_fates.front();
  if (!sync_fates.empty()) sync_fates.pop_front();
  if (fate == Fate::kNotReached) return Refused(call, CallCode::kUnavailable, v1::ERROR_REASON_UNSPECIFIED);
  const auto session = tokens_.find(call.access_token);
  if (fate == Fate::kSignInNeeded || session == tokens_.end()) {
    return Refused(call, CallCode::kUnauthenticated, v1::ERROR_REASON_SIGN_IN_NEEDED);
  }
  v1::SyncRequest request;
  EXPECT_TRUE(request.ParseFromString(call.request));
  requests.push_back(request);
  v1::SyncResponse response = Sync(session->second, request);
  if (distort) distort(response);
  if (fate == Fate::kAnswerLost) return Refused(call, CallCode::kUnavailable, v1::ERROR_REASON_UNSPECIFIED);
  if (fate == Fate::kTimedOut)
    return Refused(call, CallCode::kDeadlineExceeded, v1::ERROR_REASON_UNSPECIFIED);
  return Fine(call, response);
}

v1::SyncResponse ScriptedService::Sync(const std::string& device_id, const v1::SyncRequest& request) {
  v1::SyncResponse response;
  EXPECT_LE(request.mutations_size(), 200);
  std::vector<rules::Instant> occurred_at;
  for (const v1::Mutation& mutation : request.mutations()) {
    occurred_at.push_back(rules::ToInstant(mutation.occurred_at()));
  }
  const auto clamped = rules::ClampTimes(occurred_at, clock_.now);
  for (int i = 0; i < request.mutations_size(); ++i) {
    *response.add_outcomes() = Decide(device_id, request.mutations(i), clamped[static_cast<std::size_t>(i)]);
  }
  const std::string& person_id = devices_[device_id].person_id;
  for (const v1::Statement& statement : statements_[person_id]) {
    v1::StatementContent content;
    content.ParseFromString(statement.content());
    if (content.number() > request.statements_seen()) *response.add_statements() = statement;
  }
  *response.mutable_server_time() = rules::ToTimestamp(clock_.now);
  response.set_templates_serial(3);
  if (request.templates_seen() != 3) *response.mutable_templates() = {templates_.begin(), templates_.end()};
  std::map<std::string, std::string> cursors;
  for (const v1::DossierCursor& cursor : request.cursors()) cursors[cursor.dossier_id()] = cursor.cursor();
  for (const auto& [dossier_id, role] : access_[person_id])
    AddPage(dossier_id, cursors[dossier_id], response);
  return response;
}

v1::Outcome ScriptedService::Decide(const std::string& device_id, const v1::Mutation& mutation,
                                    rules::Instant at) {
  v1::Outcome outcome;
  outcome.set_mutation_id(mutation.mutation_id());
  outcome.set_dossier_id(mutation.dossier_id());
  if (retry_later[mutation.dossier_id()] > 0) {
    --retry_later[mutation.dossier_id()];
    outcome.mutable_retry_later()->mutable_delay()->set_seconds(7);
    outcome.mutable_retry_later()->set_reason(v1::ERROR_REASON_STORAGE_UNAVAILABLE);
    return outcome;
  }
  Progress& progress = progress_[{device_id, mutation.dossier_id()}];
  const auto stored = outcomes_.find(mutation.mutation_id());
  const std::int64_t last = progress.epoch == mutation.epoch() ? progress.sequence : 0;
  EXPECT_NE(mutation.epoch(), 0U);
  if (mutation.sequence() <= last && stored != outcomes_.end()) return stored->second;
  if (mutation.sequence() != last + 1) {
    outcome.mutable_new_epoch();
    return outcome;
  }
  progress = Progress{.epoch = mutation.epoch(), .sequence = mutation.sequence()};
  const bool ended = !access_[devices_[device_id].person_id].contains(mutation.dossier_id());
  if (stored != outcomes_.end() && !(stored->second.has_rejected() && ended)) return stored->second;
  if (unknown_kinds.contains(mutation.intent_case())) {
    outcome.mutable_not_yet();
    return outcome;
  }
  const std::string& person_id = devices_[device_id].person_id;
  const auto role = access_[person_id].find(mutation.dossier_id());
  if (role == access_[person_id].end()) {
    received.push_back(mutation);
    outcome.mutable_received();
    outcomes_[mutation.mutation_id()] = outcome;
    return outcome;
  }
  v1::Author author;
  author.set_person_id(person_id);
  author.set_role(role->second);
  outcome = ApplyHere(mutation.dossier_id(), author, mutation, at);
  if (!outcome.has_parked()) outcomes_[mutation.mutation_id()] = outcome;
  return outcome;
}

v1::Outcome ScriptedService::ApplyHere(const std::string& dossier_id, const v1::Author& author,
                                       const v1::Mutation& mutation, rules::Instant at) {
  v1::Outcome outcome;
  outcome.set_mutation_id(mutation.mutation_id());
  outcome.set_dossier_id(dossier_id);
  Dossier& dossier = dossiers_[dossier_id];
  rules::Occasion occasion;
  occasion.author = author;
  occasion.at = at;
  occasion.today = std::chrono::floor<std::chrono::days>(clock_.now);
  occasion.revision = dossier.revision + 1;
  const OneZone zones;
  occasion.zones = &zones;
  const TemplateList templates(templates_);
  const auto wrong = rules::Validate(mutation);
  auto result = wrong ? std::variant<rules::Change, rules::Violation>(*wrong)
                      : rules::Apply(RecordsReader(dossier.records), templates, mutation, occasion);
  if (const auto* violation = std::get_if<rules::Violation>(&result)) {
    const bool lost = !Knows(dossier, mutation.base()) || !Knows(dossier, mutation.applied());
    if (lost && violation->reason == v1::ERROR_REASON_NOT_FOUND) {
      outcome.mutable_parked();
      return outcome;
    }
    outcome.mutable_rejected()->set_reason(violation->reason);
    outcome.mutable_rejected()->set_field(violation->field);
    return outcome;
  }
  for (const v1::Record& record : std::get<rules::Change>(result).records)
    dossier.records[record.record_id()] = record;
  dossier.revision += 1;
  dossier.salt = crypto::RandomUint64(random_);
  dossier.history[dossier.revision] = dossier;
  ++effects[mutation.mutation_id()];
  outcome.mutable_applied()->mutable_point()->set_revision(dossier.revision);
  outcome.mutable_applied()->mutable_point()->set_salt(dossier.salt);
  *outcome.mutable_applied()->mutable_clamped_at() = rules::ToTimestamp(occasion.at);
  return outcome;
}

bool ScriptedService::Knows(const Dossier& dossier, const v1::Point& point) {
  const auto found = dossier.history.find(point.revision());
  return point.revision() == 0 || (found != dossier.history.end() && found->second.salt == point.salt());
}

void ScriptedService::AddPage(const std::string& dossier_id, const std::string& cursor,
                              v1::SyncResponse& response) {
  Dossier& dossier = dossiers_[dossier_id];
  std::int64_t from = 0;
  unsigned long long salt = 0;
  long long revision = 0;
  const bool read = std::sscanf(cursor.c_str(), "%lld:%llu", &revision, &salt) == 2;
  const bool known = read && dossier.history.contains(revision) && dossier.history[revision].salt == salt;
  if (known) from = revision;
  if (known && from == dossier.revision) return;
  std::vector<v1::Record> changed;
  for (const auto& [id, record] : dossier.records) {
    if (record.revision() > from) changed.push_back(record);
  }
  std::sort(changed.begin(), changed.end(),
            [](const v1::Record& a, const v1::Record& b) { return a.revision() < b.revision(); });
  v1::DossierPage& page = *response.add_pages();
  page.set_dossier_id(dossier_id);
  page.set_snapshot(!known);
  std::int64_t reached = dossier.revision;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const bool full = i >= static_cast<std::size_t>(page_records_max);
    // A page ends between revisions.
    if (full && changed[i].revision() != changed[i - 1].revision()) {
      reached = changed[i - 1].revision();
      break;
    }
    *page.add_records() = changed[i];
  }
  page.set_last(reached == dossier.revision);
  page.set_cursor(std::to_string(reached) + ":" + std::to_string(dossier.history[reached].salt));
  if (page.last()) {
    page.mutable_point()->set_revision(dossier.revision);
    page.mutable_point()->set_salt(dossier.salt);
    crypto::SetDigest digest;
    for (const auto& [id, record] : dossier.records) {
      if (const auto entry = rules::DigestEntry(record)) digest.Add(*entry);
    }
    page.set_digest(digest.bytes());
  } else {
    response.set_more(true);
  }
}

void ScriptedService::Grant(const std::string& person_id, const std::string& dossier_id, v1::Role role) {
  access_[person_id][dossier_id] = role;
  v1::StatementContent content = NextContent(person_id);
  content.mutable_grant()->set_dossier_id(dossier_id);
  content.mutable_grant()->set_role(role);
  Keep(content, Sign(content));
}

void ScriptedService::End(const std::string& person_id, const std::string& dossier_id) {
  access_[person_id].erase(dossier_id);
  v1::StatementContent content = NextContent(person_id);
  content.mutable_end()->set_dossier_id(dossier_id);
  Keep(content, Sign(content));
}

void ScriptedService::OrderWipe(const std::string& person_id, const std::string& device_id) {
  v1::StatementContent content = NextContent(person_id);
  content.mutable_wipe()->set_device_id(device_id);
  Keep(content, Sign(content));
}

v1::Statement ScriptedService::Sign(const v1::StatementContent& content) const {
  v1::Statement statement;
  statement.set_key_id(statement_key_.PublicKey().KeyId());
  statement.set_content(content.SerializeAsString());
  statement.set_signature(statement_key_.Sign(std::string("brug.v1.Statement") + '\0' + statement.content()));
  return statement;
}

v1::StatementContent ScriptedService::NextContent(const std::string& person_id) {
  v1::StatementContent content;
  content.set_statement_id(Id(++next_name_));
  content.set_organisation_id(organisation_id_);
  content.set_person_id(person_id);
  content.set_number(++statement_numbers_[person_id]);
  return content;
}

void ScriptedService::Keep(const v1::StatementContent& content, const v1::Statement& statement) {
  statements_[content.person_id()].push_back(statement);
}

void ScriptedService::Write(const std::string& dossier_id, const v1::Author& author, v1::Mutation mutation) {
  mutation.set_mutation_id(crypto::NewUuidV4(random_));
  mutation.set_dossier_id(dossier_id);
  mutation.set_epoch(1);
  mutation.set_sequence(1);
  mutation.mutable_base();
  *mutation.mutable_occurred_at() = rules::ToTimestamp(clock_.now);
  const v1::Outcome outcome = ApplyHere(dossier_id, author, mutation, clock_.now);
  EXPECT_TRUE(outcome.has_applied()) << outcome.ShortDebugString();
}

void ScriptedService::WriteRecord(const std::string& dossier_id, v1::Record record) {
  Dossier& dossier = dossiers_[dossier_id];
  dossier.revision += 1;
  dossier.salt = crypto::RandomUint64(random_);
  record.set_revision(dossier.revision);
  dossier.records[record.record_id()] = record;
  dossier.history[dossier.revision] = dossier;
}

void ScriptedService::RestoreTo(const std::string& dossier_id, std::int64_t revision) {
  Dossier& dossier = dossiers_[dossier_id];
  for (auto at = outcomes_.begin(); at != outcomes_.end();) {
    const bool lost =
        at->second.dossier_id() == dossier_id && at->second.applied().point().revision() > revision;
    if (lost) --effects[at->first];
    at = lost ? outcomes_.erase(at) : std::next(at);
  }
  static_cast<State&>(dossier) = State(dossier.history.at(revision));
  dossier.history.erase(dossier.history.upper_bound(revision), dossier.history.end());
  progress_.clear();
}

std::map<std::string, v1::Record> ScriptedService::Records(const std::string& dossier_id) const {
  return dossiers_.at(dossier_id).records;
}

Phone::Phone(ScriptedService& service, FakeClock& clock, const StorageAdapter& adapter, std::uint64_t seed)
    : key_store(seed + 1),
      service_(service),
      clock_(clock),
      adapter_(adapter),
      directory_(scratch_.path()),
      keys_(&key_store),
      random_(seed) {
  EXPECT_TRUE(Reopen().ok());
}

Phone::Phone(ScriptedService& service, FakeClock& clock, const Files& files, std::uint64_t seed)
    : key_store(seed + 1),
      service_(service),
      clock_(clock),
      adapter_(SqliteAdapter()),
      directory_(files.directory),
      keys_(files.key_store),
      random_(seed) {}

Result<void> Phone::Reopen() {
  Close();
  if (storage_ == nullptr) {
    auto storage = adapter_.open(directory_);
    if (!storage.ok()) return storage.error();
    storage_ = std::move(*storage);
  }
  auto core = Core::Open({.language = "en"}, {.clock = &clock_,
                                              .random = &random_,
                                              .key_store = keys_,
                                              .storage = storage_.get(),
                                              .zones = &zones_});
  if (!core.ok()) return core.error();
  core_ = std::move(*core);
  return {};
}

void Phone::Close() {
  core_.reset();
  calls.clear();
  timers.clear();
  if (adapter_.name != "Memory") storage_.reset();
}

Result<v1::EnrolResponse> Phone::Enrol(const std::string& code) {
  replies.clear();
  Do(EnrolWanted{.request_id = 77, .activation_code = code, .device_name = "mijn telefoon"});
  EXPECT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies.back().request_id, 77U);
  if (replies.back().error) return *replies.back().error;
  v1::EnrolResponse response;
  EXPECT_TRUE(response.ParseFromString(replies.back().response));
  return response;
}

std::optional<Error> Phone::Sync(std::int64_t give_up_after_ms) {
  sync_ends.clear();
  Do(SyncWanted{.give_up_after_ms = give_up_after_ms});
  EXPECT_EQ(sync_ends.size(), 1U) << "every sync that is asked for is answered once";
  return sync_ends.empty() ? std::nullopt : sync_ends.back().error;
}

void Phone::Do(const Event& event) {
  Give(event);
  AnswerAll();
}

void Phone::Give(const Event& event) {
  for (Effect& effect : core_->Step(event)) {
    if (auto* call = std::get_if<Call>(&effect)) calls.push_back(*call);
    if (auto* timer = std::get_if<StartTimer>(&effect)) timers.push_back(*timer);
    if (auto* notify = std::get_if<Notify>(&effect)) notifies.push_back(*notify);
    if (auto* ended = std::get_if<SyncEnded>(&effect)) sync_ends.push_back(*ended);
    if (auto* replied = std::get_if<Replied>(&effect)) replies.push_back(*replied);
    if (auto* watch = std::get_if<StartWatch>(&effect)) watches.push_back(*watch);
    if (auto* stop = std::get_if<StopWatch>(&effect)) watches_stopped.push_back(*stop);
  }
}

void Phone::AnswerAll() {
  for (int rounds = 0; !calls.empty(); ++rounds) {
    ASSERT_LT(rounds, 5000) << "a sync that never ends";
    const Call call = calls.front();
    calls.pop_front();
    Give(service_.Take(call));
  }
}

void Phone::FireTimers() {
  for (const StartTimer& timer : std::exchange(timers, {})) Do(TimerFired{.timer_id = timer.timer_id});
}

std::optional<v1::Record> Phone::Find(const std::string& record_id, const std::string& dossier_id) {
  auto view = core_->ViewOf(dossier_id);
  EXPECT_TRUE(view.ok()) << view.error().reason;
  auto record = (*view)->Find(record_id);
  EXPECT_EQ((*view)->TakeError(), std::nullopt);
  return record;
}

std::map<std::string, v1::Record> Phone::Records(const std::string& dossier_id) {
  std::map<std::string, v1::Record> records;
  auto view = core_->ViewOf(dossier_id);
  EXPECT_TRUE(view.ok());
  std::vector<std::string> parents = {std::string(rules::kProfiles), std::string(rules::kGoals),
                                      std::string(rules::kMessages)};
  while (!parents.empty()) {
    const std::string parent = parents.back();
    parents.pop_back();
    for (const v1::Record& record : (*view)->ChildrenOf(parent)) {
      records[record.record_id()] = record;
      parents.push_back(record.record_id());
    }
  }
  EXPECT_EQ((*view)->TakeError(), std::nullopt);
  return records;
}

rules::Day Saturday() { return std::chrono::year(2026) / std::chrono::November / std::chrono::day(21); }

}  // namespace brug::sdk
