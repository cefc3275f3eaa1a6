#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/running_service.h"
#include "tests/support/temporary_folder.h"

// How brugd says that it cannot start: one sentence with the setting, and nothing changed.
namespace brug::test {
namespace {

struct Ended {
  int code = 0;
  std::string words;
};

Ended RunCommand(const std::string& command) {
  Ended ended;
  FILE* output = popen((command + " 2>&1 </dev/null").c_str(), "r");
  std::array<char, 4096> part;
  while (const std::size_t size = fread(part.data(), 1, part.size(), output))
    ended.words.append(part.data(), size);
  const int status = pclose(output);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return ended;
}

class BrugdStart : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(RunCommand(brugd_ + " --make-key-file=" + (directory_ / "key")).code, 0);
    ASSERT_EQ(RunCommand(brugd_ + " --make-demo-authority=" + (directory_ / "tls")).code, 0);
  }

  // Starts brugd as it should be, but for `flags`; it must end by itself.
  Ended Start(const std::string& flags) {
    return RunCommand("timeout 20 " + brugd_ +
                      " --listen=127.0.0.1:0 --admin_socket=" + (directory_ / "admin.sock") +
                      " --data_directory=" + (directory_ / "data") + " --key_file=" + (directory_ / "key") +
                      " --tls_certificate=" + (directory_ / "tls/server.pem") +
                      " --tls_private_key=" + (directory_ / "tls/server.key") + " " + flags);
  }

  void ExpectRefusal(const std::string& flags, int code, const std::string& words) {
    const Ended ended = Start(flags);
    EXPECT_EQ(ended.code, code) << ended.words;
    EXPECT_NE(ended.words.find(words), std::string::npos) << ended.words;
  }

  const std::string brugd_ = BRUG_BIN_DIR "/brugd";
  TemporaryFolder directory_;
};

TEST_F(BrugdStart, ASettingThatDoesNotExistOrHoldIsNamed) {
  ExpectRefusal("--lisen=x", 2, "there is no setting 'lisen'; the nearest is 'listen'");
  ExpectRefusal("--stop_ms_max=-1", 2, "stop_ms_max is a whole number from 0");
  ExpectRefusal("--config=/nonexistent", 2, "/nonexistent");
  std::ofstream(directory_ / "conf") << "listen = 127.0.0.1:0\nstorag = memory\n";
  ExpectRefusal("--config=" + (directory_ / "conf"), 2, "conf:2: there is no setting 'storag'");
}

TEST_F(BrugdStart, WithoutItsKeyFileOrCertificateItDoesNotServe) {
  ExpectRefusal("--key_file=/nonexistent/key", 1, "--make-key-file");
  ExpectRefusal("--tls_certificate=/nonexistent/pem", 1, "tls_certificate: /nonexistent/pem");
  ExpectRefusal("--admin_socket=", 1, "admin_socket");
}

TEST_F(BrugdStart, AnRsaCertificateIsRefused) {
  ASSERT_EQ(RunCommand("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout " +
                       (directory_ / "rsa.key") + " -out " + (directory_ / "rsa.pem"))
                .code,
            0);
  ExpectRefusal(
      "--tls_certificate=" + (directory_ / "rsa.pem") + " --tls_private_key=" + (directory_ / "rsa.key"), 1,
      "not ECDSA P-256");
}

TEST_F(BrugdStart, ADatabaseFromANewerVersionIsRefusedAndLeftAsItIs) {
  std::filesystem::create_directories(directory_ / "data");
  sqlite3* database = nullptr;
  const std::string path = directory_ / "data/registry.db";
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(database, "PRAGMA application_id=1114797426; PRAGMA user_version=999; CREATE TABLE t (x)",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(database);
  const auto before = std::filesystem::file_size(path);
  ExpectRefusal("", 1, "999");
  EXPECT_EQ(std::filesystem::file_size(path), before);
}

TEST_F(BrugdStart, ADataDirectoryInUseIsRefused) {
  RunningService running;
  ExpectRefusal("--data_directory=" + running.data_directory(), 1, "data_directory");
}

TEST_F(BrugdStart, Tls12IsRefusedAndTls13Connects) {
  RunningService running;
  const std::string connect = "openssl s_client -alpn h2 -CAfile " + running.root_certificate_path() +
                              " -connect " + running.address();
  EXPECT_NE(RunCommand(connect + " -tls1_3").words.find("New, TLSv1.3"), std::string::npos);
  const Ended old = RunCommand(connect + " -tls1_2");
  EXPECT_EQ(old.words.find("Cipher is ECDHE"), std::string::npos) << old.words;
  EXPECT_NE(old.code, 0);
}

}  // namespace
}  // namespace brug::test
