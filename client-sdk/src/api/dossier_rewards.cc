#include <brug/dossier.h>

#include "client-sdk/src/api/engine.h"
#include "client-sdk/src/api/records.h"
#include "proto/rules/offer.h"

// What Dossier shows of offers and vouchers.
namespace brug {

namespace {

Error Refused(ErrorCode code, std::string reason) {
  return {
      .code = code, .reason = std::move(reason), .field = "voucher_id", .message = {}, .retry_after_ms = {}};
}

bool IsOpen(const Item<Offer>& item) {
  return item.content.state == OfferState::kPromised || item.content.state == OfferState::kRequested;
}

bool IsOpen(const Item<Voucher>& item) { return item.content.state == VoucherState::kOpen; }

}  // namespace

Result<std::vector<Item<Offer>>> Dossier::Offers() const {
  return engine_->ReadDossier(id_, [](const sdk::View& view) {
    std::vector<Item<Offer>> items;
    for (const auto& record : sdk::RecordsOf(view, rules::kOffers, sdk::kOffer)) {
      items.push_back(sdk::ToItem(record, sdk::FromDossier(record.offer(), view, view.Confirmed())));
    }
    sdk::SortItems(items, [](const Item<Offer>& item) {
      return std::pair(!IsOpen(item), -item.content.promised_at.value_or(Instant()).time_since_epoch());
    });
    return items;
  });
}

Result<std::vector<Item<Voucher>>> Dossier::Vouchers() const {
  return engine_->ReadDossierWithCore(
      id_, [this](const sdk::View& view, sdk::Core& core) -> Result<std::vector<Item<Voucher>>> {
        std::vector<Item<Voucher>> items;
        for (const auto& record : sdk::RecordsOf(view, rules::kVouchers, sdk::kVoucher)) {
          items.push_back(sdk::ToItem(record, sdk::FromProto(record.voucher())));
          const auto code = core.FindVoucherCode(id_, record.record_id());
          if (!code.ok()) return code.error();
          items.back().content.code_here = IsOpen(items.back()) && code->has_value();
        }
        sdk::SortItems(items, [](const Item<Voucher>& item) {
          const Voucher& voucher = item.content;
          return std::pair(!IsOpen(item), IsOpen(item) ? voucher.expires_at.time_since_epoch()
                                                       : -voucher.issued_at.time_since_epoch());
        });
        return items;
      });
}

Result<VoucherCode> Dossier::ShowVoucherCode(std::string_view voucher_id) const {
  return engine_->ReadDossierWithCore(id_,
                                      [&](const sdk::View& view, sdk::Core& core) -> Result<VoucherCode> {
                                        const auto record = view.Find(voucher_id);
                                        if (!record || !record->has_voucher())
                                          return Refused(ErrorCode::kNotFound, "NOT_FOUND");
                                        if (record->voucher().state() != v1::VOUCHER_STATE_OPEN) {
                                          return Refused(ErrorCode::kConflict, "WRONG_STATE");
                                        }
                                        const auto code = core.FindVoucherCode(id_, voucher_id);
                                        if (!code.ok()) return code.error();
                                        if (!code->has_value())
                                          return Refused(ErrorCode::kNotFound, "CODE_NOT_HERE");
                                        return sdk::FromProto(**code);
                                      });
}

}  // namespace brug
