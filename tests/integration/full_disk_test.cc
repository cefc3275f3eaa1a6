#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/support/dossier_story.h"
#include "tests/support/raw_bytes.h"
#include "tests/support/raw_device.h"

// A disk without room, as the operating system tells brugd of it: no file of its process may grow.
namespace brug::test {
namespace {

using testing::Say;

// What the standard health service says, whenever that changes.
class HealthWatch {
 public:
  explicit HealthWatch(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    call_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    call_->StartCall(this);
    Await();
    call_->WriteLast(Bytes(""), grpc::WriteOptions(), this);
    Await();
  }
  ~HealthWatch() {
    context_.TryCancel();
    grpc::Status status;
    call_->Finish(&status, this);
    Await();
    queue_.Shutdown();
  }

  // Waits until the service says that it serves, or that it does not; false when it says neither any more.
  bool AwaitServing(bool serving) {
    const std::string wanted{'\x08', static_cast<char>(serving ? 1 : 2)};
    for (std::string said; said != wanted;) {
      grpc::ByteBuffer answer;
      call_->Read(&answer, this);
      grpc::Slice slice;
      if (!Await() || !answer.DumpToSingleSlice(&slice).ok()) return false;
      said.assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    return true;
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

class FullDisk : public ::testing::Test {
 protected:
  FullDisk() {
    const auto staff = service_.RegisterStaff({.organisation_id = organisation_, .display_name = "Fatima"});
    EXPECT_TRUE(mentor_.Enrol(staff.activation_code).ok());
    const auto registered = mentor_.RegisterClient("Samira");
    dossier_ = registered.dossier_id();
    EXPECT_TRUE(client_.Enrol(registered.activation_code()).ok());
  }

  void SetRoom(bool room) const {
    rlimit limit{};
    ASSERT_EQ(prlimit(service_.process_id(), RLIMIT_FSIZE, nullptr, &limit), 0);
    limit.rlim_cur = room ? limit.rlim_max : 0;
    ASSERT_EQ(prlimit(service_.process_id(), RLIMIT_FSIZE, &limit, nullptr), 0);
  }

  grpc::Status Sync(const v1::SyncRequest& request, v1::SyncResponse* response) {
    return client_.Call(client_.sync(), &v1::SyncService::Stub::Sync, request, response);
  }
  // Everything that a device which has nothing yet is given.
  std::string Dossier() {
    v1::SyncResponse response;
    EXPECT_TRUE(Sync(v1::SyncRequest(), &response).ok());
    EXPECT_FALSE(response.more());
    return response.pages(0).ShortDebugString();
  }

  RawError Register() {
    v1::RegisterClientRequest request;
    request.set_request_id(mentor_.NewId());
    request.set_display_name("Jan");
    v1::RegisterClientResponse response;
    return ErrorOf(
        mentor_.Call(mentor_.caseload(), &v1::CaseloadService::Stub::RegisterClient, request, &response));
  }
  RawError CreateOrganisation() {
    v1::CreateOrganisationRequest request;
    request.set_request_id(mentor_.NewId());
    request.set_display_name("Stichting");
    v1::CreateOrganisationResponse response;
    grpc::ClientContext context;
    return ErrorOf(service_.admin().CreateOrganisation(&context, request, &response));
  }
  v1::GetStatusResponse Status() {
    v1::GetStatusResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(service_.admin().GetStatus(&context, v1::GetStatusRequest(), &response).ok());
    return response;
  }

  static void ExpectTryAgainLater(const RawError& error) {
    EXPECT_EQ(error.code, grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(error.reason, "STORAGE_UNAVAILABLE");
    EXPECT_EQ(error.field, "");
    EXPECT_TRUE(error.retry_info);
    EXPECT_FALSE(error.words.empty());
  }

  RunningService service_;
  std::string organisation_ = service_.CreateOrganisation("Gemeente");
  RawDevice mentor_{service_, organisation_};
  RawDevice client_{service_, organisation_};
  std::string dossier_;
};

TEST_F(FullDisk, EveryWriteSaysTryAgainLaterNothingIsLostAndItGoesOnWhenThereIsRoom) {
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(client_.Push(Say(client_.NewId(), "words " + std::to_string(i)), dossier_).has_applied());
  const std::string before = Dossier();
  const std::int64_t organisations = Status().organisations_size();
  HealthWatch health(ChannelTo(service_));
  ASSERT_TRUE(health.AwaitServing(true));

  SetRoom(false);
  v1::SyncRequest push;
  *push.add_mutations() = client_.Number(Say(client_.NewId(), "no room"), dossier_);
  v1::SyncResponse response;
  client_.language = "nl";
  const RawError dutch = ErrorOf(Sync(push, &response));
  client_.language = "en";
  const RawError english = ErrorOf(Sync(push, &response));
  ExpectTryAgainLater(dutch);
  ExpectTryAgainLater(english);
  EXPECT_NE(dutch.words, english.words);
  ExpectTryAgainLater(Register());
  ExpectTryAgainLater(CreateOrganisation());
  EXPECT_FALSE(Status().ready());
  EXPECT_NE(Status().not_ready_reason(), "");
  EXPECT_TRUE(health.AwaitServing(false));
  EXPECT_EQ(Dossier(), before) << "what is there can be read";

  SetRoom(true);
  EXPECT_TRUE(health.AwaitServing(true));
  EXPECT_TRUE(Status().ready());
  EXPECT_EQ(Status().organisations_size(), organisations);
  EXPECT_EQ(Dossier(), before);
  ASSERT_TRUE(Sync(push, &response).ok());
  EXPECT_TRUE(response.outcomes(0).has_applied()) << "the same mutation, tried again";
  EXPECT_EQ(Register().code, grpc::StatusCode::OK);
  EXPECT_EQ(CreateOrganisation().code, grpc::StatusCode::OK);
}

TEST_F(FullDisk, WhatWasAcknowledgedBeforeIsThereAfterASigkillWithoutRoom) {
  ASSERT_TRUE(client_.Push(Say(client_.NewId(), "kept"), dossier_).has_applied());
  const std::string before = Dossier();
  SetRoom(false);
  v1::SyncRequest push;
  *push.add_mutations() = client_.Number(Say(client_.NewId(), "no room"), dossier_);
  v1::SyncResponse response;
  ExpectTryAgainLater(ErrorOf(Sync(push, &response)));
  service_.Kill();
  service_.Start();
  grpc::Status opened = client_.OpenSession();
  // The connection of before is found dead by the first call that uses it.
  for (int i = 0; i < 5 && opened.error_code() == grpc::StatusCode::UNAVAILABLE; ++i)
    opened = client_.OpenSession();
  ASSERT_TRUE(opened.ok()) << opened.error_message();
  EXPECT_EQ(Dossier(), before);
}

}  // namespace
}  // namespace brug::test
