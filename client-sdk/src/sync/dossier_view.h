#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/mutation.pb.h"
#include "client-sdk/src/replica/base_reader.h"
#include "client-sdk/src/sync/core.h"
#include "proto/rules/apply.h"
#include "proto/rules/overlay.h"

namespace brug::sdk {

// Who applies mutations, and what they need to know besides the dossier.
struct ViewContext {
  v1::Author author;
  const rules::TemplateReader* templates = nullptr;
  const rules::ZoneReader* zones = nullptr;
  std::string language;
};

// view = base + pending. A pending mutation that does not apply to this base (any more) shows nothing; the
// service will say what becomes of it.
class DossierView final : public View {
 public:
  DossierView(const Replica& replica, std::string_view dossier_id, const DossierKey& key, ViewContext context)
      : base_(replica, dossier_id, key), overlay_(base_), context_(std::move(context)) {}

  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override {
    return overlay_.Find(record_id);
  }
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override {
    return overlay_.ChildrenOf(parent);
  }
  [[nodiscard]] std::optional<Error> TakeError() const override;
  [[nodiscard]] const rules::DossierReader& Confirmed() const override { return base_; }
  // Whether a read ever failed because of what lies on the disk.
  [[nodiscard]] bool saw_damage() const { return saw_damage_; }

  // The dossier's zone, as the view shows it now.
  [[nodiscard]] rules::Zone Zone() const;

  // What the mutation would change. Its form must be right (rules::Validate) and its intent known.
  [[nodiscard]] std::variant<rules::Change, rules::Violation> Try(const v1::Mutation& mutation,
                                                                  rules::Instant now) const;
  // Shows it from now on.
  void Show(const rules::Change& change) { overlay_.Put(change); }
  // Shows what it changes, if it applies: as of when it was meant, so that the view does not hang on when it
  // is built.
  void ShowPending(const v1::Mutation& mutation);

 private:
  BaseReader base_;
  rules::Overlay overlay_;
  ViewContext context_;
  mutable bool saw_damage_ = false;
};

}  // namespace brug::sdk
