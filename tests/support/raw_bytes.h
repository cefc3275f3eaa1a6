#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <string>
#include <vector>

// Calls whose messages are bytes: what no stub would send.
namespace brug::test {

inline grpc::ByteBuffer Bytes(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

// "/brug.v1.SyncService/Sync".
inline std::string PathOf(const google::protobuf::MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

// Sends `bytes` as the one message of a call and waits for its end.
inline grpc::Status SendBytes(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context,
                              const std::string& path, const std::string& bytes) {
  grpc::GenericStub stub(channel);
  const grpc::ByteBuffer request = Bytes(bytes);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, path, grpc::StubOptions(), &request, &response,
                 [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
  return ended.get_future().get();
}

}  // namespace brug::test
