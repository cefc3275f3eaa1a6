#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/reward_service.pb.h"
#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/transport/method.h"

namespace brug::sdk {

// What a device keeps of money, all of it sealed: the codes of vouchers under their dossier's key, the
// requests that no answer came to under the replica key. Errors: STORAGE_*. Only when enrolled.
class Purse {
 public:
  // As many requests wait for an answer at most.
  static constexpr std::size_t kRequestsMax = 1'000;

  explicit Purse(Holdings& holdings) : holdings_(holdings) {}

  // ---- Codes

  // The code of a voucher; nothing when this device does not have it.
  [[nodiscard]] Result<std::optional<v1::VoucherCode>> FindCode(const Holding& holding,
                                                                std::string_view voucher_id) const;
  // Keeps it, unless there is a later one of the same voucher. Within a transaction.
  [[nodiscard]] Result<void> KeepCode(const Holding& holding, const v1::VoucherCode& code);
  // Forgets all codes of the dossier but those of `open_voucher_ids`, also in what the files had of them. A
  // transaction of its own, if there is anything to forget; gives back whether there was.
  [[nodiscard]] Result<bool> ForgetCodesBut(const Holding& holding,
                                            const std::set<std::string>& open_voucher_ids);

  // ---- Requests

  // The request as it was kept by an earlier try that was not answered; else a new one, on disk (fsync) when
  // this returns. Errors: also OUTBOX_FULL.
  [[nodiscard]] Result<KeptRequest> Remember(Method method, const std::string& content);
  // It was answered. Another one of the same name that came since stays. Within a transaction.
  [[nodiscard]] Result<void> Forget(const KeptRequest& request);
  // Oldest first.
  [[nodiscard]] Result<std::vector<KeptRequest>> ListRequests() const;

 private:
  [[nodiscard]] Result<KeptRequest> Add(Method method, const std::string& content, const Bytes& name);

  Holdings& holdings_;
};

}  // namespace brug::sdk
