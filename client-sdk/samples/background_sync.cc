// Syncs by itself and hears of changes: shows a message as soon as the service confirmed it.
#include <condition_variable>
#include <mutex>

#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  brug::Client client = sample::Open(sample::Read(argc, argv));
  brug::Dossier mine = sample::Must(client.OwnDossier());

  std::mutex mutex;
  std::condition_variable heard;
  bool confirmed = false;
  // Called on a thread of the SDK; it says where to look again, so look.
  const brug::Subscription subscription = client.Subscribe([&](const brug::Change&) {
    const auto messages = sample::Must(mine.Messages());
    if (messages.empty() || messages.back().pending) return;
    const std::lock_guard lock(mutex);
    confirmed = true;
    heard.notify_one();
  });
  client.StartBackgroundSync();
  sample::Must(mine.SendMessage("The landlord called back!"));

  std::unique_lock lock(mutex);
  heard.wait(lock, [&] { return confirmed; });
  std::cout << "Confirmed: " << sample::Must(mine.Messages()).back().content.words << "\n";
}
