// brugctl backup and restore with a real brugd, as an operator uses them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "service/storage_sqlite/backup_manifest.h"
#include "tests/support/dossier_story.h"
#include "tests/support/raw_device.h"
#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

namespace brug::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::Say;
using ::testing::SizeIs;

class BackupCommands : public ::testing::Test {
 protected:
  explicit BackupCommands(std::vector<std::string> flags = {}) : service_({.flags = std::move(flags)}) {
    const auto staff = service_.RegisterStaff(
        {.organisation_id = organisation_, .display_name = "Fatima", .team_id = team_});
    EXPECT_TRUE(mentor_.Enrol(staff.activation_code).ok());
    const auto registered = mentor_.RegisterClient("Samira");
    dossier_ = registered.dossier_id();
    EXPECT_TRUE(client_.Enrol(registered.activation_code()).ok());
  }

  tidy::CommandResult Brugctl(const std::string& arguments) {
    return tidy::RunCommand(std::string(BRUG_BIN_DIR) + "/brugctl --socket '" + service_.admin_socket() +
                            "' " + arguments + " 2>&1");
  }
  std::string RestoreArguments(const std::string& backup) {
    return "restore '" + backup + "' --data '" + service_.data_directory() + "'";
  }
  void BackUp(const std::string& path) {
    const auto made = Brugctl("backup '" + path + "'");
    ASSERT_EQ(made.exit_code, 0) << made.output;
  }
  // A kill, an older backup, and a new start.
  void RestoreAfterAKill(const std::string& backup) {
    service_.Kill();
    const auto restored = Brugctl(RestoreArguments(backup));
    ASSERT_EQ(restored.exit_code, 0) << restored.output;
    service_.Start();
  }

  v1::SyncResponse Sync(RawDevice& device) {
    return device.Must(device.sync(), &v1::SyncService::Stub::Sync, v1::SyncRequest());
  }
  void SayWords(const std::string& words) {
    ASSERT_TRUE(client_.Push(Say(client_.NewId(), words), dossier_).has_applied());
  }
  // A device of a new member of staff in the team that all are in.
  std::unique_ptr<RawDevice> Enrolled(const std::string& name, v1::Role role) {
    const auto staff = service_.RegisterStaff(
        {.organisation_id = organisation_, .display_name = name, .roles = {role}, .team_id = team_});
    auto device = std::make_unique<RawDevice>(service_, organisation_);
    EXPECT_TRUE(device->Enrol(staff.activation_code).ok());
    return device;
  }
  static int EndsIn(const v1::SyncResponse& response) {
    int ends = 0;
    for (const v1::Statement& statement : response.statements()) {
      v1::StatementContent content;
      ends += content.ParseFromString(statement.content()) && content.has_end() ? 1 : 0;
    }
    return ends;
  }
  // The channel of before a restart is found dead by the first calls.
  static RawError OpenSessionAgain(RawDevice& device) {
    device.token.clear();
    grpc::Status opened = device.OpenSession();
    for (int i = 0; i < 5 && opened.error_code() == grpc::StatusCode::UNAVAILABLE; ++i)
      opened = device.OpenSession();
    return ErrorOf(opened);
  }

  TemporaryFolder directory_;
  RunningService service_;
  std::string organisation_ = service_.CreateOrganisation("Gemeente");
  std::string team_ = service_.CreateTeam(organisation_, "Team Centrum");
  RawDevice mentor_{service_, organisation_};
  RawDevice client_{service_, organisation_};
  std::string dossier_;
};

