#include "auth/credentials.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/auth/secret_folder.h"
#include "tests/auth/test_keys.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

using Variables = std::map<std::string, std::string>;

absl::StatusOr<Credentials> FromEnvironment(const Variables& variables,
                                            std::string venue = "binance") {
  return LoadCredentials({.venue = std::move(venue), .environment = [&](const char* name) {
                            const auto found = variables.find(name);
                            return found == variables.end() ? nullptr : found->second.c_str();
                          }});
}

absl::StatusOr<Credentials> FromFile(const std::string& path) {
  return LoadCredentials({.venue = "binance", .file = path});
}

TEST(CredentialsFromEnvironmentTest, NamesTheVariablesToSetWhenNoneIs) {
  EXPECT_THAT(FromEnvironment({}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("COLIBRI_BINANCE_API_KEY"),
                             HasSubstr("COLIBRI_BINANCE_API_SECRET"))));
}

TEST(CredentialsFromEnvironmentTest, NamesTheMissingHalf) {
  EXPECT_THAT(
      FromEnvironment({{"COLIBRI_BINANCE_API_KEY", "hunter2"}}),
      StatusIs(kInvalid,
               AllOf(HasSubstr("set COLIBRI_BINANCE_API_SECRET too"), Not(HasSubstr("hunter2")))));
  EXPECT_THAT(
      FromEnvironment({{"COLIBRI_BINANCE_API_SECRET", "hunter2"}}),
      StatusIs(kInvalid,
               AllOf(HasSubstr("set COLIBRI_BINANCE_API_KEY too"), Not(HasSubstr("hunter2")))));
}

TEST(CredentialsFromEnvironmentTest, TakesEmptyAndBlankForNotSet) {
  EXPECT_THAT(
      FromEnvironment({{"COLIBRI_BINANCE_API_KEY", ""}, {"COLIBRI_BINANCE_API_SECRET", " \n"}}),
      StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(
      FromEnvironment({{"COLIBRI_BINANCE_API_KEY", "k"}, {"COLIBRI_BINANCE_API_SECRET", ""}}),
      StatusIs(kInvalid, HasSubstr("set COLIBRI_BINANCE_API_SECRET too")));
}

TEST(CredentialsFromEnvironmentTest, RefusesABadPasteAndDoesNotQuoteIt) {
  EXPECT_THAT(FromEnvironment({{"COLIBRI_BINANCE_API_KEY", "hun\r\nter2"},
                               {"COLIBRI_BINANCE_API_SECRET", "s"}}),
              StatusIs(kInvalid,
                       AllOf(HasSubstr("COLIBRI_BINANCE_API_KEY"),
                             HasSubstr("offset 3"),
                             Not(HasSubstr("hun")))));
  EXPECT_THAT(FromEnvironment(
                  {{"COLIBRI_BINANCE_API_KEY", "k"}, {"COLIBRI_BINANCE_API_SECRET", "hun ter2"}}),
              StatusIs(kInvalid, HasSubstr("COLIBRI_BINANCE_API_SECRET")));
}

TEST(CredentialsFromEnvironmentTest, RefusesAVenueThatMakesNoVariableName) {
  EXPECT_THAT(FromEnvironment({}, "bin-ance"), StatusIs(kInvalid, HasSubstr("bin-ance")));
  EXPECT_THAT(FromEnvironment({}, ""), StatusIs(kInvalid));
}

TEST(CredentialsFromEnvironmentTest, ReadsTheVenuesOwnVariables) {
  const Variables variables = {{"COLIBRI_BINANCE_API_KEY", "k"},
                               {"COLIBRI_BINANCE_API_SECRET", "s\n"},
                               {"COLIBRI_BINANCE_PERPETUAL_API_KEY", "pk"},
                               {"COLIBRI_BINANCE_PERPETUAL_API_SECRET", "ps"},
                               {"COLIBRI_BINANCE_PERPETUAL_API_PASSPHRASE", "open sesame"}};

  const auto spot = FromEnvironment(variables, "binance");
  ASSERT_THAT(spot, IsOk());
  EXPECT_EQ(spot->api_key.reveal(), "k");
  EXPECT_EQ(spot->api_secret.reveal(), "s");
  EXPECT_TRUE(spot->passphrase.empty());

  const auto perpetual = FromEnvironment(variables, "binance_perpetual");
  ASSERT_THAT(perpetual, IsOk());
  EXPECT_EQ(perpetual->api_key.reveal(), "pk");
  EXPECT_EQ(perpetual->api_secret.reveal(), "ps");
  EXPECT_EQ(perpetual->passphrase.reveal(), "open sesame");
}

TEST(CredentialsFromEnvironmentTest, TakesAPemOfSeveralLines) {
  const auto credentials = FromEnvironment(
      {{"COLIBRI_BINANCE_API_KEY", "k"}, {"COLIBRI_BINANCE_API_SECRET", std::string(kEd25519Pem)}});

  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->api_secret.reveal(), kEd25519Pem.substr(0, kEd25519Pem.size() - 1));
}

