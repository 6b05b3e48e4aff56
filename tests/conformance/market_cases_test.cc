// Books and other market data, and connections that end: by accident, in the middle, and as
// planned.
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "nlohmann/json.hpp"
#include "tests/conformance/conformance_case.h"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

using absl::StatusCode;

void ExpectBest(const VenueUnderTest& at, const Json& expected) {
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, at.exchange->book(at.pair));
  ASSERT_TRUE(book->best_bid().has_value() && book->best_ask().has_value());
  EXPECT_EQ(book->best_bid()->price, Price(DecimalOf(expected.at("best_bid"))));
  EXPECT_EQ(book->best_ask()->price, Price(DecimalOf(expected.at("best_ask"))));
}

int StaleBooks(const VenueUnderTest& at) {
  const std::vector<BookChanged> changes = at.All<BookChanged>();
  return static_cast<int>(std::count_if(
      changes.begin(), changes.end(), [](const BookChanged& change) { return change.is_stale; }));
}

CONFORMANCE_CASE(Beyond20,
                 FollowsTheChangesOfTheBook,
                 Needs("market_data", "numbered_book"),
                 Reads("book_change")) {
  ASSERT_OK(at.Start());
  at.venue.Push("book_change");
  at.Run(absl::Milliseconds(10));
  ExpectBest(at, at.venue.Expected("book_change"));
  EXPECT_EQ(StaleBooks(at), 0);
}

// S44: within that message, and until the next snapshot.
CONFORMANCE_CASE(Beyond21,
                 SaysThatABookWithAHoleIsStale,
                 Needs("market_data", "numbered_book"),
                 Reads("book_gap", "book_snapshot")) {
  ASSERT_OK(at.Start());
  at.http.Hold(at.venue.KeyOf("book_snapshot"));
  at.venue.Push("book_gap");
  at.Run(absl::Milliseconds(10));
  EXPECT_THAT(at.exchange->book(at.pair).status(), StatusIs(StatusCode::kUnavailable));
  EXPECT_EQ(StaleBooks(at), 1);
  EXPECT_FALSE(at.exchange->health().can_trade(at.pair));
  at.venue.AdvanceBook();
  at.http.Release();
  at.Run(absl::Seconds(10));
  EXPECT_OK(at.exchange->book(at.pair).status());
  EXPECT_TRUE(at.exchange->health().can_trade(at.pair));
  EXPECT_EQ(at.exchange->counters().book_resyncs, 1);
}

CONFORMANCE_CASE(Beyond22,
                 ReplacesTheBookByTheNext,
                 Needs("market_data", "whole_book"),
                 Reads("book_whole")) {
  ASSERT_OK(at.Start());
  at.venue.Push("book_whole");
  at.Run(absl::Milliseconds(10));
  ExpectBest(at, at.venue.Expected("book_whole"));
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, at.exchange->book(at.pair));
  EXPECT_EQ(book->levels(Side::kBuy, 100).size(),
            at.venue.Expected("book_whole").at("bids").get<size_t>());
}

CONFORMANCE_CASE(Beyond23,
                 TellsTheVenuesBestQuotes,
                 Needs("market_data", "best_quotes"),
                 Reads("stream_best_quote")) {
  ASSERT_OK(at.Start());
  at.venue.Push("stream_best_quote");
  at.Run(absl::Milliseconds(10));
  const std::vector<BestQuoteChanged> quotes = at.All<BestQuoteChanged>();
  const Json expected = at.venue.Expected("stream_best_quote");
  ASSERT_EQ(quotes.size(), 1u);
  EXPECT_EQ(quotes[0].bid_price, Price(DecimalOf(expected.at("bid_price"))));
  EXPECT_EQ(quotes[0].bid_quantity, Quantity(DecimalOf(expected.at("bid_quantity"))));
  EXPECT_EQ(quotes[0].ask_price, Price(DecimalOf(expected.at("ask_price"))));
  EXPECT_EQ(quotes[0].ask_quantity, Quantity(DecimalOf(expected.at("ask_quantity"))));
}

