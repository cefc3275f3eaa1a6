#include "service/domain/keys.h"

#include <utility>

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

std::string AssociatedData(std::string_view organisation_id, std::string_view name) {
  return "brug/1 key " + std::string(organisation_id) + " " + std::string(name);
}

Failure DoesNotOpen(std::string_view name) {
  return {
      .reason = v1::ERROR_REASON_INTERNAL,
      .log_detail = "the wrapped key '" + std::string(name) + "' does not open: is this the right key file?"};
}

// "voucher", "voucher/2", "voucher/3", …
std::string VoucherKeyName(std::size_t number) {
  return number == 1 ? "voucher" : "voucher/" + std::to_string(number);
}

}  // namespace

KeyRing::KeyRing(storage::KeyStore& store, crypto::SealingKey master, crypto::RandomSource& random)
    : store_(store), master_(std::move(master)), random_(random) {}

Result<std::shared_ptr<const OrganisationKeys>> KeyRing::MakeOrganisation(
    const std::string& organisation_id) {
  return OrganisationOr(organisation_id, true);
}

Result<std::shared_ptr<const OrganisationKeys>> KeyRing::Organisation(const std::string& organisation_id) {
  return OrganisationOr(organisation_id, false);
}

Result<std::shared_ptr<const DossierKeys>> KeyRing::MakeDossier(const OrganisationKeys& organisation,
                                                                const std::string& dossier_id) {
  return DossierOr(organisation, dossier_id, true);
}

Result<std::shared_ptr<const DossierKeys>> KeyRing::Dossier(const OrganisationKeys& organisation,
                                                            const std::string& dossier_id) {
  return DossierOr(organisation, dossier_id, false);
}

std::shared_ptr<const OrganisationKeys> KeyRing::FindBySessionKey(std::string_view key_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_session_key_.find(std::string(key_id));
  return found == by_session_key_.end() ? nullptr : found->second;
}

crypto::SealingKey KeyRing::ServiceKey(std::string_view info) const {
  return crypto::DeriveKey(master_, info);
}

Result<std::shared_ptr<const OrganisationKeys>> KeyRing::OrganisationOr(const std::string& organisation_id,
                                                                        bool make) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = organisations_.find(organisation_id); found != organisations_.end())
      return found->second;
  }
  auto keys = Unwrap(organisation_id, make);
  if (!keys.ok()) return keys;
  const std::lock_guard lock(mutex_);
  const auto [entry, inserted] = organisations_.emplace(organisation_id, *keys);
  if (inserted) by_session_key_.emplace((*keys)->session.PublicKey().KeyId(), *keys);
  return entry->second;
}

Result<std::shared_ptr<const OrganisationKeys>> KeyRing::RotateVoucherKey(const OrganisationKeys& before) {
  const std::string& organisation_id = before.organisation_id;
  auto made =
      SigningKeyOf(before.wrapping, {organisation_id, VoucherKeyName(before.vouchers.size() + 1)}, true);
  if (!made.ok()) return made.failure();
  auto keys = Unwrap(organisation_id, false);
  if (!keys.ok()) return keys;
  const std::lock_guard lock(mutex_);
  organisations_[organisation_id] = *keys;
  by_session_key_[(*keys)->session.PublicKey().KeyId()] = *keys;
  return keys;
}

Result<std::shared_ptr<const OrganisationKeys>> KeyRing::Unwrap(const std::string& organisation_id,
                                                                bool make) {
  auto wrapping = SealingKeyOf(master_, {organisation_id, "organisation"}, make);
  if (!wrapping.ok()) return wrapping.failure();
  auto session = SigningKeyOf(*wrapping, {organisation_id, "session"}, make);
  if (!session.ok()) return session.failure();
  auto statement = SigningKeyOf(*wrapping, {organisation_id, "statement"}, make);
  if (!statement.ok()) return statement.failure();
  auto vouchers = VoucherKeysOf(*wrapping, organisation_id, make);
  if (!vouchers.ok()) return vouchers.failure();
  crypto::SealingKey sealing = crypto::DeriveKey(*wrapping, "brug/1 organisation records");
  crypto::SealingKey cursors = crypto::DeriveKey(*wrapping, "brug/1 cursors");
  crypto::SealingKey codes = crypto::DeriveKey(*wrapping, "brug/1 voucher codes");
  return std::make_shared<const OrganisationKeys>(
      OrganisationKeys{organisation_id, *std::move(wrapping), std::move(sealing), std::move(cursors),
                       std::move(codes), *std::move(session), *std::move(statement), *std::move(vouchers)});
}

