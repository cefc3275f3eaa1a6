// A mentor takes on a client, and sees who needs a person's attention. The list works offline.
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  brug::Client client = sample::Open(sample::Read(argc, argv));

  // Needs the service: it opens the dossier. The code goes to the client, once.
  const brug::RegisteredClient registered = sample::Must(client.RegisterClient(
      {.display_name = "Samira", .language = "nl", .time_zone = "Europe/Amsterdam", .request_id = {}}));
  std::cout << "Code for the client's phone: " << registered.activation_code.code << "\n";
  sample::Must(client.SyncNow());

  brug::Dossier dossier = sample::Must(client.OpenDossier(registered.dossier_id));
  const auto now = std::chrono::time_point_cast<brug::Instant::duration>(std::chrono::system_clock::now());
  sample::Must(dossier.RecordContact({.kind = brug::ContactKind::kHomeVisit,
                                      .at = now - std::chrono::hours(1),
                                      .minutes = 45,
                                      .words = "First talk. There are debts; she fears to lose her home.",
                                      .handover_id = {}}));
  for (const auto& entry : sample::Must(client.Caseload())) {
    std::cout << entry.display_name << ": " << (entry.last_contact_at ? "spoken to" : "not spoken to yet")
              << (entry.quiet ? ", quiet" : "") << "\n";
  }
  sample::Must(client.SyncNow());
}