TEST(CredentialsFromEnvironmentTest, NamesTheMissingHalfOfAWallet) {
  EXPECT_THAT(FromEnvironment({{"COLIBRI_BINANCE_WALLET_KEY", "hunter2"}}),
              StatusIs(kInvalid,
                       AllOf(HasSubstr("set COLIBRI_BINANCE_ACCOUNT_ADDRESS too"),
                             Not(HasSubstr("hunter2")))));
  EXPECT_THAT(FromEnvironment({{"COLIBRI_BINANCE_ACCOUNT_ADDRESS", "0x1"}}),
              StatusIs(kInvalid, HasSubstr("set COLIBRI_BINANCE_WALLET_KEY too")));
}

TEST(CredentialsFromEnvironmentTest, RefusesAnApiKeyBesideAWallet) {
  EXPECT_THAT(FromEnvironment({{"COLIBRI_BINANCE_WALLET_KEY", "hunter2"},
                               {"COLIBRI_BINANCE_ACCOUNT_ADDRESS", "0x1"},
                               {"COLIBRI_BINANCE_API_KEY", "k"}}),
              StatusIs(kInvalid, AllOf(HasSubstr("both"), Not(HasSubstr("hunter2")))));
}

TEST(CredentialsFromEnvironmentTest, RefusesABadPasteOfAWallet) {
  EXPECT_THAT(FromEnvironment({{"COLIBRI_BINANCE_WALLET_KEY", "0x hunter2"},
                               {"COLIBRI_BINANCE_ACCOUNT_ADDRESS", "0x1"}}),
              StatusIs(kInvalid,
                       AllOf(HasSubstr("COLIBRI_BINANCE_WALLET_KEY"),
                             HasSubstr("offset 2"),
                             Not(HasSubstr("hunter2")))));
  EXPECT_THAT(FromEnvironment({{"COLIBRI_BINANCE_WALLET_KEY", "0x1"},
                               {"COLIBRI_BINANCE_ACCOUNT_ADDRESS", "0x1 2"}}),
              StatusIs(kInvalid, HasSubstr("COLIBRI_BINANCE_ACCOUNT_ADDRESS")));
}

TEST(CredentialsFromEnvironmentTest, ReadsAWallet) {
  const auto credentials = FromEnvironment({{"COLIBRI_BINANCE_WALLET_KEY", "0xkey\n"},
                                            {"COLIBRI_BINANCE_ACCOUNT_ADDRESS", "0xaccount"},
                                            {"COLIBRI_BINANCE_VAULT_ADDRESS", "0xvault"}});

  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->wallet_key.reveal(), "0xkey");
  EXPECT_EQ(credentials->account_address, "0xaccount");
  EXPECT_EQ(credentials->vault_address, "0xvault");
  EXPECT_TRUE(credentials->api_key.empty());
}

TEST(CredentialsFromFileTest, ReadsAWallet) {
  const SecretFolder folder;
  const std::string path =
      folder.Write("keys.yaml", "wallet_key: '0xkey'\naccount_address: 0xaccount  # mine\n", 0600);

  const auto credentials = FromFile(path);

  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->wallet_key.reveal(), "0xkey");
  EXPECT_EQ(credentials->account_address, "0xaccount");
  EXPECT_EQ(credentials->vault_address, "");
}

TEST(CredentialsFromFileTest, RefusesAWalletKeyWithASpaceInside) {
  const SecretFolder folder;
  const std::string path =
      folder.Write("keys.yaml", "wallet_key: 0x hunter2\naccount_address: 0xa\n", 0600);

  EXPECT_THAT(FromFile(path),
              StatusIs(kInvalid, AllOf(HasSubstr("wallet_key in "), Not(HasSubstr("hunter2")))));
}

