#include "auth/wallet_address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(WalletAddressTest, RefusesAnotherLength) {
  EXPECT_THAT(WalletAddress::Parse(""), StatusIs(kInvalid, HasSubstr("has 0")));
  EXPECT_THAT(WalletAddress::Parse("0x5e9ee1089755c3435139848e47e6635505d5a1"),
              StatusIs(kInvalid, HasSubstr("has 40")));
  // A private key in the place of an address: its text stays out of the error.
  EXPECT_THAT(
      WalletAddress::Parse("0x0123456789012345678901234567890123456789012345678901234567890123"),
      StatusIs(kInvalid, AllOf(HasSubstr("has 66"), Not(HasSubstr("0123")))));
}

TEST(WalletAddressTest, RefusesWhatIsNotHex) {
  EXPECT_THAT(WalletAddress::Parse("0x5e9ee1089755c3435139848e47e6635505d5a13g"),
              StatusIs(kInvalid, HasSubstr("offset 39")));
  EXPECT_THAT(WalletAddress::Parse("5e9ee1089755c3435139848e47e6635505d5a13a00"),
              StatusIs(kInvalid, HasSubstr("no 0x")));
}

TEST(WalletAddressTest, PrintsInLowerCase) {
  const auto address = WalletAddress::Parse("0x5E9EE1089755c3435139848e47e6635505d5A13A");

  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->ToString(), "0x5e9ee1089755c3435139848e47e6635505d5a13a");
}

}  // namespace
}  // namespace colibri
