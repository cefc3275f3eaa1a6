#include "service/rpc/call.h"

#include "proto/crypto/bytes.h"
#include "service/domain/administration.h"
#include "service/domain/sessions.h"

namespace brug::rpc {
namespace {

using platform::Failure;
using platform::Result;

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? ""
                                                  : std::string(found->second.data(), found->second.size());
}

// gRPC says "ipv4:127.0.0.1:51234", "ipv6:%5B::1%5D:51234" or "unix:".
std::string AddressOf(const std::string& peer) {
  if (peer.starts_with("unix:")) return "unix";
  return peer.substr(0, peer.rfind(':'));
}

// The trace id of a W3C traceparent, "00-TRACE-SPAN-FLAGS"; empty for anything else.
std::string TraceIdOf(const std::string& traceparent) {
  if (traceparent.size() != 55 || !traceparent.starts_with("00-")) return "";
  const std::string trace_id = traceparent.substr(3, 32);
  return crypto::HexDecode(trace_id) ? trace_id : "";
}

void Answer(Office& office, const CallFacts& facts, const Result<void>& result,
            grpc::ServerUnaryReactor& reactor) {
  const std::int64_t duration_us = (office.Now() - facts.begun).count();
  if (result.ok()) {
    office.log().Write(
        platform::LogLevel::kDebug, "call",
        {{"rpc", std::string(facts.rpc)}, {"trace_id", facts.trace_id}, {"duration_us", duration_us}});
    reactor.Finish(grpc::Status::OK);
    return;
  }
  Failure failure = result.failure();
  const bool broken =
      failure.reason == v1::ERROR_REASON_INTERNAL || failure.reason == v1::ERROR_REASON_STORAGE_UNAVAILABLE;
  const grpc::Status status = ToStatus(failure, facts.language);
  office.log().Write(broken ? platform::LogLevel::kError : platform::LogLevel::kInfo, "call_refused",
                     {{"rpc", std::string(facts.rpc)},
                      {"trace_id", facts.trace_id},
                      {"duration_us", duration_us},
                      {"reason", status.error_message()},
                      {"detail", failure.log_detail}});
  reactor.Finish(status);
}

// Whose token it is, when they do not call too often.
Result<domain::TokenClaims> ClaimsOf(Office& office, const CallFacts& facts) {
  auto admitted = office.Admit();
  if (!admitted.ok()) return admitted.failure();
  auto claims = office.identity().Read(facts.authorization, facts.begun);
  if (!claims.ok()) return claims.failure();
  auto rate = office.device_calls().Take(claims->device_id, facts.begun);
  if (!rate.ok()) return rate.failure();
  return claims;
}

Result<Visitor> VisitorOf(Office& office, const domain::TokenClaims& claims) {
  auto desk = office.Open(claims.organisation_id);
  if (!desk.ok()) return desk.failure();
  Visitor visitor{.desk = *desk};
  visitor.who = [claims, keys = desk->keys](const storage::DirectoryReads& directory) {
    return domain::Identify(directory, *keys, claims);
  };
  return visitor;
}

}  // namespace

CallFacts FactsOf(const grpc::CallbackServerContext& context, std::string_view rpc, Office& office) {
  CallFacts facts{.rpc = rpc,
                  .authorization = MetadataOf(context, "authorization"),
                  .language = MetadataOf(context, "accept-language"),
                  .address = AddressOf(context.peer()),
                  .trace_id = TraceIdOf(MetadataOf(context, "traceparent")),
                  .begun = office.Now()};
  if (facts.trace_id.empty()) {
    facts.trace_id = crypto::HexEncode(crypto::RandomBytes(office.surroundings().random, 16));
  }
  return facts;
}

CallFacts BeginCall(const grpc::CallbackServerContext& context, std::string_view rpc, Office& office) {
  office.CallBegan();
  return FactsOf(context, rpc, office);
}

void Finish(Office& office, const CallFacts& facts, const Result<void>& result,
            grpc::ServerUnaryReactor& reactor) {
  Answer(office, facts, result, reactor);
  office.CallEnded();
}

Result<Visitor> LetIn(Office& office, const CallFacts& facts) {
  auto claims = ClaimsOf(office, facts);
  if (!claims.ok()) return claims.failure();
  auto place = office.admission().Enter(claims->device_id, facts.begun);
  if (!place.ok()) return place.failure();
  auto visitor = VisitorOf(office, *claims);
  if (visitor.ok()) visitor->place = *std::move(place);
  return visitor;
}

Result<Visitor> LetWatcherIn(Office& office, const CallFacts& facts) {
  auto claims = ClaimsOf(office, facts);
  if (!claims.ok()) return claims.failure();
  return VisitorOf(office, *claims);
}

Result<Visitor> LetOperatorIn(Office& office, const std::string& organisation_id) {
  auto admitted = office.Admit();
  if (!admitted.ok()) return admitted.failure();
  auto desk = office.Open(organisation_id);
  if (!desk.ok()) {
    if (desk.failure().reason != v1::ERROR_REASON_NOT_ALLOWED) return desk.failure();
    return Failure{.reason = v1::ERROR_REASON_NOT_FOUND, .field = "organisation_id"};
  }
  Visitor visitor{.desk = *desk};
  visitor.who = [organisation_id](const storage::DirectoryReads&) -> Result<domain::Caller> {
    return domain::OperatorOf(organisation_id);
  };
  return visitor;
}

}  // namespace brug::rpc
