// What a connection's trouble does to books, by how the venue numbers its messages.
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/connector/market_stream_fixture.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

class MarketStreamRulesTest : public MarketStreamFixture,
                              public ::testing::WithParamInterface<GapRule> {
 protected:
  MarketStreamRulesTest() : MarketStreamFixture(GetParam()) {
    Start();
    Run(absl::Seconds(2));
    EXPECT_TRUE(books_.all_synced());
  }
};

class RisingNumbersTest : public MarketStreamRulesTest {};
INSTANTIATE_TEST_SUITE_P(Rule, RisingNumbersTest, ::testing::Values(GapRule::kMonotonic));

// Without numbers that follow each other nothing else would tell that a message is missing.
TEST_P(RisingNumbersTest, AnUnreadableFrameMakesBooksStale) {
  http_.Hold("GET /depth");
  web_sockets_.latest().Push("garbage");
  Run(absl::Milliseconds(1));
  EXPECT_THAT(books_.book(kBtc).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("could not be read")));
  EXPECT_FALSE(books_.book(kEth).ok());

  http_.Release();
  Run(absl::Seconds(2));
  EXPECT_TRUE(books_.all_synced());
}

class ContiguousNumbersTest : public MarketStreamRulesTest {};
INSTANTIATE_TEST_SUITE_P(Rule, ContiguousNumbersTest, ::testing::Values(GapRule::kContiguousIds));

// They keep the connection from being silent, while the channel of the book is dead.
TEST_P(ContiguousNumbersTest, ABookWithoutDiffsWhileItsQuotesChangeIsCutOff) {
  http_.Hold("GET /depth");
  for (int i = 0; i < 32; ++i) {
    web_sockets_.peer(0).Push(StrCat("quote BTCUSDT ", 101 + i));
    Run(absl::Seconds(1));
  }
  EXPECT_THAT(books_.book(kBtc).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("while quotes or trades flow")));
  EXPECT_THAT(books_.book(kEth), IsOk());
  EXPECT_GE(web_sockets_.connects(), 2);
}

TEST_P(ContiguousNumbersTest, SoIsOneThatTradesOnAnotherStream) {
  http_.Hold("GET /depth");
  for (int i = 0; i < 32; ++i) {
    web_sockets_.peer(0).Push("subscribed");
    stream_.NoteMove(0);
    Run(absl::Seconds(1));
  }
  EXPECT_FALSE(books_.book(kBtc).ok());
  EXPECT_THAT(books_.book(kEth), IsOk());
}

TEST_P(ContiguousNumbersTest, DiffsKeepItAlive) {
  for (int i = 0; i < 64; ++i) {
    web_sockets_.peer(0).Push(StrCat("quote BTCUSDT ", 101 + i));
    stream_.NoteMove(0);
    if (i % 20 == 0) {
      web_sockets_.peer(0).Push(StrCat("diff BTCUSDT ", 101 + i / 20, " ", 101 + i / 20, " b99:2"));
    }
    Run(absl::Seconds(1));
  }
  EXPECT_THAT(books_.book(kBtc), IsOk());
  EXPECT_EQ(web_sockets_.connects(), 1);
}

class WholeBooksTest : public MarketStreamRulesTest {};
INSTANTIATE_TEST_SUITE_P(Rule, WholeBooksTest, ::testing::Values(GapRule::kSnapshotOnly));

TEST_P(WholeBooksTest, AnUnreadableFrameLeavesThemToTheNext) {
  web_sockets_.latest().Push("garbage");
  Run(absl::Milliseconds(1));
  EXPECT_THAT(books_.book(kBtc), IsOk());
}

// The second connection lagged when the first was lost: what it kept is older than the book.
TEST_P(WholeBooksTest, ATakeOverNeverTakesThemBack) {
  web_sockets_.peer(0).Push("whole BTCUSDT 200 b99:1 a101:1");
  web_sockets_.peer(0).Push("shutdown");
  Run(absl::Milliseconds(10));
  for (int id = 150; id < 160; ++id) {
    web_sockets_.peer(1).Push(StrCat("whole BTCUSDT ", id, " b98:1 a102:1"));
  }
  web_sockets_.peer(0).Push("whole BTCUSDT 210 b99:1 a101:1");
  Run(absl::Milliseconds(10));
  web_sockets_.peer(0).Break("closed");
  Run(absl::Milliseconds(10));
  EXPECT_EQ(books_.sequencer(0).last_update_id(), 210);
  EXPECT_FALSE(books_.book(kBtc).ok());

  web_sockets_.peer(1).Push("whole BTCUSDT 211 b99:1 a101:1");
  Run(absl::Milliseconds(10));
  EXPECT_THAT(books_.book(kBtc), IsOk());
  EXPECT_EQ(books_.sequencer(0).last_update_id(), 211);
}

// They come, so the connection is not silent; what they say was known, and the book would stand
// still.
TEST_P(WholeBooksTest, ThoseThatAreTooOldDoNotKeepABookAlive) {
  http_.Hold("GET /depth");
  web_sockets_.peer(0).Push("whole BTCUSDT 200 b99:1 a101:1");
  for (int i = 0; i < 35; ++i) {
    web_sockets_.peer(0).Push("whole BTCUSDT 150 b98:1 a102:1");
    web_sockets_.peer(0).Push(StrCat("print BTCUSDT t", i, " buy 100 1 1700000000000"));
    Run(absl::Seconds(1));
  }
  EXPECT_FALSE(books_.book(kBtc).ok());
  EXPECT_GE(web_sockets_.connects(), 2);
}

}  // namespace
}  // namespace colibri
