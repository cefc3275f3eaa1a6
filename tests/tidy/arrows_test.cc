#include "tests/tidy/arrows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/tidy/house.h"

namespace brug::tidy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

const Arrows& HouseArrows() {
  static const Arrows arrows =
      Arrows::Parse(std::ranges::find(House(), "tests/tidy/arrows.txt", &SourceFile::path)->text);
  return arrows;
}

Findings OfInclude(const std::string& path, const std::string& include) {
  return AgainstTheArrows(HouseArrows(), {{path, "#pragma once\n\n#include " + include + "\n"}});
}

TEST(IncludeArrows, HoldInTheWholeTree) { ExpectNone(AgainstTheArrows(HouseArrows(), House())); }

TEST(IncludeArrows, AreReadFromEveryCppFile) {
  EXPECT_GT(std::ranges::count_if(House(), IsCpp), 10);
  EXPECT_THAT(OfInclude("proto/rules/a.h", "<vector>"), IsEmpty());
  EXPECT_THAT(OfInclude("proto/rules/a.cc", "\"brug/v1/goal.pb.h\""), IsEmpty());
}

TEST(IncludeArrows, FindEachOfTheseBadOnes) {
  struct BadArrow {
    std::string path;
    std::string include;
    std::string finding;
  };
  const std::vector<BadArrow> bad_arrows = {
      {"proto/rules/a.h", "<fstream>", "proto/rules/a.h:3: rules may not include io"},
      {"proto/rules/a.cc", "<openssl/evp.h>", "proto/rules/a.cc:3: rules may not include openssl"},
      {"proto/rules/a.cc", "\"brug/v1/sync_service.grpc.pb.h\"",
       "proto/rules/a.cc:3: rules may not include stubs"},
      {"proto/rules/a.cc", "\"proto/crypto/hash.h\"", "proto/rules/a.cc:3: rules may not include crypto"},
      {"proto/crypto/a.h", "<openssl/evp.h>", "proto/crypto/a.h:3: crypto may not include openssl"},
      {"service/domain/a.cc", "<grpcpp/grpcpp.h>", "service/domain/a.cc:3: domain may not include grpc"},
      {"service/domain/a.cc", "\"service/storage_sqlite/store.h\"",
       "service/domain/a.cc:3: domain may not include storage_sqlite"},
      {"service/domain/a.h", "\"service/rpc/a.h\"", "service/domain/a.h:3: domain may not include rpc"},
      {"service/storage/a.h", "<sqlite3.h>", "service/storage/a.h:3: storage may not include sqlite"},
      {"service/storage_memory/a.cc", "\"service/domain/a.h\"",
       "service/storage_memory/a.cc:3: storage_memory may not include domain"},
      {"service/gate/a.cc", "\"service/rpc/a.h\"", "service/gate/a.cc:3: gate may not include rpc"},
      {"client-sdk/include/brug/a.h", "<absl/types/span.h>",
       "client-sdk/include/brug/a.h:3: sdk_public may not include absl"},
      {"client-sdk/include/brug/a.h", "<google/protobuf/message.h>",
       "client-sdk/include/brug/a.h:3: sdk_public may not include messages"},
      {"client-sdk/include/brug/a.h", "\"brug/v1/goal.pb.h\"",
       "client-sdk/include/brug/a.h:3: sdk_public may not include messages"},
      {"client-sdk/include/brug/a.h", "<grpcpp/channel.h>",
       "client-sdk/include/brug/a.h:3: sdk_public may not include grpc"},
      {"client-sdk/include/brug/a.h", "<sqlite3.h>",
       "client-sdk/include/brug/a.h:3: sdk_public may not include sqlite"},
      {"client-sdk/src/sync/a.h", "<thread>", "client-sdk/src/sync/a.h:3: sdk_sync may not include threads"},
      {"client-sdk/src/replica/a.h", "\"client-sdk/src/sync/a.h\"",
       "client-sdk/src/replica/a.h:3: sdk_replica may not include sdk_sync"},
      {"client-sdk/app/a.cc", "\"client-sdk/src/api/a.h\"",
       "client-sdk/app/a.cc:3: app may not include sdk_api"},
      {"service/rpc/a.cc", "<boost/any.hpp>",
       "service/rpc/a.cc:3: boost/any.hpp belongs to no part of arrows.txt"},
      {"service/rpc/a.cc", "\"a.h\"", "service/rpc/a.cc:3: a.h belongs to no part of arrows.txt"},
      {"attic/a.cc", "<vector>", "attic/a.cc: belongs to no part of arrows.txt"}};
  for (const BadArrow& bad : bad_arrows) {
    EXPECT_THAT(OfInclude(bad.path, bad.include), ElementsAre(StartsWith(bad.finding)));
  }
}

TEST(IncludeArrows, RefuseATableThatNamesAnUnknownPart) {
  EXPECT_THROW((void)Arrows::Parse("rules proto/rules/* : sdt\n"), std::invalid_argument);
  EXPECT_THROW((void)Arrows::Parse(": std\n"), std::invalid_argument);
}

}  // namespace
}  // namespace brug::tidy
