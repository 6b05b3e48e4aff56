#include "auth/credential_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

absl::StatusOr<CredentialFile> Parse(std::string_view text) {
  return ParseCredentialFile(text, "keys.yaml");
}

auto Refused(std::string_view why) {
  return StatusIs(absl::StatusCode::kInvalidArgument,
                  AllOf(HasSubstr("keys.yaml"), HasSubstr(std::string(why))));
}

TEST(CredentialFileTest, SaysWhichKeyIsMissing) {
  EXPECT_THAT(Parse(""), Refused("`api_key: ...`"));
  EXPECT_THAT(Parse("api_secret: s"), Refused("`api_key: ...`"));
  EXPECT_THAT(Parse("api_key: k"), Refused("`api_secret: ...` or `api_secret_file: PATH`"));
}

TEST(CredentialFileTest, RefusesALineWithoutColonAndDoesNotQuoteIt) {
  const auto result = Parse("api_key: k\nhunter2\n");

  EXPECT_THAT(result, Refused("keys.yaml:2: expected `key: value`"));
  EXPECT_THAT(result.status().message(), Not(HasSubstr("hunter2")));
}

TEST(CredentialFileTest, RefusesAnUnknownKeyAndDoesNotQuoteIt) {
  const auto result = Parse("\n# comment\nhunter2: x\n");

  EXPECT_THAT(result, Refused("keys.yaml:3: unknown key; the known ones are api_key, api_secret"));
  EXPECT_THAT(result.status().message(), Not(HasSubstr("hunter2")));
}

TEST(CredentialFileTest, RefusesAKeyWithoutValue) {
  EXPECT_THAT(Parse("api_key:\n"), Refused("keys.yaml:1: api_key has no value"));
  EXPECT_THAT(Parse("api_key: ''\n"), Refused("keys.yaml:1: api_key has no value"));
  EXPECT_THAT(Parse("api_key: # later\n"), Refused("keys.yaml:1: api_key has no value"));
}

TEST(CredentialFileTest, RefusesAKeyGivenTwice) {
  EXPECT_THAT(Parse("api_key: a\napi_key: b\n"), Refused("keys.yaml:2: this key was given before"));
  EXPECT_THAT(Parse("api_secret_file: a\napi_secret_file: b\n"),
              Refused("keys.yaml:2: this key was given before"));
}

TEST(CredentialFileTest, RefusesSecretAndSecretFileTogether) {
  EXPECT_THAT(Parse("api_key: k\napi_secret: s\napi_secret_file: f\n"),
              Refused("both api_secret and api_secret_file"));
}

TEST(CredentialFileTest, RefusesBrokenQuotes) {
  EXPECT_THAT(Parse("api_key: \"k\n"), Refused("keys.yaml:1: the quoted value has no closing"));
  EXPECT_THAT(Parse("api_key: \"k\" x\n"), Refused("keys.yaml:1: there is text after"));
}

TEST(CredentialFileTest, RefusesHalfAWallet) {
  EXPECT_THAT(Parse("wallet_key: 0xhunter2\n"), Refused("no line `account_address"));
  EXPECT_THAT(Parse("account_address: 0x1\n"), Refused("no line `wallet_key"));
  EXPECT_THAT(Parse("vault_address: 0x1\n"), Refused("no line `wallet_key"));
}

TEST(CredentialFileTest, RefusesAnApiKeyBesideAWallet) {
  EXPECT_THAT(Parse("wallet_key: 0x1\naccount_address: 0x1\napi_key: k\n"),
              Refused("lines of an API key and of a wallet"));
  EXPECT_THAT(Parse("wallet_key: 0x1\naccount_address: 0x1\napi_secret_file: f\n"),
              Refused("lines of an API key and of a wallet"));
}

TEST(CredentialFileTest, RefusesAWalletLineGivenTwice) {
  EXPECT_THAT(Parse("wallet_key: 0x1\nwallet_key: 0x1\n"), Refused("keys.yaml:2: "));
  EXPECT_THAT(Parse("account_address: 0x1\naccount_address: 0x1\n"), Refused("keys.yaml:2: "));
}

TEST(CredentialFileTest, ReadsAWallet) {
  const auto file = Parse("wallet_key: 0xk\naccount_address: 0xa\nvault_address: 0xv\n");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->wallet_key.reveal(), "0xk");
  EXPECT_EQ(file->account_address, "0xa");
  EXPECT_EQ(file->vault_address, "0xv");
}

TEST(CredentialFileTest, ReadsKeyAndSecret) {
  const auto file = Parse("api_key: vmPU\napi_secret: Nhqp\n");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->api_key.reveal(), "vmPU");
  EXPECT_EQ(file->api_secret.reveal(), "Nhqp");
  EXPECT_EQ(file->api_secret_file, "");
  EXPECT_TRUE(file->passphrase.empty());
}

TEST(CredentialFileTest, TakesCommentsBlankLinesSpacesAndCarriageReturns) {
  const auto file = Parse("# mine\r\n\r\n  api_key :  vmPU  # trade only\r\napi_secret:a:b#c");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->api_key.reveal(), "vmPU");
  EXPECT_EQ(file->api_secret.reveal(), "a:b#c");
}

TEST(CredentialFileTest, TakesQuotedValuesLiterally) {
  const auto file = Parse("api_key: 'k'\napi_secret: \"s\" # fine\npassphrase: ' a \"b\\n # c '\n");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->api_key.reveal(), "k");
  EXPECT_EQ(file->api_secret.reveal(), "s");
  EXPECT_EQ(file->passphrase.reveal(), " a \"b\\n # c ");
}

TEST(CredentialFileTest, NamesTheSecretFile) {
  const auto file = Parse("api_key: k\napi_secret_file: ed25519.pem\n");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->api_secret_file, "ed25519.pem");
  EXPECT_TRUE(file->api_secret.empty());
}

}  // namespace
}  // namespace colibri
