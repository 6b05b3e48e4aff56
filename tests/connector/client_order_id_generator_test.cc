#include "connector/client_order_id_generator.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

constexpr absl::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz-_";
const absl::Time kNow = absl::FromUnixMillis(1'700'000'000'123);

absl::StatusOr<ClientOrderIdGenerator> Make(std::string_view prefix,
                                            std::string_view alphabet,
                                            size_t length_max,
                                            uint64_t seed = 1,
                                            absl::Time now = kNow) {
  Random random(seed);
  return ClientOrderIdGenerator::Create(prefix, alphabet, length_max, now, random);
}

TEST(ClientOrderIdGeneratorTest, RefusesAPrefixOutsideOfTheAlphabet) {
  EXPECT_THAT(Make("clb!", "abcl0123456789", 36),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("clb!")));
}

TEST(ClientOrderIdGeneratorTest, RefusesAPrefixThatLeavesNoRoom) {
  EXPECT_THAT(Make("a-very-long-prefix-for-an-order", "", 36),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too long")));
}

TEST(ClientOrderIdGeneratorTest, IdsAreDifferentWithinAlphabetAndLength) {
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator ids,
                       Make("clb", std::string_view(kAlphabet.data(), kAlphabet.size()), 36));
  std::set<std::string> seen;
  for (int i = 0; i < 100'000; ++i) {
    const ClientOrderId id = ids.Next();
    ASSERT_TRUE(seen.insert(id.ToString()).second);
    ASSERT_LE(id.view().size(), 36);
    ASSERT_EQ(id.view().find_first_not_of(kAlphabet.data()), std::string_view::npos);
  }
}

TEST(ClientOrderIdGeneratorTest, RestartsDoNotRepeatIds) {
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator first, Make("clb", "", 36, 1));
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator same_millisecond, Make("clb", "", 36, 2));
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator later,
                       Make("clb", "", 36, 1, kNow + absl::Milliseconds(1)));

  const ClientOrderId id = first.Next();
  EXPECT_NE(same_millisecond.Next(), id);
  EXPECT_NE(later.Next(), id);
}

TEST(ClientOrderIdGeneratorTest, UsesDecimalDigitsWhereTheVenueTakesNoLetters) {
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator ids, Make("7", "0123456789", 40));

  EXPECT_EQ(ids.Next().view().find_first_not_of("0123456789"), std::string_view::npos);
}

TEST(ClientOrderIdGeneratorTest, KnowsIdsOfEarlierRuns) {
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator ids, Make("clb", "", 36));
  ASSERT_OK_AND_ASSIGN(ClientOrderIdGenerator earlier, Make("clb", "", 36, 9));

  EXPECT_TRUE(ids.IsOurs(earlier.Next()));
  EXPECT_FALSE(ids.IsOurs(ClientOrderId("web_123")));
}

TEST(ToDigitsTest, WritesAnyBase) {
  EXPECT_EQ(ToDigits(0, "0123456789", 0), "0");
  EXPECT_EQ(ToDigits(35, "0123456789abcdefghijklmnopqrstuvwxyz", 4), "000z");
  EXPECT_EQ(ToDigits(1234, "0123456789", 2), "1234");
}

}  // namespace
}  // namespace colibri
