#include "core/trading_pair.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

TEST(TradingPairTest, RefusesTextThatIsNoPair) {
  for (const std::string_view text :
       {"", "-", "BTC", "BTCUSDT", "BTC-", "-USDT", "BTC -USDT", "BTC-US DT", "BTC-USDT\n"}) {
    EXPECT_THAT(TradingPair::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("BASE-QUOTE")))
        << text;
  }
}

TEST(TradingPairTest, SplitsAtTheDash) {
  EXPECT_THAT(TradingPair::Parse("BTC-USDT"), IsOkAndHolds(TradingPair{"BTC", "USDT"}));
}

TEST(TradingPairTest, SplitsAtTheLastDash) {
  EXPECT_THAT(TradingPair::Parse("BTC-250627-USDT"),
              IsOkAndHolds(TradingPair{"BTC-250627", "USDT"}));
}

TEST(TradingPairTest, PrintsAsItParses) {
  EXPECT_EQ((TradingPair{"1000SATS", "FDUSD"}).ToString(), "1000SATS-FDUSD");
}

TEST(TradingPairTest, OrdersByBaseThenQuote) {
  EXPECT_LT((TradingPair{"BTC", "USDT"}), (TradingPair{"ETH", "BTC"}));
  EXPECT_LT((TradingPair{"BTC", "EUR"}), (TradingPair{"BTC", "USDT"}));
}

}  // namespace
}  // namespace colibri
