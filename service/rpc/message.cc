#include "service/rpc/message.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "service/rpc/unreadable_text.h"

namespace brug::rpc {
namespace {

using google::protobuf::Message;
using platform::Failure;
using platform::Result;

// Reads the bytes as they came, and knows whether gRPC marked them as compressed.
class Reader final : public grpc::ProtoBufferReader {
 public:
  explicit Reader(grpc::ByteBuffer* bytes) : ProtoBufferReader(bytes) {}

  bool IsCompressed() { return reader()->buffer_in->data.raw.compression != GRPC_COMPRESS_NONE; }
};

// Why the bytes, which Protocol Buffers could not read, are refused. Goes through them once more: only here.
Failure WhyUnreadable(const grpc::ByteBuffer& bytes, const Message& message) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return {.reason = v1::ERROR_REASON_MALFORMED};
  std::string all;
  for (const grpc::Slice& slice : slices)
    all.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  const auto text = FindUnreadableText(*message.GetDescriptor(), all);
  if (text) return {.reason = v1::ERROR_REASON_NOT_TEXT, .field = *text};
  return {.reason = v1::ERROR_REASON_MALFORMED};
}

}  // namespace

Result<void> Decode(const grpc::ByteBuffer& bytes, std::int64_t bytes_max, Message& message) {
  // A call without a message.
  if (!bytes.Valid()) return Failure{.reason = v1::ERROR_REASON_MALFORMED};
  if (bytes.Length() > static_cast<std::size_t>(bytes_max)) {
    return Failure{.reason = v1::ERROR_REASON_TOO_LARGE,
                   .metadata = {{"message_bytes_max", std::to_string(bytes_max)}}};
  }
  // The copy shares the bytes.
  grpc::ByteBuffer shared(bytes);
  Reader reader(&shared);
  if (reader.IsCompressed()) return Failure{.reason = v1::ERROR_REASON_COMPRESSED};
  if (!message.ParseFromZeroCopyStream(&reader)) return WhyUnreadable(bytes, message);
  return {};
}

void Encode(const Message& message, grpc::ByteBuffer& bytes) {
  bool own_buffer = false;
  const auto written = grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own_buffer);
  // It fails only for a message of 2 GiB, which no limit lets come about.
  if (!written.ok()) std::abort();
}

}  // namespace brug::rpc
