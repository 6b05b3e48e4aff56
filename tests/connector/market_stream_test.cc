#include "connector/market_stream.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/connector/market_stream_fixture.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MarketStreamTest : public MarketStreamFixture {
 protected:
  MarketStreamTest() : MarketStreamFixture(GapRule::kContiguousIds) {
    trades_ = events_.Subscribe<PublicTrade>(
        [this](const PublicTrade& trade) { seen_.push_back(trade.trade_id.ToString()); });
    changes_ = events_.Subscribe<BookChanged>([this](const BookChanged& changed) {
      if (changed.is_stale) {
        stale_.push_back(changed.pair->ToString());
      }
    });
  }
  // Synced, and a second connection is subscribed beside the first.
  void StartRollover() {
    Start();
    Run(absl::Seconds(2));
    web_sockets_.peer(0).Push("shutdown");
    Run(absl::Milliseconds(10));
    web_sockets_.peer(1).Push("subscribed");
  }
  // Keeps the watchdog quiet for so long.
  void RunWithFrames(absl::Duration duration) {
    const absl::Time end = environment_.clock().now() + duration;
    while (environment_.clock().now() < end) {
      web_sockets_.latest().Push("subscribed");
      Run(absl::Seconds(50));
    }
  }

  std::vector<std::string> seen_;
  std::vector<std::string> stale_;  // as a strategy is told
  Subscription trades_;
  Subscription changes_;
};

TEST_F(MarketStreamTest, RetriesARefusedConnectionWithBackoff) {
  for (int i = 0; i < 8; ++i) {
    web_sockets_.FailConnect(absl::UnavailableError("connection refused"));
  }
  Start();

  EXPECT_EQ(web_sockets_.connects(), 1);
  Run(absl::Seconds(1));
  EXPECT_LE(web_sockets_.connects(), 6);

  EXPECT_TRUE(environment_.RunUntilTrue([this] { return stream_.is_connected(); }));
  EXPECT_EQ(web_sockets_.connects(), 9);
}

TEST_F(MarketStreamTest, AConnectionFailureIsTheBooksReason) {
  web_sockets_.FailConnect(absl::UnavailableError("fake:80: connect: refused"));
  Start();

  EXPECT_THAT(health_.Why(kBtc), HasSubstr("fake:80: connect: refused"));
}

TEST_F(MarketStreamTest, AFailedSubscriptionConnectsAgain) {
  web_sockets_.set_on_connect([this](FakeWebSocketPeer& peer) {
    if (web_sockets_.connects() == 1) {
      peer.set_write_status(absl::UnavailableError("reset"));
    }
  });
  Start();
  Run(absl::Seconds(1));

  EXPECT_EQ(web_sockets_.connects(), 2);
  EXPECT_TRUE(stream_.is_connected());
}

TEST_F(MarketStreamTest, LetsOthersOnTheLoopGoFirst) {
  Start();
  EXPECT_TRUE(web_sockets_.latest().request().is_bulk);
}

TEST_F(MarketStreamTest, SubscribesAndSyncsOnTheFirstDiff) {
  Start();

  EXPECT_THAT(web_sockets_.latest().written(), ElementsAre("subscribe s_BTCUSDT s_ETHUSDT"));
  EXPECT_THAT(http_.requests(), IsEmpty());
  web_sockets_.latest().Push("diff BTCUSDT 101 101 b99:5");
  Run();

  EXPECT_THAT(books_.book(kBtc), IsOk());
}

TEST_F(MarketStreamTest, ASnapshotOlderThanTheFirstQuoteIsFetchedAgain) {
  Start();

  web_sockets_.latest().Push("quote BTCUSDT 101");
  Run(absl::Milliseconds(10));
  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable));

  http_.AnswerAlways("GET /depth", "snapshot 101 b99:1 a101:1");
  Run(absl::Milliseconds(500));
  EXPECT_THAT(books_.book(kBtc), IsOk());
}

