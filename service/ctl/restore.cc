#include "service/ctl/restore.h"

#include <google/protobuf/util/time_util.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "proto/crypto/random.h"
#include "service/platform/clock.h"
#include "service/storage_sqlite/restore.h"

namespace brug::ctl {
namespace {

using google::protobuf::util::TimeUtil;

std::string Absolute(const std::string& path) {
  if (path.empty()) return path;
  std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

std::string SayJson(const storage::RestoreOrder& order, const storage::RestoreDone& done) {
  const nlohmann::json json = {
      {"backup_id", done.backup.backup_id()}, {"begun_at", TimeUtil::ToString(done.backup.begun_at())},
      {"restore_id", order.restore_id},       {"replaced", done.replaced},
      {"keys_from", done.keys_from},          {"has_journal", done.has_journal}};
  return json.dump() + "\n";
}

std::string Say(const storage::RestoreDone& done) {
  return "The databases are as of " + TimeUtil::ToString(done.backup.begun_at()) + " now.\n" +
         "What was there before is kept in " + done.replaced + "\n" +
         (done.keys_from.empty() ? "The wrapped keys that were there stayed.\n"
                                 : "The wrapped keys are those of " + done.keys_from + "\n") +
         "Start brugd now, with the same key_file. Its devices bring back what they hold, and it stays "
         "marked as "
         "restored until you release it.\n" +
         (done.has_journal
              ? "It lets accesses that ended since the backup end again, by the journal of ends.\n"
              : "There is no journal of ends in the data directory. Where end_journal_file names one "
                "elsewhere, "
                "accesses that ended since the backup end again by it; without a journal they are there "
                "again.\n");
}

std::string SayUnfinished(const storage::RestoreDone& done) {
  return "The restore is decided and cannot be taken back, but not everything has its name yet: " +
         done.unfinished +
         ". Mend that and start brugd, which finishes it. What was there before is kept in " + done.replaced;
}

}  // namespace

RestoreSaid Restore(const RestoreWish& wish) {
  crypto::SystemRandom random;
  const auto now = platform::SystemClock().Now().time_since_epoch();
  const storage::RestoreOrder order{.backup = Absolute(wish.backup),
                                    .data_directory = Absolute(wish.data_directory),
                                    .key_copy = Absolute(wish.key_copy),
                                    .restore_id = crypto::NewUuidV4(random),
                                    .now_us = now.count()};
  const auto done = storage::RestoreBackup(order);
  if (!done.ok()) return {.text = {}, .problem = done.failure().log_detail, .unfinished = {}};
  if (!done->unfinished.empty()) return {.text = {}, .problem = {}, .unfinished = SayUnfinished(*done)};
  return {.text = wish.json ? SayJson(order, *done) : Say(*done), .problem = {}, .unfinished = {}};
}

}  // namespace brug::ctl