CONFORMANCE_CASE(Beyond24,
                 TellsACandleThatCloses,
                 Needs("market_data", "candles"),
                 Reads("stream_candle")) {
  at.config.candle_intervals = {"1m"};
  ASSERT_OK(at.Start());
  at.venue.Push("stream_candle");
  at.Run(absl::Milliseconds(10));
  const std::vector<CandleClosed> candles = at.All<CandleClosed>();
  const Json expected = at.venue.Expected("stream_candle");
  ASSERT_EQ(candles.size(), 1u);
  EXPECT_EQ(candles[0].open, Price(DecimalOf(expected.at("open"))));
  EXPECT_EQ(candles[0].high, Price(DecimalOf(expected.at("high"))));
  EXPECT_EQ(candles[0].low, Price(DecimalOf(expected.at("low"))));
  EXPECT_EQ(candles[0].close, Price(DecimalOf(expected.at("close"))));
  EXPECT_EQ(candles[0].volume, Quantity(DecimalOf(expected.at("volume"))));
}

// S43: nothing of the old connection is read for true.
CONFORMANCE_CASE(Beyond25,
                 IsStaleFromTheLossOfAConnectionOn,
                 Needs("market_data"),
                 Reads("market_session")) {
  ASSERT_OK(at.Start());
  at.venue.AdvanceBook();
  at.venue.Break("market");
  at.environment.RunUntilIdle();
  EXPECT_THAT(at.exchange->book(at.pair).status(), StatusIs(StatusCode::kUnavailable));
  at.Run(absl::Seconds(30));
  ExpectBest(at, at.venue.Expected("market_session"));
  EXPECT_EQ(at.venue.Connections("market"), 2u);
  EXPECT_EQ(at.exchange->counters().reconnects, 1);
}

CONFORMANCE_CASE(Beyond26,
                 ReconnectsWhileASnapshotIsOnItsWay,
                 Needs("market_data"),
                 Reads("market_session")) {
  ASSERT_OK(at.Start());
  at.http.Hold(at.venue.KeyOf("book_snapshot"));
  for (int i = 0; i < 2; ++i) {
    at.venue.AdvanceBook();
    at.venue.Break("market");
    at.Run(absl::Seconds(3));
  }
  at.http.Release();
  at.Run(absl::Seconds(30));
  ExpectBest(at, at.venue.Expected("market_session"));
  EXPECT_EQ(at.venue.Connections("market"), 3u);
}

// S52: the second connection is there before the first one ends, and no book is stale.
CONFORMANCE_CASE(Beyond27,
                 RollsOverBeforeTheVenueCloses,
                 Needs("market_data", "trading"),
                 Reads("market_session", "private_session")) {
  at.config.market_silence_max = absl::Hours(1000);
  at.config.private_silence_max = absl::Hours(1000);
  ASSERT_OK(at.Start());
  at.Run(at.spec.session_lifetime * 0.95 + absl::Minutes(1));
  EXPECT_EQ(at.venue.Connections("market"), 2u);
  EXPECT_EQ(at.venue.Connections("private"), 2u);
  EXPECT_EQ(StaleBooks(at), 0);
  EXPECT_EQ(at.exchange->counters().reconnects, 0);
  EXPECT_TRUE(at.exchange->health().can_trade(at.pair));
}

CONFORMANCE_CASE(Beyond28,
                 GivesUpAConnectionThatIsSilent,
                 Needs("market_data"),
                 Reads("market_session")) {
  ASSERT_OK(at.Start());
  at.venue.AdvanceBook();
  at.Run(at.spec.market_silence_max + absl::Seconds(30));
  EXPECT_GE(at.venue.Connections("market"), 2u);
  EXPECT_GE(at.exchange->counters().reconnects, 1);
}