TEST_F(BackupCommands, ABackupIsVerifiedListedAndToldToTheDevices) {
  SayWords("in the backup");
  EXPECT_EQ(Sync(client_).pages(0).backed_up_revision(), 0);
  const std::int64_t revision = Sync(client_).pages(0).point().revision();
  const std::string path = directory_ / "first";
  const auto made = Brugctl("backup '" + path + "'");
  ASSERT_EQ(made.exit_code, 0) << made.output;
  EXPECT_THAT(made.output, HasSubstr("verified"));
  EXPECT_THAT(made.output, HasSubstr("key_file is not in it"));
  const auto manifest = storage::ReadManifest(path);
  ASSERT_TRUE(manifest.ok()) << manifest.failure().log_detail;
  EXPECT_TRUE(storage::VerifyBackup(path, *manifest).ok());
  SayWords("after it");
  EXPECT_EQ(Sync(client_).pages(0).backed_up_revision(), revision);
  EXPECT_THAT(service_.log(), HasSubstr("\"backup_done\""));

  EXPECT_EQ(Brugctl("backup '" + path + "'").exit_code, 1) << "the name is taken";
  const auto listed = nlohmann::json::parse(Brugctl("backup list --json").output);
  ASSERT_THAT(listed["backups"], SizeIs(2));
  EXPECT_THAT(listed["backups"][0]["problem"].get<std::string>(), HasSubstr("exists already"));
  EXPECT_EQ(listed["backups"][1]["problem"], "");
  EXPECT_EQ(listed["backups"][1]["verified"], true);
  EXPECT_EQ(listed["backups"][1]["path"], path);
  EXPECT_GT(std::stoll(listed["backups"][1]["total_bytes"].get<std::string>()), 0);
}

TEST_F(BackupCommands, WithoutRoomNothingHasTheNameAndTheSentenceSaysWhatToDo) {
  SayWords("in the backup");
  rlimit limit{};
  ASSERT_EQ(prlimit(service_.process_id(), RLIMIT_FSIZE, nullptr, &limit), 0);
  limit.rlim_cur = 8'192;
  ASSERT_EQ(prlimit(service_.process_id(), RLIMIT_FSIZE, &limit, nullptr), 0);
  const auto made = Brugctl("backup '" + (directory_ / "first") + "'");
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(prlimit(service_.process_id(), RLIMIT_FSIZE, &limit, nullptr), 0);
  EXPECT_EQ(made.exit_code, 1);
  EXPECT_THAT(made.output, HasSubstr("make room"));
  EXPECT_TRUE(fs::is_empty(directory_.path())) << made.output;
  BackUp(directory_ / "first");
}

