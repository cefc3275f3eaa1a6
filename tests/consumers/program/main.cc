// What a stranger writes who embeds Brug: enrol, sync, look at what came.
//
//   consumer SERVER ROOT_CERTIFICATE DIRECTORY ACTIVATION_CODE
#include <brug/client.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::ostringstream pem;
  pem << std::ifstream(argv[2]).rdbuf();
  brug::ClientOptions options;
  options.directory = argv[3];
  options.server = argv[1];
  options.root_certificate_pem = pem.str();
  options.key_store = std::make_shared<brug::FileKeyStore>(std::string(argv[3]) + "-keys");
  auto client = brug::Client::Open(std::move(options));
  if (!client.ok()) {
    std::cerr << client.error().reason << "\n";
    return 1;
  }
  const auto me = client->Enrol({.activation_code = argv[4], .device_name = "consumer"});
  if (!me.ok()) {
    std::cerr << me.error().reason << "\n";
    return 1;
  }
  const auto synced = client->SyncNow();
  if (!synced.ok()) {
    std::cerr << synced.error().reason << "\n";
    return 1;
  }
  const auto templates = client->BridgeTemplates();
  if (!templates.ok() || templates->empty()) return 1;
  std::cout << "synced as " << me->display_name << ", " << templates->front().pillars.size() << " pillars\n";
}
