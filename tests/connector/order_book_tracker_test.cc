#include "connector/order_book_tracker.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"
#include "core/strings.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/fake_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const TradingPair kBtc{"BTC", "USDT"};

class OrderBookTrackerTest : public ::testing::Test {
 protected:
  OrderBookTrackerTest() {
    subscription_ = events_.Subscribe<BookChanged>([this](const BookChanged& event) {
      changes_.push_back(event.is_stale ? "stale" : event.is_best_changed ? "best" : "deep");
    });
  }

  void Frame(std::string_view text) { EXPECT_THAT(source_->Parse(text, 1, books_), IsOk()); }
  void Snapshot(std::string_view text) {
    EXPECT_THAT(source_->ParseSnapshot(text, instruments_.at(0), 1, books_), IsOk());
  }
  void Sync() {
    Frame("diff BTCUSDT 101 101 b99:5");
    Snapshot("snapshot 100 b99:1 a101:1");
    changes_.clear();
    requests_ = 0;
  }

  InstrumentTable instruments_ = [] {
    InstrumentTable table;
    table.Add(kBtc, "BTCUSDT", "btcusdt", BookScale{2, 5});
    return table;
  }();
  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  EventBus events_;
  Health health_;
  int requests_ = 0;
  OrderBookTracker books_{"fake",
                          instruments_,
                          GapRule::kContiguousIds,
                          clock_,
                          events_,
                          &health_,
                          [this](InstrumentIndex) { ++requests_; }};
  std::unique_ptr<OrderBookDataSource> source_ = MakeFakeBookSource(instruments_);
  std::vector<std::string> changes_;
  Subscription subscription_;
};

TEST_F(OrderBookTrackerTest, ABookWithoutASnapshotIsNotReadable) {
  EXPECT_THAT(books_.book(kBtc),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no snapshot yet")));
  EXPECT_FALSE(health_.is_healthy("book BTC-USDT"));
}

TEST_F(OrderBookTrackerTest, AnUnknownPairIsNotFound) {
  EXPECT_THAT(books_.book({"DOGE", "USDT"}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(OrderBookTrackerTest, TheFirstDiffAsksForASnapshotS46) {
  Frame("diff BTCUSDT 95 99 b98:7");
  Frame("diff BTCUSDT 100 101 b99:5");

  EXPECT_GE(requests_, 1);
  Snapshot("snapshot 99 b98:1 a101:1");

  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->QuantityAt(Side::kBuy, *Price::Parse("98")), *Quantity::Parse("1"));
  EXPECT_EQ(book->QuantityAt(Side::kBuy, *Price::Parse("99")), *Quantity::Parse("5"));
  EXPECT_TRUE(health_.is_healthy("book BTC-USDT"));
  EXPECT_EQ(books_.resyncs(), 0);
}

TEST_F(OrderBookTrackerTest, ASnapshotOlderThanTheBufferIsFetchedAgainS45) {
  Frame("diff BTCUSDT 101 101 b99:5");
  requests_ = 0;

  Snapshot("snapshot 90 b98:1 a101:1");

  EXPECT_EQ(requests_, 1);
  EXPECT_FALSE(books_.all_synced());
}

TEST_F(OrderBookTrackerTest, AGapIsStaleWithinTheMessageS44) {
  Sync();

  Frame("diff BTCUSDT 103 103 b99:7");

  EXPECT_THAT(changes_, ElementsAre("stale"));
  EXPECT_EQ(requests_, 1);
  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("103")));
  EXPECT_FALSE(health_.is_healthy("book BTC-USDT"));
  EXPECT_EQ(books_.gaps(), 1);
}

TEST_F(OrderBookTrackerTest, ResyncsAfterAGap) {
  Sync();
  Frame("diff BTCUSDT 103 103 b99:7");

  Snapshot("snapshot 102 b99:6 a101:1");

  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->QuantityAt(Side::kBuy, *Price::Parse("99")), *Quantity::Parse("7"));
  EXPECT_EQ(books_.resyncs(), 1);
  EXPECT_THAT(changes_, ElementsAre("stale", "best"));
}

TEST_F(OrderBookTrackerTest, ALostConnectionMakesEveryBookStaleS43) {
  Sync();

  books_.MarkAllStale("market stream: peer closed");

  EXPECT_THAT(changes_, ElementsAre("stale"));
  EXPECT_THAT(books_.book(kBtc),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("peer closed")));
  books_.MarkAllStale("again");
  EXPECT_THAT(changes_, SizeIs(1));
}

TEST_F(OrderBookTrackerTest, ACrossedBookIsStale) {
  Sync();

  Frame("diff BTCUSDT 102 102 b102:1");

  EXPECT_THAT(changes_, ElementsAre("stale"));
  EXPECT_EQ(requests_, 1);
  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("crossed")));
}