TEST(CredentialsFromFileTest, RefusesAFileThatOthersCanRead) {
  const SecretFolder folder;
  const std::string path = folder.Write("keys.yaml", "api_key: k\napi_secret: hunter2\n", 0644);

  EXPECT_THAT(FromFile(path),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       AllOf(HasSubstr("chmod 600 '" + path + "'"), Not(HasSubstr("hunter2")))));
}

TEST(CredentialsFromFileTest, RefusesASecretFileThatOthersCanRead) {
  const SecretFolder folder;
  const std::string pem = folder.Write("key.pem", kEd25519Pem, 0640);
  const std::string path =
      folder.Write("keys.yaml", "api_key: k\napi_secret_file: key.pem\n", 0600);

  EXPECT_THAT(FromFile(path),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("chmod 600 '" + pem + "'")));
}

// NotFound would read as "no keys wanted", and the program would run without them.
TEST(CredentialsFromFileTest, TakesANamedFileThatIsMissingForAMistake) {
  const SecretFolder folder;
  const std::string path =
      folder.Write("keys.yaml", "api_key: k\napi_secret_file: gone.pem\n", 0600);

  EXPECT_THAT(FromFile(folder.PathOf("gone.yaml")), StatusIs(kInvalid, HasSubstr("gone.yaml")));
  EXPECT_THAT(FromFile(path), StatusIs(kInvalid, HasSubstr("gone.pem")));
}

TEST(CredentialsFromFileTest, RefusesAnEmptySecretFile) {
  const SecretFolder folder;
  folder.Write("key.pem", "\n", 0600);
  const std::string path =
      folder.Write("keys.yaml", "api_key: k\napi_secret_file: key.pem\n", 0600);

  EXPECT_THAT(FromFile(path), StatusIs(kInvalid, HasSubstr("key.pem is empty")));
}

TEST(CredentialsFromFileTest, RefusesAKeyWithASpaceInside) {
  const SecretFolder folder;
  const std::string path = folder.Write("keys.yaml", "api_key: hun ter2\napi_secret: s\n", 0600);

  EXPECT_THAT(FromFile(path),
              StatusIs(kInvalid, AllOf(HasSubstr("api_key in "), Not(HasSubstr("hun ")))));
}

TEST(CredentialsFromFileTest, ReadsKeyAndSecretAndIgnoresTheEnvironment) {
  const SecretFolder folder;
  const std::string path = folder.Write("keys.yaml", "api_key: k\napi_secret: s\n", 0600);

  const auto credentials =
      LoadCredentials({.venue = "binance", .file = path, .environment = [](const char*) {
                         return "from the environment";
                       }});

  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->api_key.reveal(), "k");
  EXPECT_EQ(credentials->api_secret.reveal(), "s");
}

TEST(CredentialsFromFileTest, FindsTheSecretFileBesideTheCredentialsFile) {
  const SecretFolder folder;
  const std::string pem = folder.Write("key.pem", kEd25519Pem, 0600);
  const std::string relative =
      folder.Write("keys.yaml", "api_key: k\napi_secret_file: key.pem\n", 0600);
  const std::string absolute =
      folder.Write("absolute.yaml", "api_key: k\napi_secret_file: " + pem + "\n", 0600);

  for (const std::string& path : {relative, absolute}) {
    const auto credentials = FromFile(path);
    ASSERT_THAT(credentials, IsOk());
    EXPECT_EQ(credentials->api_secret.reveal(), kEd25519Pem.substr(0, kEd25519Pem.size() - 1));
  }
}

TEST(CredentialsTest, CloneOwnsItsOwnBytes) {
  Credentials original{.api_key = Secret("k"),
                       .api_secret = Secret("s"),
                       .passphrase = Secret("p"),
                       .wallet_key = Secret("w"),
                       .account_address = "a",
                       .vault_address = "v"};

  const Credentials clone = original.Clone();
  original = Credentials();

  EXPECT_EQ(clone.api_key.reveal(), "k");
  EXPECT_EQ(clone.api_secret.reveal(), "s");
  EXPECT_EQ(clone.passphrase.reveal(), "p");
  EXPECT_EQ(clone.wallet_key.reveal(), "w");
  EXPECT_EQ(clone.account_address, "a");
  EXPECT_EQ(clone.vault_address, "v");
}

}  // namespace
}  // namespace colibri
