#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "client-sdk/src/sync/storage.h"

namespace brug::simulation {

// An outbox that is the one below; whoever plants a fault overrides what it is to do.
class ForwardingOutbox : public sdk::Outbox {
 public:
  explicit ForwardingOutbox(sdk::Outbox& below) : below_(below) {}

  Result<std::int64_t> LastOrdinal() const override { return below_.LastOrdinal(); }
  Result<void> Append(const sdk::PendingRow& pending) override { return below_.Append(pending); }
  Result<std::vector<sdk::PendingRow>> ListPending(std::string_view dossier_id) const override {
    return below_.ListPending(dossier_id);
  }
  Result<std::vector<sdk::PendingRow>> ListPushable(std::string_view dossier_id,
                                                    std::size_t count_max) const override {
    return below_.ListPushable(dossier_id, count_max);
  }
  Result<std::vector<sdk::PendingTotal>> PendingTotals() const override { return below_.PendingTotals(); }
  Result<std::optional<sdk::PendingRow>> OldestPending() const override { return below_.OldestPending(); }
  Result<void> SetSequence(std::int64_t ordinal, std::int64_t sequence) override {
    return below_.SetSequence(ordinal, sequence);
  }
  Result<void> MarkApplied(std::int64_t ordinal, std::int64_t applied_revision,
                           std::string_view sealed_outcome) override {
    return below_.MarkApplied(ordinal, applied_revision, sealed_outcome);
  }
  Result<void> ClearApplied(std::string_view dossier_id) override { return below_.ClearApplied(dossier_id); }
  Result<std::int64_t> SettleApplied(std::string_view dossier_id, std::int64_t revision) override {
    return below_.SettleApplied(dossier_id, revision);
  }
  Result<void> Reject(std::int64_t ordinal, std::string_view sealed_outcome) override {
    return below_.Reject(ordinal, sealed_outcome);
  }
  Result<void> Remove(std::int64_t ordinal) override { return below_.Remove(ordinal); }
  Result<std::vector<sdk::SettledRow>> ListRejected() const override { return below_.ListRejected(); }
  Result<void> DismissRejected(std::int64_t ordinal) override { return below_.DismissRejected(ordinal); }
  Result<std::vector<sdk::SettledRow>> ListRing(std::string_view dossier_id,
                                                std::size_t count_max) const override {
    return below_.ListRing(dossier_id, count_max);
  }
  Result<void> RemoveFromRing(std::int64_t ordinal) override { return below_.RemoveFromRing(ordinal); }
  Result<std::int64_t> OfferAgain(std::string_view dossier_id, std::int64_t tries_max) override {
    return below_.OfferAgain(dossier_id, tries_max);
  }
  Result<std::vector<sdk::OfferNote>> ListParked(std::string_view dossier_id) const override {
    return below_.ListParked(dossier_id);
  }
  Result<void> Park(const sdk::OfferNote& note) override { return below_.Park(note); }
  Result<std::vector<sdk::Numbering>> ListNumberings() const override { return below_.ListNumberings(); }
  Result<void> PutNumbering(const sdk::Numbering& numbering) override {
    return below_.PutNumbering(numbering);
  }
  Result<void> PurgeDossier(std::string_view dossier_id) override { return below_.PurgeDossier(dossier_id); }
  Result<void> PurgeAll() override { return below_.PurgeAll(); }

 protected:
  sdk::Outbox& below_;
};

// A device's storage whose outbox tells of what is appended to it.
class WatchedStorage final : public sdk::Storage {
 public:
  using OnAppend = std::function<void(const sdk::PendingRow&)>;
  // Puts another outbox before the one below.
  using Decorate = std::function<std::unique_ptr<sdk::Outbox>(sdk::Outbox& below)>;

  WatchedStorage(std::unique_ptr<sdk::Storage> below, OnAppend on_append, const Decorate& decorate)
      : below_(std::move(below)),
        decorated_(decorate ? decorate(below_->outbox()) : nullptr),
        outbox_(decorated_ ? *decorated_ : below_->outbox(), std::move(on_append)) {}

  sdk::Transactions& transactions() override { return below_->transactions(); }
  sdk::Replica& replica() override { return below_->replica(); }
  sdk::Outbox& outbox() override { return outbox_; }
  sdk::Unanswered& unanswered() override { return below_->unanswered(); }
  Result<sdk::Rescued> Rescue() override { return below_->Rescue(); }

 private:
  class Watched final : public ForwardingOutbox {
   public:
    Watched(sdk::Outbox& below, OnAppend on_append)
        : ForwardingOutbox(below), on_append_(std::move(on_append)) {}
    Result<void> Append(const sdk::PendingRow& pending) override {
      auto appended = below_.Append(pending);
      if (appended.ok()) on_append_(pending);
      return appended;
    }

   private:
    OnAppend on_append_;
  };

  std::unique_ptr<sdk::Storage> below_;
  std::unique_ptr<sdk::Outbox> decorated_;
  Watched outbox_;
};

}  // namespace brug::simulation
