#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>

#include "brug/v1/admin_service.pb.h"
#include "proto/rules/wording.h"
#include "tests/support/dossier_story.h"
#include "tests/support/raw_bytes.h"
#include "tests/support/raw_device.h"

// Messages that are refused before anything is done with them: too large, compressed, or not to be read.
namespace brug::test {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr std::size_t kMessageBytesMax = 1024 * 1024;
// Begins a group and does not end it.
const std::string kGarbage = "\x0b";
const std::string kNotUtf8 = "Sa\xffmira";

// A message of any type that is so long: a field that nobody knows.
std::string MessageOf(std::size_t bytes) {
  std::string message("\xfa\x3e", 2);
  const std::size_t content = bytes - 5;
  for (const int shift : {0, 7, 14}) {
    const bool last = shift == 14;
    message += static_cast<char>((content >> shift & 0x7fU) | (last ? 0U : 0x80U));
  }
  return message + std::string(content, '\0');
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* name : {"Sync", "Enrolment", "Caseload", "Reward", "Admin"}) {
    const auto* service =
        DescriptorPool::generated_pool()->FindServiceByName("brug.v1." + std::string(name) + "Service");
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

// Puts text that is not UTF-8 in each text of `at` in turn, which is part of a request, and tells the path.
void WithEachText(Message& at, const std::string& path, const std::function<void(const std::string&)>& use) {
  const auto& reflection = *at.GetReflection();
  for (int i = 0; i < at.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = at.GetDescriptor()->field(i);
    std::string name = path.empty() ? field->name() : path + "." + field->name();
    if (field->is_repeated()) name += "[0]";
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      field->is_repeated() ? reflection.AddString(&at, field, kNotUtf8)
                           : reflection.SetString(&at, field, kNotUtf8);
      use(name);
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      Message& inside =
          field->is_repeated() ? *reflection.AddMessage(&at, field) : *reflection.MutableMessage(&at, field);
      WithEachText(inside, name, use);
    }
    reflection.ClearField(&at, field);
  }
}

class Refusals : public ::testing::Test {
 protected:
  Refusals() {
    // This process writes what it must not, and Protocol Buffers says so at each.
    google::protobuf::SetLogHandler(nullptr);
    const auto staff = service_.RegisterStaff({.organisation_id = organisation_, .display_name = "Fatima"});
    EXPECT_TRUE(mentor_.Enrol(staff.activation_code).ok());
    const auto registered = mentor_.RegisterClient("Samira");
    dossier_ = registered.dossier_id();
    EXPECT_TRUE(client_.Enrol(registered.activation_code()).ok());
    EXPECT_TRUE(client_.Push(testing::Say(client_.NewId()), dossier_).has_applied());
  }

  // One call by the mentor or, on the admin socket, the operator.
  grpc::Status Send(const std::string& path, const std::string& bytes, const std::string& language = "en",
                    grpc_compression_algorithm compression = GRPC_COMPRESS_NONE) {
    mentor_.language = language;
    auto context = mentor_.Context();
    context->set_compression_algorithm(compression);
    return SendBytes(path.find("AdminService") == std::string::npos ? devices_ : operators_, *context, path,
                     bytes);
  }

  void ExpectRefusal(const grpc::Status& status, grpc::StatusCode code, const std::string& reason,
                     const std::string& field = "") {
    const RawError error = ErrorOf(status);
    EXPECT_EQ(error.code, code) << status.error_message();
    EXPECT_EQ(error.reason, reason);
    EXPECT_EQ(error.field, field);
    EXPECT_FALSE(error.words.empty());
    EXPECT_FALSE(error.retry_info) << "trying the same again does not help";
  }

  // All that the service has: the dossier, the caseload, the organisations.
  std::string Everything() {
    v1::SyncResponse synced;
    EXPECT_TRUE(client_.Call(client_.sync(), &v1::SyncService::Stub::Sync, v1::SyncRequest(), &synced).ok());
    v1::ListCaseloadResponse caseload;
    EXPECT_TRUE(mentor_
                    .Call(mentor_.caseload(), &v1::CaseloadService::Stub::ListCaseload,
                          v1::ListCaseloadRequest(), &caseload)
                    .ok());
    v1::ListOrganisationsResponse organisations;
    grpc::ClientContext context;
    EXPECT_TRUE(
        service_.admin().ListOrganisations(&context, v1::ListOrganisationsRequest(), &organisations).ok());
    std::string all = caseload.ShortDebugString() + organisations.ShortDebugString();
    for (const auto& page : synced.pages()) all += page.ShortDebugString();
    return all;
  }

