#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "client-sdk/src/vault/private_file.h"
#include "client-sdk/src/vault/vault.h"
#include "proto/crypto/signature.h"
#include "tests/unit/sdk_world.h"

// Encryption at rest, and where desktops keep the keys.
namespace brug::sdk {
namespace {

class Sealing : public testing::Test {
 protected:
  crypto::SeededRandom random_{3};
  MemoryKeyStore key_store_{4};
  Vault vault_ = Vault::Create(key_store_, random_).value();
  DossierKey key_ = Vault::NewDossierKey(random_);
};

TEST_F(Sealing, WhatWasSealedOpensInItsPlaceAlone) {
  const Place place{.kind = "record", .owner = "token", .number = 7};
  const Bytes sealed = key_.Seal("woorden", place, random_);
  EXPECT_EQ(key_.Open(sealed, place).value(), "woorden");
  EXPECT_EQ(sealed.find("woorden"), std::string::npos);
  for (const Place& other : {Place{.kind = "recorc", .owner = "token", .number = 7},
                             Place{.kind = "record", .owner = "tokem", .number = 7},
                             Place{.kind = "record", .owner = "token", .number = 8},
                             Place{.kind = "recordt", .owner = "oken", .number = 7}}) {
    EXPECT_EQ(key_.Open(sealed, other).error().reason, "STORAGE_DAMAGED");
  }
  Bytes changed = sealed;
  changed.back() ^= 1;
  EXPECT_FALSE(key_.Open(changed, place).ok());
  EXPECT_FALSE(Vault::NewDossierKey(random_).Open(sealed, place).ok());
  EXPECT_FALSE(vault_.Open(sealed, place).ok());
}

TEST_F(Sealing, ADossierKeyOpensUnderItsDossierAlone) {
  const Bytes sealed = vault_.SealDossierKey(key_, kDossier, random_);
  const auto opened = vault_.OpenDossierKey(sealed, kDossier);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->RecordToken("profile"), key_.RecordToken("profile"));
  EXPECT_FALSE(vault_.OpenDossierKey(sealed, kOtherDossier).ok());
}

TEST_F(Sealing, TokensTellNeitherTheIdNorTheDossierNorTheFamily) {
  EXPECT_EQ(key_.RecordToken("a").size(), kTokenBytes);
  EXPECT_EQ(key_.RecordToken("a"), key_.RecordToken("a"));
  EXPECT_NE(key_.RecordToken("a"), key_.RecordToken("b"));
  EXPECT_NE(key_.RecordToken("a"), key_.ParentToken("a")) << "a parent is not found by its row";
  EXPECT_NE(key_.RecordToken("a"), Vault::NewDossierKey(random_).RecordToken("a"));
  EXPECT_EQ(key_.ParentToken(""), "");
}

TEST_F(Sealing, TheReplicaKeyOpensWithItsKeyStoreAlone) {
  const Bytes sealed = vault_.Seal("x", Place{.kind = "account", .owner = {}}, random_);
  auto again = Vault::Open(key_store_, vault_.wrapped_key());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->Open(sealed, Place{.kind = "account", .owner = {}}).value(), "x");
  MemoryKeyStore other(5);
  EXPECT_EQ(Vault::Open(other, vault_.wrapped_key()).error().reason, "KEY_STORE_FAILED");
  ASSERT_TRUE(key_store_.Destroy().ok());
  EXPECT_EQ(Vault::Open(key_store_, vault_.wrapped_key()).error().reason, "KEY_STORE_FAILED");
}

class FileKeys : public testing::Test {
 protected:
  [[nodiscard]] std::string Folder() const { return folder_.path() + "/deep/keys"; }
  static unsigned ModeOf(const std::string& path) {
    struct stat about {};
    EXPECT_EQ(::stat(path.c_str(), &about), 0) << path;
    return about.st_mode & 0777;
  }

  ScratchDirectory folder_;
};

TEST_F(FileKeys, KeysStayTheSameForTheNextProcessAndAreTheirOwnersAlone) {
  std::string wrapped;
  std::string public_key;
  {
    FileKeyStore keys(Folder());
    wrapped = keys.Wrap("de sleutel").value();
    public_key = keys.PublicKey().value();
    ASSERT_TRUE(keys.StoreNonce("nonce 1").ok());
  }
  FileKeyStore keys(Folder());
  EXPECT_EQ(keys.Unwrap(wrapped).value(), "de sleutel");
  EXPECT_EQ(keys.PublicKey().value(), public_key);
  EXPECT_EQ(keys.LoadNonce().value(), "nonce 1");
  const auto verifying_key = crypto::VerifyingKey::FromSpkiDer(public_key);
  ASSERT_TRUE(verifying_key.has_value());
  EXPECT_TRUE(verifying_key->Verify("bericht", keys.Sign("bericht").value()));
  EXPECT_EQ(ModeOf(Folder()), 0700U);
  for (const char* name : {"/sealing.key", "/device.key", "/nonce"})
    EXPECT_EQ(ModeOf(Folder() + name), 0600U);
}

TEST_F(FileKeys, AnEmptyStoreHasNoNonce) {
  FileKeyStore keys(Folder());
  EXPECT_EQ(keys.LoadNonce().value(), "");
}

TEST_F(FileKeys, WhatIsDestroyedIsGoneForGoodAndOtherKeysFollow) {
  FileKeyStore keys(Folder());
  const std::string wrapped = keys.Wrap("de sleutel").value();
  const std::string public_key = keys.PublicKey().value();
  ASSERT_TRUE(keys.StoreNonce("nonce").ok());
  ASSERT_TRUE(keys.Destroy().ok());
  ASSERT_TRUE(keys.Destroy().ok());
  EXPECT_EQ(keys.LoadNonce().value(), "");
  EXPECT_FALSE(keys.Unwrap(wrapped).ok());
  EXPECT_NE(keys.PublicKey().value(), public_key);
}

TEST_F(FileKeys, ADamagedKeyIsAnErrorAndIsNotReplacedInSilence) {
  {
    FileKeyStore keys(Folder());
    ASSERT_TRUE(keys.Wrap("k").ok());
    ASSERT_TRUE(keys.PublicKey().ok());
  }
  std::ofstream(Folder() + "/sealing.key", std::ios::trunc) << "kort";
  std::ofstream(Folder() + "/device.key", std::ios::trunc) << "geen sleutel";
  FileKeyStore keys(Folder());
  EXPECT_EQ(keys.Wrap("k").error().reason, "KEY_STORE_FAILED");
  EXPECT_EQ(keys.PublicKey().error().reason, "KEY_STORE_FAILED");
  EXPECT_EQ(ReadPrivateFile(Folder() + "/sealing.key").value(), "kort");
}

}  // namespace
}  // namespace brug::sdk
