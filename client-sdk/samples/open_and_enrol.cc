// Makes this device somebody's: with the activation code that a mentor or the operator gave.
//
//   open_and_enrol SERVER ROOT_CERTIFICATE DIRECTORY ACTIVATION_CODE
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  const auto arguments = sample::Read(argc, argv);
  if (arguments.more.empty()) {
    std::cerr << "An activation code is needed.\n";
    return 2;
  }
  brug::Client client = sample::Open(arguments);

  // Needs the service, once. The code is spent with it; from here on the device's own key opens its sessions.
  const brug::Identity me =
      sample::Must(client.Enrol({.activation_code = arguments.more[0], .device_name = "my phone"}));
  std::cout << "This device belongs to " << me.display_name << " of " << me.organisation_name << ".\n";

  // The first sync brings everything that this person may read.
  sample::Must(client.SyncNow());
  std::cout << "Dossiers on this device: " << sample::Must(client.DossierIds()).size() << "\n";
}
