// A client fills in their Bridge, says what is most urgent and where they want to be, and takes the picture
// home.
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  brug::Client client = sample::Open(sample::Read(argc, argv));
  brug::Dossier mine = sample::Must(client.OwnDossier());
  const brug::BridgeTemplate bridge = sample::Must(client.BridgeTemplates()).front();

  // Every question can be left out. Here: a 2 for the first domain of each pillar.
  brug::Assessment assessment;
  for (const auto& pillar : bridge.pillars) {
    const auto& domain = pillar.domains.front();
    std::cout << domain.question << "  " << domain.levels[1].name << "\n";
    assessment.answers.push_back({.domain_id = domain.domain_id, .level = 2, .words = {}});
  }
  const std::string urgent = assessment.answers.front().domain_id;
  assessment.most_urgent_domain_id = urgent;
  const brug::Date today = sample::Must(mine.TodaysDate());
  assessment.aims.push_back({.domain_id = urgent, .level = 4, .by = brug::AddDays(today, 730), .words = {}});

  // On disk when this returns; with the service after the next sync. It is never edited: a new one follows.
  sample::Must(mine.HandInAssessment(assessment));
  std::cout << "Score: " << sample::Must(mine.Score()).value() << "\n" << sample::Must(mine.DrawBridgeText());
  sample::Must(client.SyncNow());

  const auto newest = sample::Must(mine.Assessments()).front();
  std::cout << (newest.pending ? "Still waiting.\n" : "Confirmed by the service.\n");
}
