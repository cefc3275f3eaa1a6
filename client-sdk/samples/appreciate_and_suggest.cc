// A mentor gives recognition, and suggests other words for a step. The words stay the client's: they take
// them or leave them.
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  brug::Client client = sample::Open(sample::Read(argc, argv));
  sample::Must(client.SyncNow());

  const std::string dossier_id = sample::Must(client.Caseload()).front().dossier_id;
  brug::Dossier dossier = sample::Must(client.OpenDossier(dossier_id));
  const auto goal = sample::Must(dossier.Goals()).front();
  const auto step = sample::Must(dossier.Steps(goal.id)).front();

  sample::Must(dossier.GiveAppreciation({.kind = brug::AppreciationKind::kMessage,
                                         .words = "You opened that envelope. That took courage.",
                                         .about_id = step.id}));
  sample::Must(dossier.SuggestWords({.target_id = step.id,
                                     .field = brug::SuggestedField::kTitle,
                                     .words = "Open one envelope, after coffee"}));

  // Changing the words oneself is refused.
  brug::StepChanges changes;
  changes.title = "Open all mail";
  const auto refused = dossier.ReviseStep(step.id, changes);
  std::cout << "Refused: " << refused.error().message << "\n";
  sample::Must(client.SyncNow());
  std::cout << "Appreciated and suggested.\n";
}
