#include "core/ids.h"

#include <string>
#include <type_traits>

#include "absl/container/flat_hash_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/counting_allocator.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

static_assert(!std::is_convertible_v<ClientOrderId, ExchangeOrderId>);
static_assert(!std::is_constructible_v<ExchangeOrderId, TradeId>);

TEST(InlineIdTest, RefusesEmptyAndTooLongText) {
  EXPECT_THAT(ClientOrderId::Parse(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ClientOrderId::Parse(std::string(48, 'a')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("48")));
}

TEST(InlineIdDeathTest, LiteralThatIsTooLongIsAMistake) {
  EXPECT_DEATH(ClientOrderId(std::string(48, 'a')), "CHECK failed");
}

TEST(InlineIdTest, KeepsTextOfTheLongestLength) {
  const std::string longest(47, 'a');
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, ClientOrderId::Parse(longest));
  EXPECT_EQ(id.view(), longest);
}

TEST(InlineIdTest, IsEmptyByDefault) {
  EXPECT_TRUE(ClientOrderId().empty());
  EXPECT_EQ(ClientOrderId().view(), "");
}

TEST(InlineIdTest, ComparesAndHashesByText) {
  EXPECT_EQ(TradeId::FromNumber(42), TradeId("42"));
  EXPECT_LT(TradeId("10"), TradeId("9"));
  EXPECT_NE(TradeId("a"), TradeId("ab"));
  const absl::flat_hash_set<TradeId> ids = {TradeId("1"), TradeId("2"), TradeId("1")};
  EXPECT_EQ(ids.size(), 2);
}

TEST(InlineIdTest, CopiesWithoutAllocating) {
  const ExchangeOrderId id(std::string(79, '7'));
  const AllocationCounter allocations;
  const ExchangeOrderId copy = id;
  EXPECT_EQ(copy, id);
  EXPECT_EQ(allocations.count(), 0);
}

}  // namespace
}  // namespace colibri
