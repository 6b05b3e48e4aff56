// Reconciliation through ExchangeBase, on the fake venue.
#include "connector/reconciler.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReconcilerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(venue_.Start(), IsOk()); }

  FakeVenue venue_;
};

TEST_F(ReconcilerTest, AFillWhileThePrivateStreamWasAwayIsFoundAtOnceS40) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /trades",
                           venue_.TradeLine("T1", ClientOrderId(), "X1", "100", "1"));
  venue_.http.AnswerAlways("GET /order", "order - X1 filled 1 1700000000000");

  venue_.user().Break("peer closed");
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_filled", "order_completed"));
  EXPECT_EQ(venue_.exchange->FindOrder(id)->filled, *Quantity::Parse("1"));
}

TEST_F(ReconcilerTest, ACancelWhileThePrivateStreamWasAwayIsFound) {
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /order", "order - X1 canceled 0 1700000000000");

  venue_.user().Break("peer closed");
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(ReconcilerTest, NoNewOrderUntilReconciled) {
  venue_.http.AnswerAlways("GET /open", "oops", 503);
  venue_.user().Break("peer closed");
  venue_.Run(absl::Seconds(5));

  EXPECT_THAT(venue_.exchange->Place(venue_.Buy("100", "1")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("orders")));
  venue_.http.AnswerAlways("GET /open", "");
  venue_.Run(absl::Minutes(1));
  EXPECT_TRUE(venue_.exchange->health().can_trade(FakeVenue::kPair));
}

TEST_F(ReconcilerTest, ARoundThatBeganBeforeTheStreamWasBackIsNotEnoughS40) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.Hold("GET /trades");
  while (venue_.http.waiting() == 0) {
    venue_.Run(absl::Seconds(1));
  }
  venue_.user().Break("peer closed");
  venue_.Run(absl::Seconds(1));  // it is back, and the round still under way
  venue_.http.AnswerAlways("GET /open", "oops", 503);

  venue_.http.Release();
  venue_.Run(absl::Milliseconds(10));

  EXPECT_THAT(venue_.exchange->Place(venue_.Buy("100", "1")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("orders")));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.Run(absl::Minutes(1));
  EXPECT_TRUE(venue_.exchange->health().can_trade(FakeVenue::kPair));
}

TEST_F(ReconcilerTest, OneFailedRoundDoesNotStopTrading) {
  venue_.http.AnswerAlways("GET /open", "oops", 503);

  venue_.Run(absl::Seconds(150));  // within the private stream's patience

  EXPECT_TRUE(venue_.exchange->health().can_trade(FakeVenue::kPair));
}

TEST_F(ReconcilerTest, AnOpenOrderIsLeftAlone) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));

  venue_.Run(absl::Minutes(2));

  EXPECT_EQ(venue_.http.count("GET /order"), 0);
  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));
}

TEST_F(ReconcilerTest, RunsEveryHalfMinuteWithOpenOrdersAndSeldomWithout) {
  venue_.http.ClearRequests();
  venue_.Run(absl::Minutes(10));
  const size_t idle = venue_.http.count("GET /open");
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.Run(absl::Minutes(3));
  venue_.http.ClearRequests();
  venue_.Run(absl::Minutes(10));

  EXPECT_LE(idle, 12);  // and after each silence of the fake's private stream
  EXPECT_GE(venue_.http.count("GET /open"), 16);
  EXPECT_LE(venue_.http.count("GET /open"), 30);
}

TEST_F(ReconcilerTest, TradesAreReadOnFromTheLastOne) {
  venue_.http.Answer("GET /trades", venue_.TradeLine("T7", ClientOrderId(), "X9", "100", "1"));
  venue_.Run(absl::Minutes(4));

  EXPECT_THAT(venue_.http.requests_to("GET /trades").back().url.path, HasSubstr("after=T7"));
  EXPECT_THAT(venue_.seen, ElementsAre("foreign_fill"));
}

TEST_F(ReconcilerTest, AFillThatStreamAndRestBothTellCountsOnceS13) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "partially_filled", "0.4"));
  venue_.http.AnswerAlways("GET /trades",
                           venue_.TradeLine("T1", ClientOrderId(), "X1", "100", "0.4"));
  venue_.user().Push(StrCat(venue_.TradeLine("T1", id, "X1", "100", "0.4"),
                            "\n",
                            venue_.OrderLine(id, "X1", "partially_filled", "0.4")));

  venue_.Run(absl::Minutes(2));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_filled"));
  EXPECT_EQ(venue_.exchange->FindOrder(id)->filled, *Quantity::Parse("0.4"));
}

TEST_F(ReconcilerTest, OrdersOfOthersAreToldOnceAsForeignS34) {
  venue_.http.AnswerAlways("GET /open", "order web-1 X77 open 0 1700000000000");

  venue_.Run(absl::Minutes(5));

  EXPECT_THAT(venue_.seen, ElementsAre("foreign_order"));
  EXPECT_THAT(venue_.exchange->open_orders(), IsEmpty());
}

TEST_F(ReconcilerTest, AFillThatTheStreamNeverToldSubscribesAnewS41) {
  venue_.PlaceOpen(venue_.Buy("100", "2"));
  venue_.http.AnswerAlways("GET /order", "order - X1 partially_filled 1 1700000002000");
  FakeWebSocketPeer* const first = venue_.web_sockets.find("/private");
  venue_.Run(absl::Seconds(1));
  venue_.http.Answer("GET /trades", venue_.TradeLine("T1", ClientOrderId(), "X1", "100", "1"));

  venue_.Run(absl::Seconds(45));

  EXPECT_NE(venue_.web_sockets.find("/private"), first);
  EXPECT_TRUE(first->is_closed());
}

TEST_F(ReconcilerTest, AnOrderPlacedDuringTheRoundIsNotCalledMissing) {
  venue_.http.Hold("GET /open");
  venue_.user().Break("peer closed");
  venue_.Run(absl::Seconds(1));
  venue_.http.Release();
  venue_.environment.RunUntilIdle();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.Run(absl::Seconds(1));

  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_open());
  EXPECT_EQ(venue_.http.count("GET /order"), 0);
}

TEST_F(ReconcilerTest, APrivateFrameThatCannotBeReadStartsARoundS42) {
  venue_.http.ClearRequests();

  venue_.user().Push("gibberish");
  venue_.environment.RunUntilIdle();

  EXPECT_EQ(venue_.http.count("GET /open"), 1);
  EXPECT_EQ(venue_.http.count("GET /balances"), 1);
  EXPECT_TRUE(venue_.exchange->health().can_trade(FakeVenue::kPair));
}

}  // namespace
}  // namespace colibri
