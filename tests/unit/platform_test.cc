#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "proto/crypto/random.h"
#include "service/gate/rates.h"
#include "service/gate/wrong_tries.h"
#include "service/platform/commands.h"
#include "service/platform/configuration.h"
#include "service/platform/key_file.h"
#include "service/rpc/backup_plan.h"

namespace brug::platform {
namespace {

Configuration Good(const ConfigurationSources& sources) {
  const auto read = ReadConfiguration(sources);
  EXPECT_TRUE(std::holds_alternative<Configuration>(read));
  return std::holds_alternative<Configuration>(read) ? std::get<Configuration>(read) : Configuration();
}

std::string Bad(const ConfigurationSources& sources) {
  const auto read = ReadConfiguration(sources);
  return std::holds_alternative<ConfigurationFault>(read) ? std::get<ConfigurationFault>(read).message
                                                          : "accepted";
}

TEST(Configuration, FlagsAreStrongerThanTheEnvironmentAndThatIsStrongerThanTheFile) {
  ConfigurationSources sources{
      .file_name = "brugd.conf",
      .file_text = "# comment\nlisten = 1.1.1.1:1\nlog_level = error\n\nstop_ms_max=1\n",
      .environment = {{"BRUG_LISTEN", "2.2.2.2:2"}, {"BRUG_LOG_LEVEL", "debug"}, {"HOME", "/"}},
      .flags = {"--listen=3.3.3.3:3"}};
  const Configuration read = Good(sources);
  EXPECT_EQ(read.listen, "3.3.3.3:3");
  EXPECT_EQ(read.log_level, "debug");
  EXPECT_EQ(read.stop_ms_max, 1);
}

TEST(Configuration, WhatIsWrongIsNamedWithItsPlaceAndTheMend) {
  EXPECT_EQ(Bad({.file_name = "f", .file_text = "listen = x\n\nlisten_adress = y\n"}),
            "f:3: there is no setting 'listen_adress'; the nearest is 'listen'");
  EXPECT_EQ(Bad({.file_name = "f", .file_text = "listen"}), "f:1: write it as 'name = value'");
  EXPECT_EQ(Bad({.environment = {{"BRUG_LOG_LEVEL", "loud"}}}),
            "BRUG_LOG_LEVEL: log_level is one of debug|info|warning|error, not 'loud'");
  EXPECT_EQ(Bad({.flags = {"--reader_threads=many"}}),
            "--reader_threads: reader_threads is a whole number from 1 to 256, not 'many'");
  EXPECT_EQ(Bad({.flags = {"--reader_threads=0"}}),
            "--reader_threads: reader_threads is a whole number from 1 to 256, not '0'");
  EXPECT_EQ(Bad({.flags = {"serve"}}), "'serve': write it as --name=value; --help lists the settings");
}

TEST(Configuration, TheExampleFileIsTheDefaultsAndIsAccepted) {
  const Configuration read = Good({.file_name = "example", .file_text = ExampleConfiguration()});
  const Configuration defaults;
  for (const Setting& setting : Settings()) {
    std::visit([&](auto field) { EXPECT_EQ(read.*field, defaults.*field) << setting.name; }, setting.field);
    EXPECT_FALSE(setting.meaning.empty()) << setting.name;
  }
}

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("brug-files-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
  crypto::SystemRandom random_;
};

TEST_F(Files, AKeyFileIsReadBackAndNeverOverwritten) {
  const std::string path = directory_ / "key";
  ASSERT_TRUE(MakeKeyFile(path, random_).ok());
  const auto key = ReadKeyFile(path);
  ASSERT_TRUE(key.ok());
  EXPECT_FALSE(MakeKeyFile(path, random_).ok());
  EXPECT_EQ(ReadKeyFile(path)->bytes(), key->bytes());
}

TEST_F(Files, AKeyFileThatOthersMayReadOrThatIsNoKeyIsRefused) {
  const std::string path = directory_ / "key";
  ASSERT_TRUE(MakeKeyFile(path, random_).ok());
  chmod(path.c_str(), 0644);
  EXPECT_NE(ReadKeyFile(path).failure().log_detail.find("chmod 600"), std::string::npos);
  const std::string other = directory_ / "other";
  ASSERT_TRUE(WriteNewFile(other, "not a key", 0600).ok());
  EXPECT_NE(ReadKeyFile(other).failure().log_detail.find("64 small hexadecimal digits"), std::string::npos);
  EXPECT_NE(ReadKeyFile(directory_ / "none").failure().log_detail.find("--make-key-file"), std::string::npos);
}

TEST_F(Files, TheDemoAuthorityIsMadeOnce) {
  std::ostringstream out, err;
  const std::string flag = "--make-demo-authority=" + (directory_ / "tls").string();
  EXPECT_EQ(RunCommand({flag}, out, err), 0);
  EXPECT_EQ(RunCommand({flag}, out, err), 1);
  EXPECT_NE(err.str().find("exists already"), std::string::npos);
  EXPECT_EQ(RunCommand({"--listen=x"}, out, err), std::nullopt);
}

TEST(MinuteRate, OneKeyIsStoppedAndAnotherIsNotAndTheNextMinuteIsNew) {
  gate::MinuteRate rate(2);
  const rules::Instant now{std::chrono::seconds(90)};
  EXPECT_TRUE(rate.Take("a", now).ok());
  EXPECT_TRUE(rate.Take("a", now).ok());
  const auto stopped = rate.Take("a", now);
  EXPECT_EQ(stopped.failure().reason, v1::ERROR_REASON_TOO_MANY_TRIES);
  EXPECT_EQ(stopped.failure().retry_delay_ms, 30'000);
  EXPECT_TRUE(rate.Take("b", now).ok());
  EXPECT_TRUE(rate.Take("a", now + std::chrono::seconds(30)).ok());
}

using std::chrono::minutes;
constexpr rules::Instant kNoon{std::chrono::hours(12)};

TEST(WrongTries, AKeyIsStoppedByItsOwnWithinAnyHourAndNobodyElseIs) {
  gate::WrongTries tries({.per_hour_max = 2, .burst_count = 100});
  EXPECT_FALSE(tries.Count("a", "all", kNoon));
  EXPECT_FALSE(tries.Count("a", "all", kNoon + minutes(40)));
  const auto stopped = tries.Check("a", kNoon + minutes(50));
  EXPECT_EQ(stopped.failure().reason, v1::ERROR_REASON_TOO_MANY_TRIES);
  EXPECT_EQ(stopped.failure().retry_delay_ms, 600'000);
  EXPECT_TRUE(tries.Check("b", kNoon + minutes(50)).ok());
  EXPECT_TRUE(tries.Check("a", kNoon + minutes(60)).ok());
  EXPECT_FALSE(tries.Count("a", "all", kNoon + minutes(61)));
  EXPECT_FALSE(tries.Check("a", kNoon + minutes(99)).ok()) << "two within the hour that began at 12:40";
}

TEST(WrongTries, ABurstOfAGroupIsToldOnceAnHour) {
  gate::WrongTries tries({.per_hour_max = 1000, .burst_count = 3});
  const auto count = [&](const std::string& group, minutes after) {
    return tries.Count("somebody of " + group, group, kNoon + after);
  };
  EXPECT_FALSE(count("a", minutes(0)));
  EXPECT_FALSE(count("a", minutes(30)));
  EXPECT_FALSE(count("a", minutes(61))) << "three, but not within an hour";
  EXPECT_TRUE(count("a", minutes(62)));
  EXPECT_FALSE(count("a", minutes(63)));
  EXPECT_FALSE(count("b", minutes(63)));
  EXPECT_FALSE(count("a", minutes(121)));
  EXPECT_TRUE(count("a", minutes(122)));
}

TEST(BackupPlan, ComesAnIntervalAfterTheLastAndSoonAfterAFailure) {
  constexpr std::int64_t kHourUs = 3'600'000'000;
  rpc::BackupPlan plan(24 * kHourUs, 100 * kHourUs);
  EXPECT_FALSE(plan.IsDue(124 * kHourUs - 1));
  EXPECT_TRUE(plan.IsDue(124 * kHourUs));
  plan.Made(124 * kHourUs);
  EXPECT_FALSE(plan.IsDue(148 * kHourUs - 1));
  EXPECT_TRUE(plan.IsDue(148 * kHourUs));
  plan.Failed(148 * kHourUs);
  EXPECT_FALSE(plan.IsDue(148 * kHourUs));
  EXPECT_TRUE(plan.IsDue(149 * kHourUs));
}

TEST(BackupPlan, AClockThatIsPutBackKeepsNoBackupAwayForLongerThanAnInterval) {
  constexpr std::int64_t kHourUs = 3'600'000'000;
  rpc::BackupPlan plan(24 * kHourUs, 10'000 * kHourUs);
  EXPECT_FALSE(plan.IsDue(1'000 * kHourUs)) << "at a start";
  EXPECT_TRUE(plan.IsDue(1'024 * kHourUs));
  plan.Made(1'024 * kHourUs);
  EXPECT_FALSE(plan.IsDue(500 * kHourUs)) << "while it runs";
  EXPECT_TRUE(plan.IsDue(524 * kHourUs));
}

}  // namespace
}  // namespace brug::platform
