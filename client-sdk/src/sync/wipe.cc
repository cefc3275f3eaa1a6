#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

// What the key store keeps in the place of a nonce.
constexpr std::string_view kUnfinishedWipe = "wiped, but for its files";

}  // namespace

Result<void> Holdings::Wipe() {
  Replica& replica = ports_.storage->replica();
  const auto purge = [&]() -> Result<void> {
    auto transaction = Transaction::Begin(ports_.storage->transactions());
    if (!transaction.ok()) return transaction.error();
    auto purged = ports_.storage->outbox().PurgeAll();
    if (purged.ok()) purged = ports_.storage->unanswered().PurgeAll();
    if (purged.ok()) purged = replica.PurgeAll();
    if (purged.ok()) purged = replica.WriteNote(Note::kWiped, "1");
    return purged.ok() ? transaction->Commit() : purged;
  };
  auto done = purge();
  if (done.ok()) done = ports_.storage->transactions().Scrub();
  // Whatever became of the files: without the keys nobody reads them.
  auto destroyed = ports_.key_store->Destroy();
  *this = Holdings(ports_, language_);
  wiped_ = true;
  if (!destroyed.ok()) return FromKeyStore(destroyed.error());
  // Without this word the next process finds files and no keys, and cannot tell why.
  if (!done.ok()) {
    auto told = ports_.key_store->StoreNonce(kUnfinishedWipe);
    if (!told.ok()) return FromKeyStore(told.error());
  }
  return done;
}

Result<void> Holdings::FinishWipe() {
  auto noted = ports_.storage->replica().ReadNote(Note::kWiped);
  auto nonce = ports_.key_store->LoadNonce();
  if (!noted.ok() || noted->empty() || (nonce.ok() && IsOfUnfinishedWipe(*nonce))) return Wipe();
  // The process may have ended between the purge and this.
  auto destroyed = ports_.key_store->Destroy();
  return destroyed.ok() ? Result<void>() : Result<void>(FromKeyStore(destroyed.error()));
}

bool Holdings::IsOfUnfinishedWipe(std::string_view nonce) { return nonce == kUnfinishedWipe; }

// That the keys are gone is no reason to delete what they sealed: files can come to other hardware, or before
// their keys. A wipe says so itself.
Result<void> Holdings::TellUnfinishedWipe(const Error& error) {
  auto nonce = ports_.key_store->LoadNonce();
  if (!nonce.ok() || !IsOfUnfinishedWipe(*nonce)) return error;
  wiped_ = true;
  return {};
}

}  // namespace brug::sdk
