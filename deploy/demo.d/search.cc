#include <brug/client.h>
#include <google/protobuf/dynamic_message.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client-sdk/src/api/client_access.h"
#include "client-sdk/src/replica/base_reader.h"
#include "client-sdk/src/transport/grpc_transport.h"
#include "proto/zones/zones.h"

// brug-search: looks for words in all that a client's device has and is told.
//
//   brug-search HOME SERVER CA_FILE WORD...
//
// Takes HOME, a home of brug, for one exchange with the service: a sync and the client's other questions.
// Each answer is decoded as it comes in; then every record in the replica's file is decrypted, whether the
// app shows it or not. Prints how many of each there were, and where a WORD stands in them. Ends with 0 when
// it could look, found or not.
namespace brug::demo {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void Stop(const std::string& what) {
  std::fprintf(stderr, "brug-search: %s\n", what.c_str());
  std::exit(1);
}

template <class T>
T Must(Result<T> result) {
  if (!result.ok()) Stop(result.error().reason + " " + result.error().field + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// What was read so far: a text a piece, and what the piece is.
class Pile {
 public:
  void Put(const std::string& what, std::string text) {
    const std::lock_guard lock(mutex_);
    pieces_.emplace_back(what, std::move(text));
  }

  // How many pieces of each kind, and those that hold one of the words.
  [[nodiscard]] Json Search(const std::vector<std::string>& words) const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, int> counts;
    Json found = Json::array();
    for (const auto& [what, text] : pieces_) {
      ++counts[what];
      for (const std::string& word : words) {
        if (text.find(word) != std::string::npos) found.push_back({{"where", what}, {"word", word}});
      }
    }
    return {{"searched", counts}, {"found", found}};
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> pieces_;
};

// With words as they are: what is no ASCII stays UTF-8.
std::string TextOf(const google::protobuf::Message& message) {
  return message.Utf8DebugString() + "\n" + message.SerializeAsString();
}

// The answer message of a method, as text.
std::string Decode(sdk::Method method, const std::string& response) {
  std::string name = std::string(sdk::PathOf(method)).substr(1);
  std::replace(name.begin(), name.end(), '/', '.');
  const auto* described = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  if (described == nullptr) Stop("no such method: " + name);
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(
      factory.GetPrototype(described->output_type())->New());
  if (!message->ParseFromString(response)) Stop("an answer cannot be read: " + name);
  return TextOf(*message);
}

// The way to the service, keeping what comes back.
class Listening final : public sdk::Transport {
 public:
  Listening(std::unique_ptr<sdk::Transport> way, std::shared_ptr<Pile> pile)
      : way_(std::move(way)), pile_(std::move(pile)) {}

  sdk::CallHandle Start(sdk::OutgoingCall call, std::function<void(sdk::CallAnswer)> on_end) override {
    return way_->Start(std::move(call), [pile = pile_, method = call.method,
                                         on_end = std::move(on_end)](sdk::CallAnswer answer) {
      std::string refusal = answer.status.field + "\n" + answer.status.message + "\n";
      for (const auto& [key, value] : answer.status.metadata) refusal += key + ": " + value + "\n";
      pile->Put("answers", answer.status.ok() ? Decode(method, answer.response) : refusal);
      on_end(std::move(answer));
    });
  }
  sdk::CallHandle Watch(Watching watching) override { return way_->Watch(std::move(watching)); }
  void Cancel(sdk::CallHandle handle) override { way_->Cancel(handle); }

 private:
  std::unique_ptr<sdk::Transport> way_;
  std::shared_ptr<Pile> pile_;
};

struct Place {
  std::filesystem::path home;
  std::string server;
  std::string ca_pem;
};

void Exchange(const Place& place, const std::shared_ptr<Pile>& pile) {
  auto way = Must(sdk::MakeGrpcTransport({.server = place.server,
                                          .root_certificate_pem = place.ca_pem,
                                          .spki_pins = {},
                                          .server_name = {},
                                          .language = "nl"}));
  sdk::EngineParts parts;
  parts.key_store = std::make_shared<FileKeyStore>((place.home / "keys").string());
  parts.clock = std::make_unique<sdk::SystemClock>();
  parts.random = std::make_unique<crypto::SystemRandom>();
  parts.zones = std::make_unique<zones::SystemZones>();
  parts.transport = std::make_unique<Listening>(std::move(way), pile);
  parts.storage = Must(sdk::OpenSqliteStorage((place.home / "replica").string()));
  Client client = sdk::ClientAccess::Make(Must(sdk::Engine::Start(std::move(parts))));
  Must(client.SyncNow());
  (void)Must(client.ListDevices());
  (void)Must(client.Rewards().GetRules());
  // What is a mentor's is refused to a client, and a refusal is an answer too.
  if (client.Rewards().ListOffers().ok()) Stop("a client was given the mentors' list");
}

// The replica's file, read beside the SDK.
class ReplicaFile {
 public:
  explicit ReplicaFile(const std::filesystem::path& file) {
    if (sqlite3_open_v2(file.c_str(), &connection_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
      Stop("cannot open " + file.string());
  }
  ReplicaFile(const ReplicaFile&) = delete;
  ReplicaFile& operator=(const ReplicaFile&) = delete;
  ~ReplicaFile() { sqlite3_close(connection_); }

  // All rows, each column as bytes.
  [[nodiscard]] std::vector<std::vector<std::string>> Read(const std::string& query) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(connection_, query.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      Stop(sqlite3_errmsg(connection_));
    std::vector<std::vector<std::string>> rows;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        row.emplace_back(bytes == nullptr ? "" : bytes,
                         static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
      }
    }
    sqlite3_finalize(statement);
    return rows;
  }

 private:
  sqlite3* connection_ = nullptr;
};

void ReadRecords(const Place& place, Pile& pile) {
  const ReplicaFile file(place.home / "replica" / "replica.db");
  FileKeyStore keys((place.home / "keys").string());
  const auto note = std::to_string(static_cast<int>(sdk::Note::kWrappedKey));
  const auto wrapped = file.Read("SELECT bytes FROM notes WHERE note = " + note);
  if (wrapped.size() != 1) Stop("this home is not enrolled");
  const sdk::Vault vault = Must(sdk::Vault::Open(keys, wrapped[0][0]));
  for (const auto& dossier : file.Read("SELECT number, dossier_id, sealed_key FROM dossiers")) {
    const sdk::DossierKey key = Must(vault.OpenDossierKey(dossier[2], dossier[1]));
    for (const char* table : {"records", "staged"}) {
      for (const auto& row : file.Read(std::string("SELECT token, parent_token, revision, sealed FROM ") +
                                       table + " WHERE dossier = " + dossier[0])) {
        const sdk::RecordRow record{
            .token = row[0], .parent_token = row[1], .revision = std::stoll(row[2]), .sealed = row[3]};
        pile.Put("records", TextOf(Must(sdk::OpenRecord(record, key))));
      }
    }
  }
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 4) Stop("HOME SERVER CA_FILE WORD...");
  std::ifstream ca(arguments[2]);
  const Place place{
      .home = arguments[0], .server = arguments[1], .ca_pem = {std::istreambuf_iterator<char>(ca), {}}};
  const auto pile = std::make_shared<Pile>();
  Exchange(place, pile);
  ReadRecords(place, *pile);
  std::puts(pile->Search({arguments.begin() + 3, arguments.end()}).dump(2).c_str());
  return 0;
}

}  // namespace
}  // namespace brug::demo

int main(int argc, char** argv) { return brug::demo::Main(std::vector<std::string>(argv + 1, argv + argc)); }
