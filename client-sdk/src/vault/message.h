#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include "client-sdk/src/vault/error.h"
#include "client-sdk/src/vault/vault.h"

// Messages of the contract, sealed.
namespace brug::sdk {

// Deterministic: equal messages give equal bytes.
[[nodiscard]] inline Bytes Serialise(const google::protobuf::MessageLite& message) {
  Bytes bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// `Key` is a Vault or a DossierKey.
template <typename Key>
[[nodiscard]] Bytes SealMessage(const Key& key, const google::protobuf::MessageLite& message,
                                const Place& place, crypto::RandomSource& random) {
  return key.Seal(Serialise(message), place, random);
}

// Error: STORAGE_DAMAGED.
template <typename Message, typename Key>
[[nodiscard]] Result<Message> OpenMessage(const Key& key, std::string_view sealed, const Place& place) {
  auto bytes = key.Open(sealed, place);
  if (!bytes.ok()) return bytes.error();
  Message message;
  if (!message.ParseFromString(*bytes)) return StorageDamaged();
  return message;
}

}  // namespace brug::sdk