// S51: before it expires, and on time each time.
CONFORMANCE_CASE(Beyond29,
                 KeepsItsListenKey,
                 Needs("trading", "listen_key"),
                 Reads("listen_key_create", "listen_key_keep")) {
  at.config.private_silence_max = absl::Hours(1000);
  ASSERT_OK(at.Start());
  at.Run(absl::Minutes(55));
  EXPECT_GE(at.venue.SentOfKind("listen_key_keep"), 1u);
  EXPECT_EQ(at.venue.SentOfKind("listen_key_create"), 1u);
}

CONFORMANCE_CASE(Beyond30,
                 KeepsQuietConnectionsOpen,
                 Needs("market_data", "heartbeat"),
                 Reads("market_session")) {
  at.config.market_silence_max = absl::Hours(1000);
  ASSERT_OK(at.Start());
  at.Run(at.spec.heartbeat_period + absl::Seconds(1));
  ASSERT_NE(at.venue.Stream("market"), nullptr);
  const std::vector<std::string>& written = at.venue.Stream("market")->written();
  EXPECT_EQ(std::count(written.begin(), written.end(), at.spec.heartbeat_frame), 1);
}

CONFORMANCE_CASE(Beyond31,
                 KeepsItsBooksWhenTheSocketOfTradesIsLost,
                 Needs("market_data", "trade_socket"),
                 Reads("trade_session")) {
  ASSERT_OK(at.Start());
  EXPECT_EQ(at.venue.Connections("trade"), 1u);
  at.venue.Break("trade");
  at.environment.RunUntilIdle();
  EXPECT_FALSE(at.exchange->health().is_healthy("trades"));
  EXPECT_OK(at.exchange->book(at.pair).status());
  at.Run(absl::Seconds(30));
  EXPECT_TRUE(at.exchange->health().is_healthy("trades"));
  EXPECT_EQ(at.venue.Connections("trade"), 2u);
  EXPECT_EQ(at.venue.Connections("market"), 1u);
}

// S47: a book that no frame brings is asked for.
CONFORMANCE_CASE(Beyond32,
                 AsksForABookThatDoesNotCome,
                 Needs("market_data"),
                 Reads("book_snapshot")) {
  ASSERT_OK(at.Start());
  at.venue.AdvanceBook();
  at.venue.set_is_mute(true);
  at.venue.Break("market");
  at.Run(absl::Seconds(20));
  ExpectBest(at, at.venue.Expected("market_session"));
}

// "book_change" follows the sequence, and so would this; its checksum is of another book.
CONFORMANCE_CASE(Beyond33,
                 SaysThatABookWithAWrongChecksumIsStale,
                 Needs("market_data", "book_checksum"),
                 Reads("book_change", "book_checksum", "book_snapshot")) {
  ASSERT_OK(at.Start());
  at.venue.Push("book_change");
  at.Run(absl::Milliseconds(10));
  EXPECT_EQ(StaleBooks(at), 0) << "book_change.json: its checksum must be right";
  at.http.Hold(at.venue.KeyOf("book_snapshot"));
  at.venue.Push("book_checksum");
  at.Run(absl::Milliseconds(10));
  EXPECT_THAT(at.exchange->book(at.pair).status(),
              StatusIs(StatusCode::kUnavailable, testing::HasSubstr("checksum")));
  EXPECT_EQ(StaleBooks(at), 1);
  at.venue.AdvanceBook();
  at.http.Release();
  at.Run(absl::Seconds(10));
  EXPECT_OK(at.exchange->book(at.pair).status());
}

CONFORMANCE_CASE(Beyond34,
                 ReconnectsAfterAFrameThatCannotBeUnpacked,
                 Needs("market_data", "packed_frames"),
                 Reads("market_session")) {
  ASSERT_OK(at.Start());
  at.venue.AdvanceBook();
  at.venue.Stream("market")->Push("\x1f\x8b damaged");
  at.environment.RunUntilIdle();
  EXPECT_THAT(at.exchange->book(at.pair).status(), StatusIs(StatusCode::kUnavailable));
  at.Run(absl::Seconds(30));
  ExpectBest(at, at.venue.Expected("market_session"));
  EXPECT_EQ(at.venue.Connections("market"), 2u);
}

}  // namespace
}  // namespace colibri::conformance