TEST_F(MarketStreamTest, TheFirstQuoteOfABookAsksForItsSnapshot) {
  Start();

  web_sockets_.latest().Push("quote BTCUSDT 100");
  Run();

  EXPECT_THAT(books_.book(kBtc), IsOk());
  EXPECT_THAT(http_.requests(), testing::SizeIs(1));
  web_sockets_.latest().Push("diff BTCUSDT 102 102 b99:5");
  Run();
  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(MarketStreamTest, QuietBooksAreFetchedToo) {
  Start();

  Run(MarketStream::kQuietBookWait);

  EXPECT_TRUE(books_.all_synced());
}

TEST_F(MarketStreamTest, OneBadFrameIsCountedAndSkippedS42) {
  Start();
  Run(absl::Seconds(2));

  web_sockets_.latest().Push("garbage");
  web_sockets_.latest().Push("print BTCUSDT t1 buy 100 1 1700000000000");
  Run();

  EXPECT_EQ(stream_.parse_errors(), 1);
  EXPECT_THAT(seen_, ElementsAre("t1"));
  EXPECT_TRUE(stream_.is_connected());
}

TEST_F(MarketStreamTest, ALostConnectionMakesBooksStaleAndComesBackS43) {
  Start();
  Run(absl::Seconds(2));
  ASSERT_TRUE(books_.all_synced());

  web_sockets_.latest().Break("peer closed");
  Run();
  EXPECT_THAT(books_.book(kBtc),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("peer closed")));
  EXPECT_THAT(books_.book(kEth), StatusIs(absl::StatusCode::kUnavailable));
  Run(absl::Seconds(5));

  EXPECT_EQ(web_sockets_.connects(), 2);
  EXPECT_TRUE(books_.all_synced());
  EXPECT_EQ(books_.resyncs(), 2);
}

TEST_F(MarketStreamTest, ASnapshotThatComesAfterALossDoesNotMakeABookRightS43) {
  http_.Hold("GET /depth");
  Start();
  web_sockets_.latest().Push("diff BTCUSDT 101 101 b99:5");
  Run();
  ASSERT_EQ(http_.waiting(), 1u);
  web_sockets_.FailConnect(absl::UnavailableError("no route"));

  web_sockets_.latest().Break("peer closed");
  Run();
  http_.Release();
  Run();

  EXPECT_THAT(books_.book(kBtc), StatusIs(absl::StatusCode::kUnavailable));
  Run(absl::Seconds(5));
  EXPECT_THAT(books_.book(kBtc), IsOk());
}

TEST_F(MarketStreamTest, SilenceIsALoss) {
  Start();
  Run(absl::Seconds(59));
  EXPECT_EQ(web_sockets_.connects(), 1);

  Run(absl::Seconds(2));

  EXPECT_EQ(web_sockets_.connects(), 2);
  EXPECT_EQ(stream_.reconnects(), 1);
}

TEST_F(MarketStreamTest, AnAnnouncedEndConnectsAgainAtOnce) {
  Start();
  Run(absl::Seconds(2));

  web_sockets_.latest().Push("shutdown");
  Run(absl::Milliseconds(200));

  EXPECT_EQ(web_sockets_.connects(), 2);
}

TEST_F(MarketStreamTest, OneSlowPairDoesNotStallAnotherS47) {
  http_.set_responder([](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.url.path.find("BTCUSDT") != std::string::npos) {
      return HttpResult{
          .status = absl::UnavailableError("slow"), .may_have_been_sent = false, .response = {}};
    }
    return std::nullopt;
  });
  Start();
  Run(absl::Seconds(2));

  EXPECT_THAT(books_.book(kEth), IsOk());
  EXPECT_THAT(health_.Why(kBtc), HasSubstr("slow"));
  http_.set_responder(nullptr);
  Run(absl::Seconds(40));
  EXPECT_THAT(books_.book(kBtc), IsOk());
}

TEST_F(MarketStreamTest, ABookThatBreaksAllTheTimeDoesNotUseUpTheLimit) {
  Start();
  Run(absl::Seconds(2));
  http_.ClearRequests();

  for (int i = 0; i < 300; ++i) {  // every diff leaves a gap, for 30 s
    web_sockets_.latest().Push(StrCat("diff BTCUSDT ", 200 + 2 * i, " ", 200 + 2 * i, " b99:5"));
    Run(absl::Milliseconds(100));
  }

  EXPECT_LT(http_.count("GET /depth"), 40);
}