TEST_F(OrderBookTrackerTest, ACrossedSnapshotIsStale) {
  Snapshot("snapshot 100 b101:1 a101:1");

  EXPECT_FALSE(books_.all_synced());
  EXPECT_EQ(requests_, 1);
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(OrderBookTrackerTest, SaysWhetherTheBestChanged) {
  Sync();

  Frame("diff BTCUSDT 102 102 b98:3");
  Frame("diff BTCUSDT 103 103 a100.5:3");
  Frame("diff BTCUSDT 103 103 a100.4:3");

  EXPECT_THAT(changes_, ElementsAre("deep", "best"));
  EXPECT_EQ(books_.diffs_applied(), 3);
}

TEST_F(OrderBookTrackerTest, NewRulesWithAnotherScaleStartTheBookOver) {
  Sync();

  instruments_.SetScale(0, BookScale{3, 5});
  Frame("diff BTCUSDT 102 102 b98.123:3");

  EXPECT_FALSE(books_.all_synced());
  EXPECT_EQ(requests_, 1);
  Snapshot("snapshot 101 b98:1 a101:1");
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->best_bid()->price, *Price::Parse("98.123"));
}

TEST_F(OrderBookTrackerTest, PublishesTradesQuotesAndClosedCandles) {
  std::vector<std::string> seen;
  const Subscription all = events_.SubscribeAll([&](const Event& event) {
    seen.emplace_back(EventName(event));
    if (const auto* trade = std::get_if<PublicTrade>(&event)) {
      EXPECT_EQ(trade->price, *Price::Parse("100.25"));
      EXPECT_EQ(trade->quantity, *Quantity::Parse("0.5"));
      EXPECT_EQ(trade->trade_id, TradeId("t1"));
    }
  });

  Frame("print BTCUSDT t1 buy 100.25 0.5 1700000000000");
  books_.OnBestQuote(0, BestQuoteMessage{.update_id = 1, .bid = {9900, 1}, .ask = {10100, 1}});
  CandleMessage candle;
  books_.OnCandle(0, candle);
  candle.is_closed = true;
  books_.OnCandle(0, candle);

  EXPECT_THAT(seen, ElementsAre("public_trade", "best_quote_changed", "candle_closed"));
}

// Of the best bid and the best ask, and nothing else.
uint32_t SumOfBest(const OrderBook& book) {
  return static_cast<uint32_t>(book.bids().best()->price + book.asks().best()->price);
}

TEST_F(OrderBookTrackerTest, ADiffWithAWrongChecksumMakesTheBookStaleAndAsksForIt) {
  books_.set_checksum(SumOfBest);
  Sync();
  const std::vector<BookLevel> bids = {{.price = 9950, .quantity = 1}};
  BookDiff diff{.first_update_id = 102, .last_update_id = 102, .checksum = 9950 + 10100};
  diff.bids = bids;
  books_.OnBookDiff(0, diff);
  EXPECT_THAT(books_.book(kBtc), IsOk());
  EXPECT_EQ(requests_, 0);

  diff.first_update_id = diff.last_update_id = 103;
  diff.checksum = 1;
  books_.OnBookDiff(0, diff);

  EXPECT_THAT(books_.book(kBtc),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("checksum 20050 of the book, and 1 by the venue")));
  EXPECT_EQ(requests_, 1);
  EXPECT_EQ(changes_.back(), "stale");
  EXPECT_FALSE(health_.is_healthy("book BTC-USDT"));
}

TEST_F(OrderBookTrackerTest, ASnapshotWithAWrongChecksumMakesNoBookRight) {
  books_.set_checksum(SumOfBest);
  const std::vector<BookLevel> bids = {{.price = 9900, .quantity = 1}};
  const std::vector<BookLevel> asks = {{.price = 10100, .quantity = 1}};
  BookSnapshot snapshot{.last_update_id = 100, .checksum = 1};
  snapshot.bids = bids;
  snapshot.asks = asks;
  books_.OnBookSnapshot(0, snapshot);
  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("checksum")));
  EXPECT_EQ(requests_, 1);

  snapshot.checksum = 20000;
  books_.OnBookSnapshot(0, snapshot);
  EXPECT_THAT(books_.book(kBtc), IsOk());
}

TEST_F(OrderBookTrackerTest, OfBufferedDiffsTheLastChecksumCounts) {
  books_.set_checksum(SumOfBest);
  const std::vector<BookLevel> bids = {{.price = 9950, .quantity = 1}};
  BookDiff diff{.first_update_id = 101, .last_update_id = 101, .checksum = 1};
  diff.bids = bids;
  books_.OnBookDiff(0, diff);

  Snapshot("snapshot 100 b99:1 a101:1");

  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("checksum")));
}

