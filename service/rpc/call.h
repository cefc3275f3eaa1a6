#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "service/domain/relations.h"
#include "service/gate/authority.h"
#include "service/rpc/office.h"
#include "service/rpc/status.h"

// How a call becomes an operation of the domain: who calls, may they, run it in a transaction or on a
// snapshot, answer, log.
namespace brug::rpc {

// What is known of a call before it is let in.
struct CallFacts {
  // "SyncService/Sync".
  std::string_view rpc;
  // The metadata's value; empty for none.
  std::string authorization;
  // Accept-Language of the caller.
  std::string language;
  // The caller's address without its port, or "unix".
  std::string address;
  // W3C trace id: the caller's, or a new one.
  std::string trace_id;
  rules::Instant begun;
};
[[nodiscard]] CallFacts FactsOf(const grpc::CallbackServerContext& context, std::string_view rpc,
                                Office& office);

// The same for a call that will be answered by Finish(), which the service waits for when it stops.
[[nodiscard]] CallFacts BeginCall(const grpc::CallbackServerContext& context, std::string_view rpc,
                                  Office& office);

// Answers the call and logs it. Every call that began with BeginCall() ends here.
void Finish(Office& office, const CallFacts& facts, const platform::Result<void>& result,
            grpc::ServerUnaryReactor& reactor);

// Somebody who was let in: the organisation, and how to say who they are as of a snapshot or transaction.
struct Visitor {
  Office::Desk desk;
  std::function<platform::Result<domain::Caller>(const storage::DirectoryReads&)> who;
};
// By their access token; counts the call for the device.
[[nodiscard]] platform::Result<Visitor> LetIn(Office& office, const CallFacts& facts);
// By the admin socket.
[[nodiscard]] platform::Result<Visitor> LetOperatorIn(Office& office, const std::string& organisation_id);

// What the request is about, for the table of authority.
template <typename Request>
using RelationshipOf = domain::Relationship (*)(const storage::DirectoryReads&, const domain::Caller&,
                                                const Request&);

template <typename Request>
domain::Relationship Unasked(const storage::DirectoryReads&, const domain::Caller&, const Request&) {
  return domain::Relationship::kUnasked;
}

// One RPC, as data.
template <typename Request, typename Response>
struct WritingRpc {
  std::string_view name;
  platform::Result<Response> (*operation)(domain::Desk&, const Request&);
  RelationshipOf<Request> relationship = Unasked<Request>;
};
template <typename Request, typename Response>
struct ReadingRpc {
  std::string_view name;
  platform::Result<Response> (*operation)(const domain::ReadingDesk&, const Request&);
  RelationshipOf<Request> relationship = Unasked<Request>;
};

// Who it is, and whether the table allows it: in the same snapshot or transaction as what follows.
template <typename Request>
platform::Result<domain::Caller> Allow(std::string_view rpc, RelationshipOf<Request> relationship,
                                       const Visitor& visitor, const CallFacts& facts,
                                       const storage::DirectoryReads& directory, const Request& request) {
  auto caller = visitor.who(directory);
  if (!caller.ok()) return caller;
  caller->language = facts.language;
  if (!gate::Allows(rpc, caller->roles, relationship(directory, *caller, request))) {
    return platform::Failure{.reason = v1::ERROR_REASON_NOT_ALLOWED};
  }
  return caller;
}

// Runs `body` in a transaction of the organisation and answers with what it gives; a failure undoes what it
// wrote. `body` may be run again from the start. `response` lives until the call is finished.
template <typename Response, typename Body>
void Commit(Office& office, const Office::Desk& desk, const CallFacts& facts, Response* response,
            grpc::ServerUnaryReactor* reactor, Body body) {
  auto outcome = std::make_shared<std::pair<platform::Result<void>, domain::Hints>>();
  auto work = [body = std::move(body), response, outcome](storage::Transaction& transaction) {
    *outcome = {};
    platform::Result<Response> answered = body(transaction, outcome->second);
    if (!answered.ok()) {
      outcome->first = answered.failure();
      return false;
    }
    *response = *std::move(answered);
    return true;
  };
  desk.writer->Post(std::move(work),
                    [&office, facts, outcome, response, reactor](platform::Result<void> stored) {
                      if (!stored.ok()) outcome->first = stored;
                      if (outcome->first.ok()) {
                        office.watch_hub().Publish(outcome->second);
                      } else {
                        response->Clear();
                      }
                      Finish(office, facts, outcome->first, *reactor);
                    });
}

// Runs a writing operation for a visitor.
template <typename Request, typename Response>
void RunWriting(Office& office, const WritingRpc<Request, Response>& rpc, const CallFacts& facts,
                const Visitor& visitor, const Request* request, Response* response,
                grpc::ServerUnaryReactor* reactor) {
  Commit(office, visitor.desk, facts, response, reactor,
         [&office, rpc, facts, visitor, request](storage::Transaction& transaction,
                                                 domain::Hints& hints) -> platform::Result<Response> {
           auto caller = Allow(rpc.name, rpc.relationship, visitor, facts, transaction, *request);
           if (!caller.ok()) return caller.failure();
           domain::Desk desk{office.surroundings(), transaction, *caller, visitor.desk.keys, office.Now()};
           auto answered = rpc.operation(desk, *request);
           hints = std::move(desk.hints);
           return answered;
         });
}

// The same for a reading operation.
template <typename Request, typename Response>
void RunReading(Office& office, const ReadingRpc<Request, Response>& rpc, const CallFacts& facts,
                const Visitor& visitor, const Request* request, Response* response,
                grpc::ServerUnaryReactor* reactor) {
  office.readers().Post([&office, rpc, facts, visitor, request, response, reactor] {
    platform::Result<void> result;
    const auto read = visitor.desk.store->Read([&](const storage::Snapshot& snapshot) {
      auto caller = Allow(rpc.name, rpc.relationship, visitor, facts, snapshot, *request);
      if (!caller.ok()) {
        result = caller.failure();
        return;
      }
      const domain::ReadingDesk desk{office.surroundings(), snapshot, *caller, visitor.desk.keys,
                                     office.Now()};
      auto answered = rpc.operation(desk, *request);
      if (answered.ok()) {
        *response = *std::move(answered);
      } else {
        result = answered.failure();
      }
    });
    if (!read.ok()) result = read;
    if (!result.ok()) response->Clear();
    Finish(office, facts, result, *reactor);
  });
}

// A call with a session, from the first byte to the answer.
template <typename Rpc, typename Request, typename Response>
grpc::ServerUnaryReactor* Handle(Office& office, const Rpc& rpc, grpc::CallbackServerContext* context,
                                 const Request* request, Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const CallFacts facts = BeginCall(*context, rpc.name, office);
  auto visitor = LetIn(office, facts);
  if (!visitor.ok()) {
    Finish(office, facts, visitor.failure(), *reactor);
    return reactor;
  }
  if constexpr (std::is_same_v<Rpc, WritingRpc<Request, Response>>) {
    RunWriting(office, rpc, facts, *visitor, request, response, reactor);
  } else {
    RunReading(office, rpc, facts, *visitor, request, response, reactor);
  }
  return reactor;
}

}  // namespace brug::rpc