TEST_F(MarketStreamTest, RollsOverBeforeTheVenueClosesS52) {
  Start();
  Run(absl::Seconds(2));
  ASSERT_TRUE(books_.all_synced());

  RunWithFrames(absl::Hours(23));

  EXPECT_EQ(web_sockets_.size(), 2);
  EXPECT_EQ(stream_.rollovers(), 1);
  EXPECT_EQ(stream_.reconnects(), 0);
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_TRUE(books_.all_synced());
  EXPECT_EQ(books_.resyncs(), 0);
  EXPECT_THAT(stale_, IsEmpty());
}

TEST_F(MarketStreamTest, ARolloverRepeatsNoTradeAndLosesNoDiff) {
  web_sockets_.set_on_connect([this](FakeWebSocketPeer& peer) {
    if (web_sockets_.size() < 2) {
      return;
    }
    // Both connections carry the same messages for a while.
    for (FakeWebSocketPeer* both : {&web_sockets_.peer(0), &peer}) {
      both->Push("print BTCUSDT t1 buy 100 1 1700000000000");
      both->Push("diff BTCUSDT 101 101 b99:5");
    }
    peer.Push("diff BTCUSDT 102 102 b99:6");
    peer.Push("print BTCUSDT t2 buy 100 1 1700000000000");
  });
  Start();
  Run(absl::Seconds(2));

  RunWithFrames(absl::Hours(23));

  EXPECT_THAT(seen_, ElementsAre("t1", "t2"));
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->best_bid()->quantity, *Quantity::Parse("6"));
  EXPECT_EQ(books_.gaps(), 0);
}

TEST_F(MarketStreamTest, AFailedRolloverIsTriedAgainWhileTheOldConnectionLives) {
  Start();
  Run(absl::Seconds(2));
  web_sockets_.FailConnect(absl::UnavailableError("refused"));
  web_sockets_.FailConnect(absl::UnavailableError("refused"));

  RunWithFrames(absl::Hours(23));

  EXPECT_EQ(stream_.rollovers(), 1);
  EXPECT_EQ(stream_.reconnects(), 0);
  EXPECT_THAT(stale_, IsEmpty());
}

TEST_F(MarketStreamTest, ASecondThatIsAheadWaitsUntilTheFirstHasCaughtUpS52) {
  StartRollover();
  web_sockets_.peer(1).Push("diff BTCUSDT 105 105 b99:5");
  Run(absl::Seconds(3));
  EXPECT_EQ(stream_.rollovers(), 0);

  web_sockets_.peer(0).Push("diff BTCUSDT 101 103 b99:3");
  Run();
  EXPECT_EQ(stream_.rollovers(), 0);
  web_sockets_.peer(0).Push("diff BTCUSDT 104 104 b99:4");
  Run();

  EXPECT_EQ(stream_.rollovers(), 1);
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->best_bid()->quantity, *Quantity::Parse("5"));
  EXPECT_EQ(books_.gaps(), 0);
  EXPECT_THAT(stale_, IsEmpty());
}

TEST_F(MarketStreamTest, ASecondThatNeverJoinsIsGivenUpAndTriedAgainS52) {
  StartRollover();
  web_sockets_.peer(1).Push("diff BTCUSDT 105 105 b99:5");

  Run(absl::Seconds(12));
  EXPECT_TRUE(web_sockets_.peer(1).is_closed());
  ASSERT_EQ(web_sockets_.size(), 3);
  web_sockets_.peer(2).Push("subscribed");
  Run(absl::Seconds(2));

  EXPECT_EQ(stream_.rollovers(), 1);
  EXPECT_EQ(stream_.reconnects(), 0);
  EXPECT_THAT(stale_, IsEmpty());
}