TEST_F(OrderBookTrackerTest, FromFrameToStrategyNothingIsAllocated) {
  Sync();
  subscription_.Cancel();
  int64_t seen = 0;
  const Subscription changed = events_.Subscribe<BookChanged>(
      [&](const BookChanged& event) { seen += event.book != nullptr; });
  const Subscription traded = events_.Subscribe<PublicTrade>([&](const PublicTrade&) { ++seen; });
  std::vector<std::string> frames;
  for (int i = 0; i < 200; ++i) {
    frames.push_back(StrCat("diff BTCUSDT ",
                            102 + i,
                            " ",
                            102 + i,
                            " b",
                            90 + i % 9,
                            ":",
                            1 + i,
                            " a",
                            110 + i % 9,
                            ":",
                            1 + i));
    frames.push_back(StrCat("print BTCUSDT ", i, " sell 100 1 1700000000000"));
  }
  for (size_t i = 0; i < 100; ++i) {
    Frame(frames[i]);
  }

  const AllocationCounter allocations;
  for (size_t i = 100; i < frames.size(); ++i) {
    source_->Parse(frames[i], 1, books_).IgnoreError();
  }

  EXPECT_EQ(allocations.count(), 0);
  EXPECT_EQ(seen, 400);
}

// Kinds of books.

class BookKindTest : public OrderBookTrackerTest {
 protected:
  // So many levels change in one message at that second.
  void Change(int64_t second, int64_t levels) {
    const std::vector<BookLevel> bids(static_cast<size_t>(levels), BookLevel{9'900, 5});
    const BookDiff diff = {.first_update_id = next_id_,
                           .last_update_id = next_id_,
                           .receive_time_ns = second * 1'000'000'000,
                           .bids = bids};
    ++next_id_;
    books_.OnBookDiff(0, diff);
  }
  bool is_hot() const { return books_.raw_book(0).is_hot(); }

  int64_t next_id_ = 102;
};

TEST_F(BookKindTest, AQuietBookStaysPlain) {
  Sync();
  for (int64_t second = 1; second <= 60; ++second) {
    Change(second, 1'999);
  }
  EXPECT_FALSE(is_hot());
}

TEST_F(BookKindTest, ABookThatChangesALotBecomesHotAndStays) {
  Sync();
  for (int64_t second = 100; second < 110; ++second) {
    Change(second, 2'000);
    EXPECT_FALSE(is_hot()) << second;
  }
  Change(110, 1);
  EXPECT_TRUE(is_hot());
  Change(200, 1);
  EXPECT_TRUE(is_hot());
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->QuantityAt(Side::kSell, *Price::Parse("101")), *Quantity::Parse("1"));
}

TEST_F(BookKindTest, APlainBookStaysPlainHoweverMuchChanges) {
  books_.SetKind(0, BookKind::kPlain);
  Sync();
  for (int64_t second = 1; second <= 60; ++second) {
    Change(second, 10'000);
  }
  EXPECT_FALSE(is_hot());
}

TEST_F(BookKindTest, AHotBookIsHotFromTheStartAndAfterAChangeOfScale) {
  books_.SetKind(0, BookKind::kHot);
  EXPECT_TRUE(is_hot());
  Sync();
  instruments_.SetScale(0, BookScale{3, 5});
  Snapshot("snapshot 300 b98:1 a101:1");
  EXPECT_EQ(books_.raw_book(0).scale(), (BookScale{3, 5}));
  EXPECT_TRUE(is_hot());
}

TEST(BookKindsTest, SoManyBooksBecomeHotByThemselves) {
  InstrumentTable instruments;
  for (int i = 0; i < 70; ++i) {
    const std::string base = StrCat("A", i);
    instruments.Add({base, "USDT"}, base, base, BookScale{2, 5});
  }
  SimulatedClock clock{absl::FromUnixSeconds(1'700'000'000)};
  EventBus events;
  OrderBookTracker books(
      "fake", instruments, GapRule::kMonotonic, clock, events, nullptr, [](InstrumentIndex) {});
  const std::vector<BookLevel> bids(20'000, BookLevel{9'900, 5});
  for (InstrumentIndex i = 0; i < 70; ++i) {
    books.OnBookSnapshot(i, {.last_update_id = 1, .receive_time_ns = 1});
    for (const int64_t second : {20, 31}) {
      books.OnBookDiff(
          i, {.last_update_id = second, .receive_time_ns = second * 1'000'000'000, .bids = bids});
    }
  }
  int hot_books = 0;
  for (InstrumentIndex i = 0; i < 70; ++i) {
    hot_books += books.raw_book(i).is_hot() ? 1 : 0;
  }
  EXPECT_EQ(hot_books, 64);
}

}  // namespace
}  // namespace colibri