  RunningService service_{{.flags = {"--device_calls_per_minute_max=100000"}}};
  std::string organisation_ = service_.CreateOrganisation("Gemeente");
  RawDevice mentor_{service_, organisation_};
  RawDevice client_{service_, organisation_};
  std::shared_ptr<grpc::Channel> devices_ = ChannelTo(service_);
  std::shared_ptr<grpc::Channel> operators_ =
      grpc::CreateChannel("unix:" + service_.admin_socket(), grpc::InsecureChannelCredentials());
  std::string dossier_;
};

TEST_F(Refusals, EveryMethodRefusesWhatIsTooLargeCompressedOrNoMessage) {
  const std::string before = Everything();
  const std::string too_large = MessageOf(kMessageBytesMax + 1);
  const std::string small = MessageOf(10'000);
  for (const MethodDescriptor* method : Methods()) {
    const std::string path = PathOf(*method);
    SCOPED_TRACE(path);
    const grpc::Status large = Send(path, too_large);
    ExpectRefusal(large, grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_LARGE");
    EXPECT_EQ(ErrorOf(large).metadata.at("message_bytes_max"), std::to_string(kMessageBytesMax));
    for (const auto compression : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
      ExpectRefusal(Send(path, small, "en", compression), grpc::StatusCode::UNIMPLEMENTED, "COMPRESSED");
    }
    ExpectRefusal(Send(path, kGarbage), grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED");
  }
  EXPECT_GT(Methods().size(), 20U);
  EXPECT_EQ(Everything(), before);
}

TEST_F(Refusals, TheyAreSaidInTheCallersLanguage) {
  const auto expect = [this](v1::ErrorReason reason, const std::string& bytes,
                             grpc_compression_algorithm compression = GRPC_COMPRESS_NONE) {
    for (const std::string language : {"nl", "en"}) {
      const RawError error = ErrorOf(Send("/brug.v1.SyncService/Sync", bytes, language, compression));
      EXPECT_EQ(error.reason, rules::ReasonName(reason));
      EXPECT_EQ(error.words, rules::Say({reason, error.field}, language));
    }
  };
  expect(v1::ERROR_REASON_TOO_LARGE, MessageOf(kMessageBytesMax + 1));
  expect(v1::ERROR_REASON_COMPRESSED, MessageOf(10'000), GRPC_COMPRESS_GZIP);
  expect(v1::ERROR_REASON_MALFORMED, kGarbage);
  v1::SyncRequest request;
  request.add_mutations()->mutable_create_goal()->mutable_goal()->set_title(kNotUtf8);
  expect(v1::ERROR_REASON_NOT_TEXT, request.SerializeAsString());
}

TEST_F(Refusals, OneMebibyteIsLetInAndWhatIsFarLargerIsLeftUnread) {
  EXPECT_TRUE(Send("/brug.v1.CaseloadService/ListCaseload", MessageOf(kMessageBytesMax)).ok());
  const grpc::Status unread =
      Send("/brug.v1.CaseloadService/ListCaseload", MessageOf(2 * kMessageBytesMax + 1));
  EXPECT_EQ(unread.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(unread.error_message().find(std::to_string(2 * kMessageBytesMax)), std::string::npos)
      << unread.error_message();
}

TEST_F(Refusals, EveryTextOfTheContractThatIsNotUtf8IsNamed) {
  const std::string before = Everything();
  std::set<std::string> named;
  for (const MethodDescriptor* method : Methods()) {
    const std::string path = PathOf(*method);
    const Message& type =
        *google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type());
    const std::unique_ptr<Message> request(type.New());
    WithEachText(*request, "", [&](const std::string& field) {
      SCOPED_TRACE(path + " " + field);
      ExpectRefusal(Send(path, request->SerializeAsString()), grpc::StatusCode::INVALID_ARGUMENT, "NOT_TEXT",
                    field);
      named.insert(field);
    });
  }
  EXPECT_TRUE(named.contains("mutations[0].create_goal.goal.title"));
  EXPECT_TRUE(named.contains("display_name"));
  EXPECT_GT(named.size(), 50U);
  EXPECT_EQ(Everything(), before);
}

TEST_F(Refusals, OneBadTextAmongGoodMutationsIsCountedAndNoneOfThemIsDone) {
  const std::string before = Everything();
  v1::SyncRequest request;
  *request.add_mutations() = client_.Number(testing::Say(client_.NewId()), dossier_);
  *request.add_mutations() = client_.Number(testing::Say(client_.NewId(), kNotUtf8), dossier_);
  mentor_.language = "en";
  const auto status =
      SendBytes(devices_, *client_.Context(), "/brug.v1.SyncService/Sync", request.SerializeAsString());
  ExpectRefusal(status, grpc::StatusCode::INVALID_ARGUMENT, "NOT_TEXT", "mutations[1].send_message.words");
  EXPECT_EQ(Everything(), before);
}

TEST_F(Refusals, AStrangerIsToldToSignInWhateverTheySend) {
  grpc::ClientContext garbage;
  EXPECT_EQ(ErrorOf(SendBytes(devices_, garbage, "/brug.v1.SyncService/Sync", kGarbage)).reason,
            "SIGN_IN_NEEDED");
  grpc::ClientContext large;
  EXPECT_EQ(ErrorOf(SendBytes(devices_, large, "/brug.v1.CaseloadService/RegisterClient",
                              MessageOf(kMessageBytesMax + 1)))
                .reason,
            "SIGN_IN_NEEDED");
}

// The most memory that the service ever had, in bytes.
std::size_t PeakBytes(const RunningService& service) {
  std::ifstream status("/proc/" + std::to_string(service.process_id()) + "/status");
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

// ThreadSanitizer keeps several bytes for each one.
#ifdef __SANITIZE_THREAD__
constexpr std::size_t kMemoryFactor = 4;
#else
constexpr std::size_t kMemoryFactor = 1;
#endif

TEST_F(Refusals, WhatIsCompressedIsNeverInflated) {
  constexpr std::size_t kInflated = 32UL * 1024 * 1024;
  // The connection is there before this process is busy with compressing.
  ASSERT_TRUE(Send("/brug.v1.CaseloadService/ListCaseload", "").ok());
  const std::size_t before = PeakBytes(service_);
  ASSERT_GT(before, 0U);
  // 32 MiB of nothing are some 32 KiB on the wire.
  ExpectRefusal(Send("/brug.v1.SyncService/Sync", std::string(kInflated, '\0'), "en", GRPC_COMPRESS_GZIP),
                grpc::StatusCode::UNIMPLEMENTED, "COMPRESSED");
  EXPECT_LT(PeakBytes(service_) - before, kMemoryFactor * kInflated / 2);
}

}  // namespace
}  // namespace brug::test
