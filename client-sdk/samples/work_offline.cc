// Weeks without a signal: everything works, nothing is lost, and one sync later the service has it.
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  const auto arguments = sample::Read(argc, argv);
  auto offline = arguments;
  offline.server = "";
  std::string goal_id;
  {
    brug::Client client = sample::Open(offline);
    brug::Dossier mine = sample::Must(client.OwnDossier());
    goal_id = sample::Must(
        mine.CreateGoal({.domain_id = sample::Must(mine.Template()).pillars[1].domains[0].domain_id,
                         .title = "I sleep through the night",
                         .why = {},
                         .target_date = {}}));
    const auto failed = client.SyncNow();
    std::cout << "Without a signal: " << failed.error().message << "\n";
  }
  // Another start of the app, still offline: what was written is there.
  {
    brug::Client client = sample::Open(offline);
    const auto goal = sample::Must(sample::Must(client.OwnDossier()).FindGoal(goal_id));
    const brug::Status status = client.GetStatus();
    std::cout << goal.content.title << ": waiting to be sent: " << status.pending_count << "\n";
  }
  brug::Client client = sample::Open(arguments);
  sample::Must(client.SyncNow());
  const auto goal = sample::Must(sample::Must(client.OwnDossier()).FindGoal(goal_id));
  std::cout << goal.content.title << ": " << (goal.pending ? "still waiting" : "confirmed") << "\n";
}