Result<std::vector<crypto::SigningKey>> KeyRing::VoucherKeysOf(const crypto::SealingKey& wrapping,
                                                               const std::string& organisation_id,
                                                               bool make) {
  std::vector<crypto::SigningKey> keys;
  auto first = SigningKeyOf(wrapping, {organisation_id, VoucherKeyName(1)}, make);
  if (!first.ok()) return first.failure();
  keys.push_back(*std::move(first));
  while (true) {
    const std::string name = VoucherKeyName(keys.size() + 1);
    const auto row = store_.Find(organisation_id, name);
    if (!row.ok()) return row.failure();
    if (!row->has_value()) return keys;
    auto next = SigningKeyOf(wrapping, {organisation_id, name}, false);
    if (!next.ok()) return next.failure();
    keys.push_back(*std::move(next));
  }
}

Result<std::shared_ptr<const DossierKeys>> KeyRing::DossierOr(const OrganisationKeys& organisation,
                                                              const std::string& dossier_id, bool make) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = dossiers_.find(dossier_id); found != dossiers_.end()) return found->second;
  }
  auto key =
      SealingKeyOf(organisation.wrapping, {organisation.organisation_id, "dossier/" + dossier_id}, make);
  if (!key.ok()) return key.failure();
  auto keys = std::make_shared<const DossierKeys>(DossierKeys{
      crypto::DeriveKey(*key, "brug/1 dossier records"), crypto::DeriveKey(*key, "brug/1 dossier tokens")});
  const std::lock_guard lock(mutex_);
  if (dossiers_.size() >= kDossierKeysCachedMax) dossiers_.erase(dossiers_.begin());
  return dossiers_.emplace(dossier_id, keys).first->second;
}

Result<crypto::SealingKey> KeyRing::SealingKeyOf(const crypto::SealingKey& outer, const WrappedAs& as,
                                                 bool make) {
  const std::string associated_data = AssociatedData(as.organisation_id, as.name);
  std::optional<std::string> made;
  if (make) made = outer.Wrap(crypto::SealingKey::Generate(random_), associated_data, random_);
  auto wrapped = WrappedBytes(as, made);
  if (!wrapped.ok()) return wrapped.failure();
  auto key = outer.Unwrap(*wrapped, associated_data);
  if (!key) return DoesNotOpen(as.name);
  return *std::move(key);
}

Result<crypto::SigningKey> KeyRing::SigningKeyOf(const crypto::SealingKey& outer, const WrappedAs& as,
                                                 bool make) {
  const std::string associated_data = AssociatedData(as.organisation_id, as.name);
  std::optional<std::string> made;
  if (make) {
    const crypto::SecretBytes der = crypto::SigningKey::Generate(random_).ToPkcs8Der();
    made = outer.Seal(der.view(), associated_data, random_);
  }
  auto wrapped = WrappedBytes(as, made);
  if (!wrapped.ok()) return wrapped.failure();
  auto der = outer.Open(*wrapped, associated_data);
  if (!der) return DoesNotOpen(as.name);
  auto key = crypto::SigningKey::FromPkcs8Der(*der);
  crypto::WipeAndClear(*der);
  if (!key) return DoesNotOpen(as.name);
  return *std::move(key);
}

// Whoever inserts first wins, so that two threads (or, later, two services) that make a key end with one.
Result<std::string> KeyRing::WrappedBytes(const WrappedAs& as, const std::optional<std::string>& made) {
  if (made) {
    auto row = store_.InsertOrFind({as.organisation_id, as.name, *made});
    if (!row.ok()) return row.failure();
    return row->wrapped;
  }
  auto row = store_.Find(as.organisation_id, as.name);
  if (!row.ok()) return row.failure();
  if (!row->has_value()) {
    return Failure{.reason = v1::ERROR_REASON_INTERNAL, .log_detail = "no wrapped key '" + as.name + "'"};
  }
  return (*row)->wrapped;
}

}  // namespace brug::domain