TEST_F(MarketStreamTest, WhenTheFirstIsLostMeanwhileOnlyWhatTheSecondDoesNotCoverIsStaleS43) {
  StartRollover();
  web_sockets_.peer(1).Push("diff BTCUSDT 101 101 b99:5");
  web_sockets_.peer(0).Push("diff ETHUSDT 101 101 b99:5");
  Run();

  web_sockets_.peer(0).Break("peer closed");
  Run();
  EXPECT_THAT(stale_, ElementsAre("ETH-USDT"));
  EXPECT_THAT(books_.book(kBtc), IsOk());
  EXPECT_EQ(stream_.reconnects(), 0);
  http_.AnswerAlways("GET /depth", "snapshot 101 b99:1 a101:1");
  web_sockets_.peer(1).Push("diff ETHUSDT 102 102 b99:6");
  Run(absl::Seconds(5));

  EXPECT_TRUE(books_.all_synced());
  EXPECT_EQ(web_sockets_.size(), 2);
}

TEST_F(MarketStreamTest, WithoutASecondTheEndIsAPlainReconnectS52) {
  Start();
  Run(absl::Seconds(2));
  for (int i = 0; i < 10; ++i) {
    web_sockets_.FailConnect(absl::UnavailableError("refused"));
  }
  web_sockets_.peer(0).Push("shutdown");
  Run(absl::Seconds(1));
  EXPECT_THAT(stale_, IsEmpty());

  web_sockets_.peer(0).Break("peer closed");
  Run();
  EXPECT_THAT(stale_, ElementsAre("BTC-USDT", "ETH-USDT"));
  Run(absl::Minutes(2));

  EXPECT_EQ(stream_.rollovers(), 0);
  EXPECT_GE(stream_.reconnects(), 1);
  EXPECT_TRUE(books_.all_synced());
}

TEST_F(MarketStreamTest, ASecondThatAnnouncesItsOwnEndIsNotTaken) {
  StartRollover();
  web_sockets_.peer(1).Push("shutdown");

  Run(absl::Seconds(1));

  EXPECT_TRUE(web_sockets_.peer(1).is_closed());
  EXPECT_FALSE(web_sockets_.peer(0).is_closed());
  EXPECT_EQ(web_sockets_.size(), 3);
}

TEST_F(MarketStreamTest, ABookWithoutDiffsWhileItTradesIsCutOff) {
  Start();
  Run(absl::Seconds(2));
  for (int i = 0; i < 30; ++i) {
    web_sockets_.peer(0).Push(StrCat("print BTCUSDT ", i, " buy 100 1 1700000000000"));
    Run(absl::Seconds(1));
  }
  EXPECT_THAT(stale_, IsEmpty());

  web_sockets_.peer(0).Push("print BTCUSDT 30 buy 100 1 1700000000000");
  Run();
  EXPECT_THAT(books_.book(kBtc),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("while quotes or trades flow")));
  web_sockets_.peer(1).Push("subscribed");
  web_sockets_.peer(1).Push("diff BTCUSDT 101 101 b99:7");
  Run(absl::Seconds(2));

  EXPECT_THAT(stale_, ElementsAre("BTC-USDT"));
  EXPECT_EQ(stream_.rollovers(), 1);
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, books_.book(kBtc));
  EXPECT_EQ(book->best_bid()->quantity, *Quantity::Parse("7"));
  EXPECT_THAT(seen_, ::testing::SizeIs(31));
}

TEST_F(MarketStreamTest, ABookWithADiffNowAndThenIsNotCutOff) {
  Start();
  Run(absl::Seconds(2));

  for (int i = 0; i < 120; ++i) {
    web_sockets_.peer(0).Push(StrCat("print BTCUSDT ", i, " buy 100 1 1700000000000"));
    if (i % 25 == 0) {
      web_sockets_.peer(0).Push(StrCat("diff BTCUSDT ", 101 + i / 25, " ", 101 + i / 25));
    }
    Run(absl::Seconds(1));
  }

  EXPECT_THAT(stale_, IsEmpty());
  EXPECT_EQ(web_sockets_.size(), 1);
}

}  // namespace
}  // namespace colibri
