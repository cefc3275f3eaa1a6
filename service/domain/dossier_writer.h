#pragma once

#include <optional>
#include <string>

#include "brug/v1/log.pb.h"
#include "proto/crypto/digest.h"
#include "proto/rules/apply.h"
#include "service/domain/desk.h"
#include "service/domain/sealed_dossier.h"

namespace brug::domain {

// One dossier while an operation writes it: every Commit moves the head by one revision, and head, records
// and log move together. Nothing is there until the transaction commits.
class DossierWriter {
 public:
  // Opens an existing dossier: nothing when it does not exist; a failure when its key cannot be had.
  static platform::Result<std::optional<DossierWriter>> Open(Desk& desk, const std::string& dossier_id);
  // Makes a dossier with its key, at revision 0, on behalf of an operation that commits its first revision at
  // once.
  static platform::Result<DossierWriter> Make(Desk& desk, const std::string& dossier_id);

  [[nodiscard]] const SealedDossier& view() const { return view_; }
  [[nodiscard]] const DossierAccess& access() const { return view_.access(); }
  [[nodiscard]] const storage::DossierHead& head() const { return head_; }
  [[nodiscard]] std::int64_t next_revision() const { return head_.revision + 1; }

  // What day it is in the dossier's time zone.
  [[nodiscard]] rules::Day Today() const;

  // The occasion of whatever is applied next, by `author` at `at`.
  [[nodiscard]] rules::Occasion OccasionFor(v1::Author author, rules::Instant at) const;
  // The occasion of what the service itself does.
  [[nodiscard]] rules::Occasion ServiceOccasion() const;

  // Writes what changed as the next revision. `entry` says who, from where and why; its point, time and
  // overwritten records are filled here. A failure when a row was damaged or the head moved: nothing of this
  // operation may stay.
  platform::Result<v1::Point> Commit(const rules::Change& change, v1::LogEntry entry, rules::Instant at);

  // Whoever may read the dossier changed: cursors say so from now on. Part of the next Commit.
  void RaiseRightsVersion() { ++rights_raised_; }

 private:
  DossierWriter(Desk& desk, DossierAccess access, storage::DossierHead head);

  // Takes what `change` replaces out of the digest and adds what it brings; from then on the view shows it.
  platform::Result<void> MoveDigest(const rules::Change& change);

  Desk* desk_;
  storage::DossierHead head_;
  SealedDossier view_;
  // Over the live records at the head; read with the first Commit.
  std::optional<crypto::SetDigest> digest_;
  std::int64_t rights_raised_ = 0;
};

}  // namespace brug::domain