TEST_F(BackupCommands, ARunningServiceKeepsItsFilesToItself) {
  BackUp(directory_ / "first");
  const auto refused = Brugctl(RestoreArguments(directory_ / "first"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("in use by process " + std::to_string(service_.process_id())));
  EXPECT_THAT(refused.output, HasSubstr("stop brugd"));
  SayWords("still served");
}

TEST_F(BackupCommands, WhatIsNoBackupIsCalledThatAndNothingIsTouched) {
  BackUp(directory_ / "first");
  service_.Stop();
  const auto refused =
      Brugctl("--json restore '" + directory_.path() + "' --data '" + service_.data_directory() + "'");
  EXPECT_EQ(refused.exit_code, 1);
  // The sentence for a person follows on the error stream.
  const auto said = nlohmann::json::parse(refused.output.substr(0, refused.output.find('\n')));
  EXPECT_EQ(said["error"]["reason"], "NOT_RESTORED");
  EXPECT_THAT(said["error"]["message"].get<std::string>(), HasSubstr("there is no backup"));
  service_.Start();
  SayWords("still served");
}

TEST_F(BackupCommands, StatusTellsOfARestoreUntilItIsReleased) {
  BackUp(directory_ / "first");
  EXPECT_THAT(Brugctl("status").output, ::testing::Not(HasSubstr("restored")));
  EXPECT_THAT(Brugctl("restored show").output, HasSubstr("never put back"));
  RestoreAfterAKill(directory_ / "first");
  EXPECT_THAT(Brugctl("status").output, HasSubstr("not released"));
  EXPECT_EQ(Brugctl("restored release").exit_code, 0);
  EXPECT_THAT(Brugctl("status").output, ::testing::Not(HasSubstr("restored")));
}

// Revocations, ended relations and lost roles hold after a restore that has not heard of them.
TEST_F(BackupCommands, WhatEndedAfterTheBackupHasEndedAfterTheRestore) {
  const auto leaver = service_.RegisterStaff({.organisation_id = organisation_, .display_name = "Jan"});
  RawDevice leavers_device(service_, organisation_);
  ASSERT_TRUE(leavers_device.Enrol(leaver.activation_code).ok());
  BackUp(directory_ / "first");

  v1::RevokePersonDeviceRequest revoke;
  revoke.set_request_id(client_.NewId());
  revoke.set_organisation_id(organisation_);
  revoke.set_device_id(client_.enrolled().device().device_id());
  v1::RevokePersonDeviceResponse revoked;
  grpc::ClientContext revoking;
  ASSERT_TRUE(service_.admin().RevokePersonDevice(&revoking, revoke, &revoked).ok());
  v1::UpdateStaffRequest leave;
  leave.set_request_id(client_.NewId());
  leave.set_organisation_id(organisation_);
  leave.mutable_staff_member()->set_person_id(leaver.person_id);
  leave.mutable_staff_member()->set_display_name("Jan");
  leave.mutable_staff_member()->add_roles(v1::ROLE_MENTOR);
  v1::UpdateStaffResponse left;
  grpc::ClientContext leaving;
  ASSERT_TRUE(service_.admin().UpdateStaff(&leaving, leave, &left).ok());

  // Who led took the dossier from one mentor and gave it to another.
  const auto lead = Enrolled("Wim", v1::ROLE_TEAM_LEAD);
  const auto next = Enrolled("Noor", v1::ROLE_MENTOR);
  v1::AssignDossiersRequest assign;
  assign.set_request_id(client_.NewId());
  assign.set_to_person_id(next->enrolled().device().person_id());
  assign.add_dossier_ids(dossier_);
  lead->Must(lead->caseload(), &v1::CaseloadService::Stub::AssignDossiers, assign);
  ASSERT_EQ(Sync(mentor_).pages_size(), 0);

  RestoreAfterAKill(directory_ / "first");
  EXPECT_EQ(OpenSessionAgain(client_).reason, "DEVICE_REVOKED");
  EXPECT_EQ(OpenSessionAgain(leavers_device).reason, "DEVICE_REVOKED");
  EXPECT_EQ(OpenSessionAgain(mentor_).reason, "") << "who is there still is served";
  const auto synced = Sync(mentor_);
  EXPECT_EQ(synced.pages_size(), 0) << "what is no longer hers";
  EXPECT_EQ(EndsIn(synced), 1) << "as it was signed";
  EXPECT_THAT(service_.log(), HasSubstr("\"restored\""));
  const std::string before = service_.log();
  service_.Stop();
  service_.Start();
  EXPECT_THAT(service_.log(), ::testing::Not(HasSubstr("\"restored\""))) << "once";
}

// The backups that a schedule makes, in a folder of their own.
TemporaryFolder& ScheduledFolder() {
  static TemporaryFolder folder;
  return folder;
}

class ScheduledBackups : public BackupCommands {
 protected:
  ScheduledBackups()
      : BackupCommands({"--backup_directory=" + ScheduledFolder().path(), "--backup_interval_s=1",
                        "--backups_kept_count=2"}) {}
};

TEST_F(ScheduledBackups, AreMadeByThemselvesAndTheOldestGo) {
  // Each round asks the service; the time limit of the test is the end of it.
  while (service_.log().find("\"backup_removed\"") == std::string::npos) {
    const auto listed = Brugctl("backup list --json");
    ASSERT_EQ(listed.exit_code, 0) << listed.output;
  }
  service_.Stop();
  int kept = 0;
  for (const auto& entry : fs::directory_iterator(ScheduledFolder().path())) {
    if (entry.path().filename() == "brug-keys.db") continue;
    const auto manifest = storage::ReadManifest(entry.path());
    ASSERT_TRUE(manifest.ok()) << manifest.failure().log_detail;
    EXPECT_TRUE(storage::VerifyBackup(entry.path(), *manifest).ok());
    ++kept;
  }
  EXPECT_EQ(kept, 2);
}

}  // namespace
}  // namespace brug::test
