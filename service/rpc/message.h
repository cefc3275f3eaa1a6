#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdint>

#include "service/platform/result.h"

// The messages of a call as bytes. gRPC would refuse what it cannot read with words of its own; so brugd's
// methods take the bytes, and what cannot be read is refused as everything else is.
namespace brug::rpc {

// A service of the contract whose methods are given bytes:
// RawMethods<v1::SyncService::Service, v1::SyncService::WithRawCallbackMethod_Sync, ...>, each method once.
template <typename Service, template <typename> class... Methods>
struct RawMethodsOf {
  using Type = Service;
};
template <typename Service, template <typename> class Method, template <typename> class... Methods>
struct RawMethodsOf<Service, Method, Methods...> {
  using Type = Method<typename RawMethodsOf<Service, Methods...>::Type>;
};
template <typename Service, template <typename> class... Methods>
using RawMethods = typename RawMethodsOf<Service, Methods...>::Type;

// Reads what a caller sent. The size is looked at before anything is read, and what is compressed is not
// inflated. None of the failures is worth a retry of the same bytes:
//   TOO_LARGE   over `bytes_max`, which the metadata names
//   COMPRESSED  by any method
//   NOT_TEXT    a text is not UTF-8; the field says which
//   MALFORMED   no such message
[[nodiscard]] platform::Result<void> Decode(const grpc::ByteBuffer& bytes, std::int64_t bytes_max,
                                            google::protobuf::Message& message);

// Writes a message into `bytes`, which must be empty.
void Encode(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);

}  // namespace brug::rpc
