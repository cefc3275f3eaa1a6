// What is for today, and a tick. Late ticks are welcome, and ticking twice is one tick.
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  brug::Client client = sample::Open(sample::Read(argc, argv));
  brug::Dossier mine = sample::Must(client.OwnDossier());

  for (const auto& item : sample::Must(mine.Today())) {
    std::cout << item.step.content.title << " (for: " << item.goal_title << ")\n";
    // Today, done. `tried` and `skipped` count too: each of them is fine.
    sample::Must(mine.Tick(
        {.step_id = item.step.id, .date = {}, .state = brug::TickState::kDone, .note = {}, .done_at = {}}));
  }
  for (const auto& item : sample::Must(mine.Today())) {
    std::cout << item.step.content.title << ": done " << item.times_done << " time(s)\n";
  }
  sample::Must(client.SyncNow());
}
