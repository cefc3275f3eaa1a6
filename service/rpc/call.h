#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "service/rpc/message.h"
#include "service/rpc/office.h"
#include "service/rpc/operations.h"
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

// One unary call, from the bytes that came to the bytes that go: kept by whatever still works on it, ended
// once.
template <typename Request, typename Response>
class Call {
 public:
  Call(Office& office, grpc::CallbackServerContext& context, std::string_view rpc,
       const grpc::ByteBuffer& sent, grpc::ByteBuffer& answer)
      : office_(office),
        facts_(BeginCall(context, rpc, office)),
        sent_(sent),
        answer_(answer),
        reactor_(*context.DefaultReactor()) {}

  // Reads the request; a failure is the answer. After the caller was let in, where that does not need the
  // request.
  [[nodiscard]] platform::Result<void> Read() { return Decode(sent_, office_.message_bytes_max(), request_); }
  // Answers with the response, or with why there is none. gRPC may be done with the call when this returns.
  void End(const platform::Result<void>& result) {
    if (result.ok()) Encode(response_, answer_);
    Finish(office_, facts_, result, reactor_);
  }

  [[nodiscard]] Office& office() const { return office_; }
  [[nodiscard]] const CallFacts& facts() const { return facts_; }
  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] Response& response() { return response_; }
  [[nodiscard]] grpc::ServerUnaryReactor* reactor() const { return &reactor_; }

 private:
  Office& office_;
  const CallFacts facts_;
  const grpc::ByteBuffer& sent_;
  grpc::ByteBuffer& answer_;
  grpc::ServerUnaryReactor& reactor_;
  Request request_;
  Response response_;
};
template <typename Request, typename Response>
using SharedCall = std::shared_ptr<Call<Request, Response>>;

// Reads the request of a call that is made without a session; a failure is the answer.
template <typename Request, typename Response>
platform::Result<void> TakeOn(Call<Request, Response>& call) {
  auto admitted = call.office().Admit();
  return admitted.ok() ? call.Read() : admitted;
}

// Somebody who was let in: the organisation, and how to say who they are as of a snapshot or transaction.
struct Visitor {
  Office::Desk desk;
  // Kept for as long as the call is inside.
  gate::Admission::Place place = {};
  std::function<platform::Result<domain::Caller>(const storage::DirectoryReads&)> who;
};
// By their access token; counts the call for the device. Where too many come they wait for their turn.
[[nodiscard]] platform::Result<Visitor> LetIn(Office& office, const CallFacts& facts);
// The same for a stream of hints, which lasts for hours and works for moments: it takes no place, and leaves
// the device its turn for the calls that work.
[[nodiscard]] platform::Result<Visitor> LetWatcherIn(Office& office, const CallFacts& facts);
// By the admin socket.
[[nodiscard]] platform::Result<Visitor> LetOperatorIn(Office& office, const std::string& organisation_id);

// The same, as the operations know them.
[[nodiscard]] inline Guest GuestOf(const Visitor& visitor, const CallFacts& facts) {
  return {.who = visitor.who, .keys = visitor.desk.keys, .language = facts.language};
}

// Runs `body` in a transaction of the organisation and answers with what it gives; a failure undoes what it
// wrote. `body` may be run again from the start.
template <typename Request, typename Response, typename Body>
void Commit(const SharedCall<Request, Response>& call, const Office::Desk& desk, Body body) {
  auto outcome = std::make_shared<std::pair<platform::Result<void>, domain::Hints>>();
  auto work = [body = std::move(body), call, outcome](storage::Transaction& transaction) {
    *outcome = {};
    platform::Result<Response> answered = body(transaction, outcome->second);
    if (!answered.ok()) {
      outcome->first = answered.failure();
      return false;
    }
    call->response() = *std::move(answered);
    return true;
  };
  desk.writer->Post(std::move(work), [call, outcome](platform::Result<void> stored) {
    if (!stored.ok()) outcome->first = stored;
    if (outcome->first.ok()) call->office().watch_hub().Publish(outcome->second);
    call->End(outcome->first);
  });
}

// Runs a writing operation for a visitor.
template <typename Request, typename Response>
void Run(const SharedCall<Request, Response>& call, const WritingRpc<Request, Response>& rpc,
         const Visitor& visitor) {
  Commit(call, visitor.desk,
         [call = call.get(), rpc, visitor](storage::Transaction& transaction,
                                           domain::Hints& hints) -> platform::Result<Response> {
           return Perform(rpc, call->office().surroundings(), GuestOf(visitor, call->facts()), transaction,
                          call->request(), hints);
         });
}

// The same for a reading operation.
template <typename Request, typename Response>
void Run(const SharedCall<Request, Response>& call, const ReadingRpc<Request, Response>& rpc,
         const Visitor& visitor) {
  call->office().readers().Post([call, rpc, visitor] {
    platform::Result<void> result;
    const auto read = visitor.desk.store->Read([&](const storage::Snapshot& snapshot) {
      auto answered = Perform(rpc, call->office().surroundings(), GuestOf(visitor, call->facts()), snapshot,
                              call->request());
      if (answered.ok()) {
        call->response() = *std::move(answered);
      } else {
        result = answered.failure();
      }
    });
    call->End(read.ok() ? result : read);
  });
}

// A call without a session that belongs to no organisation, or looks the one it names up by itself:
// `operation` reads the disk, and so runs where reading does.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Apart(Office& office, std::string_view rpc, grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* sent, grpc::ByteBuffer* answer,
                                std::function<platform::Result<Response>(const Request&)> operation) {
  const auto call = std::make_shared<Call<Request, Response>>(office, *context, rpc, *sent, *answer);
  office.readers().Post([call, operation = std::move(operation)] {
    const auto read = TakeOn(*call);
    if (!read.ok()) return call->End(read);
    platform::Result<Response> answered = operation(call->request());
    if (!answered.ok()) return call->End(answered.failure());
    call->response() = *std::move(answered);
    call->End({});
  });
  return call->reactor();
}

// A call with a session, from the first byte to the answer. Who is not let in is told so, whatever they sent;
// who is, `run(call, visitor)` answers.
template <typename Request, typename Response, typename Run>
grpc::ServerUnaryReactor* Welcome(Office& office, std::string_view rpc, grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* sent, grpc::ByteBuffer* answer, const Run& run) {
  const auto call = std::make_shared<Call<Request, Response>>(office, *context, rpc, *sent, *answer);
  auto visitor = LetIn(office, call->facts());
  const auto read = visitor.ok() ? call->Read() : visitor.failure();
  if (read.ok()) {
    run(call, *visitor);
  } else {
    call->End(read);
  }
  return call->reactor();
}

// The same for an RPC that is one operation of the domain.
template <template <typename, typename> typename Rpc, typename Request, typename Response>
grpc::ServerUnaryReactor* Handle(Office& office, const Rpc<Request, Response>& rpc,
                                 grpc::CallbackServerContext* context, const grpc::ByteBuffer* sent,
                                 grpc::ByteBuffer* answer) {
  return Welcome<Request, Response>(
      office, rpc.name, context, sent, answer,
      [&rpc](const SharedCall<Request, Response>& call, const Visitor& visitor) { Run(call, rpc, visitor); });
}

}  // namespace brug::rpc
