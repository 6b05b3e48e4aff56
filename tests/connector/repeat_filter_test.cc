#include "connector/repeat_filter.h"

#include "gtest/gtest.h"

namespace colibri {
namespace {

BestQuoteMessage Quote(int64_t update_id) {
  BestQuoteMessage quote;
  quote.update_id = update_id;
  return quote;
}

TEST(RepeatFilterTest, IsOffUntilTold) {
  EXPECT_FALSE(RepeatFilter().is_on());
}

TEST(RepeatFilterTest, DropsATradeThatBothCarryOnceAndOfItsInstrumentAlone) {
  RepeatFilter repeats;
  repeats.Record();
  EXPECT_FALSE(repeats.IsRepeat(0, TradeMessage{.trade_id = "t1"}));
  repeats.Filter();

  EXPECT_FALSE(repeats.IsRepeat(1, TradeMessage{.trade_id = "t1"}));
  EXPECT_FALSE(repeats.IsRepeat(0, TradeMessage{.trade_id = "t2"}));
  EXPECT_TRUE(repeats.IsRepeat(0, TradeMessage{.trade_id = "t1"}));
}

TEST(RepeatFilterTest, TradesWithoutAnIdAllPass) {
  RepeatFilter repeats;
  repeats.Record();
  EXPECT_FALSE(repeats.IsRepeat(0, TradeMessage{}));
  repeats.Filter();

  EXPECT_FALSE(repeats.IsRepeat(0, TradeMessage{}));
}

TEST(RepeatFilterTest, QuotesNeverGoBack) {
  RepeatFilter repeats;
  repeats.Record();
  EXPECT_FALSE(repeats.IsRepeat(0, Quote(7)));
  repeats.Filter();

  EXPECT_TRUE(repeats.IsRepeat(0, Quote(6)));
  EXPECT_TRUE(repeats.IsRepeat(0, Quote(7)));
  EXPECT_FALSE(repeats.IsRepeat(0, Quote(8)));
  EXPECT_FALSE(repeats.IsRepeat(1, Quote(6)));
}

TEST(RepeatFilterTest, QuotesWithoutIdsNeverGoBackInTime) {
  BestQuoteMessage quote;
  quote.venue_time_ms = 1000;
  RepeatFilter repeats;
  repeats.Record();
  EXPECT_FALSE(repeats.IsRepeat(0, quote));
  repeats.Filter();

  EXPECT_FALSE(repeats.IsRepeat(0, quote)) << "two quotes of one block";
  quote.venue_time_ms = 999;
  EXPECT_TRUE(repeats.IsRepeat(0, quote));
  EXPECT_FALSE(repeats.IsRepeat(1, quote));
}

TEST(RepeatFilterTest, WholeBooksNeverGoBack) {
  RepeatFilter repeats;
  repeats.Record();
  EXPECT_FALSE(repeats.IsRepeat(0, BookSnapshot{.last_update_id = 50}));
  repeats.Filter();

  for (int64_t id = 40; id < 50; ++id) {
    EXPECT_TRUE(repeats.IsRepeat(0, BookSnapshot{.last_update_id = id}));
  }
  EXPECT_FALSE(repeats.IsRepeat(0, BookSnapshot{.last_update_id = 50}));
  EXPECT_FALSE(repeats.IsRepeat(1, BookSnapshot{.last_update_id = 40}));
}

TEST(RepeatFilterTest, ACandleClosesOnce) {
  CandleMessage candle;
  candle.interval = "1m";
  candle.open_time_ms = 60'000;
  candle.is_closed = true;
  RepeatFilter repeats;
  repeats.Record();
  EXPECT_FALSE(repeats.IsRepeat(0, candle));
  repeats.Filter();

  EXPECT_TRUE(repeats.IsRepeat(0, candle));
  candle.open_time_ms = 120'000;
  EXPECT_FALSE(repeats.IsRepeat(0, candle));
}

TEST(RepeatFilterTest, IsBounded) {
  RepeatFilter repeats;
  repeats.Record();
  for (size_t i = 0; i <= RepeatFilter::kRememberedMax; ++i) {
    EXPECT_FALSE(repeats.IsRepeat(0, TradeMessage{.trade_id = StrCat(i)}));
  }
  repeats.Filter();

  EXPECT_TRUE(repeats.IsRepeat(0, TradeMessage{.trade_id = "0"}));
  EXPECT_FALSE(repeats.IsRepeat(0, TradeMessage{.trade_id = StrCat(RepeatFilter::kRememberedMax)}));
}

}  // namespace
}  // namespace colibri
