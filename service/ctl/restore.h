#pragma once

#include <string>

namespace brug::ctl {

struct RestoreWish {
  std::string backup;
  std::string data_directory;
  // Empty when none was named.
  std::string key_copy;
  bool json = false;
};

// What a restore led to: what to print; or why it was not done, and then everything is as it was; or what
// went wrong when it was decided already, and then the next start of brugd finishes it. The others are empty.
struct RestoreSaid {
  std::string text;
  std::string problem;
  std::string unfinished;
};

// Puts a backup back into the data directory of a brugd that does not run. The one command of brugctl that
// opens database files itself.
[[nodiscard]] RestoreSaid Restore(const RestoreWish& wish);

}  // namespace brug::ctl
