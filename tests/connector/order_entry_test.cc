// Order entry through ExchangeBase, on the fake venue.
#include "connector/order_entry.h"

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
using ::testing::Not;
using Code = absl::StatusCode;

constexpr std::string_view kPost = "POST /order";

class OrderEntryTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(venue_.Start(), IsOk()); }

  absl::Status Refusal(const OrderRequest& request) {
    return venue_.exchange->Place(request).status();
  }
  std::string ReasonOf(const ClientOrderId& id) const {
    return venue_.exchange->FindOrder(id)->reason;
  }
  Decimal Available(std::string_view asset) const {
    return venue_.exchange->balance(asset).available;
  }

  FakeVenue venue_;
};

// What is refused here leaves no order and no event.

TEST_F(OrderEntryTest, RefusesAPairThatIsNotConfiguredS30) {
  OrderRequest request = venue_.Buy("100", "1");
  request.pair = {"DOGE", "USDT"};

  EXPECT_THAT(Refusal(request), StatusIs(Code::kNotFound, HasSubstr("DOGE-USDT")));
  EXPECT_THAT(venue_.seen, IsEmpty());
}

TEST_F(OrderEntryTest, RefusesWhatTheRulesForbidS31) {
  EXPECT_THAT(Refusal(venue_.Buy("100", "0.000001")), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(venue_.seen, IsEmpty());
  EXPECT_THAT(venue_.exchange->open_orders(), IsEmpty());
}

TEST_F(OrderEntryTest, RefusesWithoutTheMoney) {
  EXPECT_THAT(Refusal(venue_.Buy("100", "100.01")),
              StatusIs(Code::kFailedPrecondition,
                       "not enough USDT: the order takes 10001, available are 10000"));
  EXPECT_THAT(Refusal(venue_.Sell("100", "10.1")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("not enough BTC")));
}

TEST_F(OrderEntryTest, RefusesOnAStaleBook) {
  venue_.market().Push("diff BTCUSDT 500 500 b99:1");
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(Refusal(venue_.Buy("100", "1")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("book BTC-USDT")));
}

TEST_F(OrderEntryTest, RefusesWhileThePrivateStreamIsAway) {
  venue_.user().Break("peer closed");
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(Refusal(venue_.Buy("100", "1")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("user_stream: peer closed")));
}

TEST_F(OrderEntryTest, RefusesAnIdThatTheVenueWouldNotTake) {
  OrderRequest request = venue_.Buy("100", "1");
  request.client_order_id = ClientOrderId("no blanks");

  EXPECT_THAT(Refusal(request), StatusIs(Code::kInvalidArgument, HasSubstr("no blanks")));
}

TEST_F(OrderEntryTest, RefusesAnIdThatWasUsed) {
  OrderRequest request = venue_.Buy("100", "1");
  request.client_order_id = ClientOrderId("mine");
  venue_.PlaceOpen(request);

  EXPECT_THAT(Refusal(request), StatusIs(Code::kInvalidArgument, HasSubstr("used already")));
}

TEST_F(OrderEntryTest, RefusesOnceStopping) {
  venue_.Stop();

  EXPECT_THAT(Refusal(venue_.Buy("100", "1")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("stopping")));
}

// Limits are configured before the connector is made.
TEST(OrderEntryRiskTest, RefusesBeyondALimitBeforeAnythingIsSent) {
  FakeVenue venue;
  venue.config.risk.limits.position_max = Quantity(Decimal::FromInteger(2));
  ASSERT_THAT(venue.Start(), IsOk());
  venue.PlaceOpen(venue.Buy("100", "1.5"));
  venue.http.ClearRequests();

  EXPECT_THAT(venue.exchange->Place(venue.Buy("100", "0.6")).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("position_max")));
  EXPECT_THAT(venue.http.requests(), IsEmpty());
  EXPECT_THAT(venue.seen, ElementsAre("order_created"));
  venue.PlaceOpen(venue.Buy("100", "0.5"));
}

TEST(OrderEntryRiskTest, ForgetsAnOrderThatTheVenueRefused) {
  FakeVenue venue;
  venue.config.risk.limits.open_orders_max = 1;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.Answer(kPost, "rejected", 400);
  venue.Place(venue.Buy("100", "1"));
  venue.PlaceOpen(venue.Buy("100", "1"));

  EXPECT_THAT(venue.exchange->Place(venue.Buy("100", "1")).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("open_orders_max")));
}

TEST(OrderEntryRiskTest, ChecksAnAmendmentWithoutWhatItReplaces) {
  FakeVenue venue;
  venue.config.risk.limits.position_max = Quantity(Decimal::FromInteger(2));
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1.5"));

  EXPECT_THAT(
      venue.exchange->Amend(id, {.quantity = Quantity(Decimal::FromScaled(21, 1))}).status(),
      StatusIs(Code::kFailedPrecondition, HasSubstr("position_max")));
  EXPECT_THAT(venue.exchange->Amend(id, {.quantity = Quantity(Decimal::FromInteger(2))}).status(),
              Not(StatusIs(Code::kFailedPrecondition)));
}

// From here on there is an order, and every one ends in exactly one way.

TEST_F(OrderEntryTest, TheVenuesRefusalRejects) {
  venue_.http.Answer(kPost, "rejected", 400);

  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_rejected"));
  EXPECT_EQ(ReasonOf(id), "rejected");
  EXPECT_EQ(Available("USDT"), Decimal::FromInteger(10000));
}

TEST_F(OrderEntryTest, WhatCertainlyNeverLeftRejectsAndSaysSo) {
  venue_.http.Fail(kPost, absl::UnavailableError("connect: refused"), /*may_have_been_sent=*/false);

  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_rejected"));
  EXPECT_THAT(ReasonOf(id), HasSubstr("connect: refused"));
}

TEST_F(OrderEntryTest, AnOrderThatWaitsTooLongForTheLimitIsNeverSentS55) {
  for (int i = 0; i < 100; ++i) {
    venue_.http.Answer(kPost, StrCat("order - X", i, " open 0 1700000000000"));
  }
  for (int i = 0; i < 100; ++i) {
    venue_.Place(venue_.Buy("10", "0.1"));
  }
  venue_.seen.clear();

  const ClientOrderId id = venue_.Place(venue_.Buy("10", "0.1"));
  EXPECT_THAT(venue_.seen, IsEmpty());
  venue_.Run(absl::Seconds(5));

  EXPECT_THAT(venue_.seen, ElementsAre("order_rejected"));
  EXPECT_THAT(ReasonOf(id), HasSubstr("not sent"));
  EXPECT_EQ(venue_.http.count(kPost), 100);
}

TEST_F(OrderEntryTest, ATimeoutIsInDoubtAndEndsWellWhenTheVenueHasItS21) {
  venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.Answer("GET /order", "not_found", 400);
  venue_.http.Answer("GET /order", "order - X1 open 0 1700000000000");

  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt"));
  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_in_doubt);
  EXPECT_EQ(Available("USDT"), Decimal::FromInteger(9900));
  venue_.Run(absl::Milliseconds(500));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created"));
  EXPECT_FALSE(venue_.exchange->FindOrder(id)->is_in_doubt);
  EXPECT_EQ(venue_.http.count(kPost), 1);
}

TEST_F(OrderEntryTest, AFiveHundredIsInDoubt) {
  venue_.http.Answer(kPost, "oops", 502);
  venue_.http.AnswerAlways("GET /order", "order - X1 open 0 1700000000000");

  venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created"));
}

TEST_F(OrderEntryTest, AnAnswerThatCannotBeReadIsInDoubt) {
  venue_.http.Answer(kPost, "<html>");
  venue_.http.AnswerAlways("GET /order", "order - X1 open 0 1700000000000");

  venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created"));
}

TEST_F(OrderEntryTest, ADuplicateIdIsInDoubtForTheFirstCopyMayBeLive) {
  venue_.http.Answer(kPost, "duplicate", 400);
  venue_.http.AnswerAlways("GET /order", "order - X1 open 0 1700000000000");

  venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created"));
}

TEST_F(OrderEntryTest, AnEventOfTheStreamEndsADoubt) {
  venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.AnswerAlways("GET /order", "oops", 503);
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));

  venue_.user().Push(venue_.OrderLine(id, "X1", "open", "0"));
  venue_.Run(absl::Minutes(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created"));
}

TEST_F(OrderEntryTest, OrdersInDoubtTogetherShareTheVenuesLists) {
  venue_.http.AnswerAlways("GET /order", "not_found", 400);
  venue_.http.ClearRequests();
  venue_.http.Hold("GET /open");
  for (int i = 0; i < 5; ++i) {
    venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
    venue_.Place(venue_.Buy("100", "1"));
  }
  EXPECT_EQ(venue_.http.count("GET /open"), 1);

  venue_.http.Release();
  venue_.environment.RunUntilIdle();

  // What the first asked for is older than the others' doubts.
  EXPECT_EQ(venue_.http.count("GET /open"), 2);
  EXPECT_EQ(venue_.http.count("GET /trades"), 2);
  venue_.Run(absl::Minutes(1));
  EXPECT_THAT(venue_.exchange->open_orders(), ::testing::IsEmpty());
}

TEST_F(OrderEntryTest, AnOrderIsOnTheWireWhenPlaceReturns) {
  venue_.http.Hold(kPost);
  venue_.http.Answer(kPost, "order - X1 open 0 1700000000000");

  const ClientOrderId id = *venue_.exchange->Place(venue_.Buy("100", "1"));

  EXPECT_EQ(venue_.http.count(kPost), 1u);
  EXPECT_EQ(venue_.exchange->FindOrder(id)->state, OrderState::kPendingCreate);
  EXPECT_EQ(Available("USDT"), Decimal::FromInteger(9900));
  EXPECT_THAT(venue_.seen, IsEmpty());
  venue_.http.Release();
  venue_.environment.RunUntilIdle();
  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));
}

TEST_F(OrderEntryTest, FailuresToReachTheVenueAreNeverEvidenceS16) {
  venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.AnswerAlways("GET /order", "oops", 503);

  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  venue_.Run(absl::Hours(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt"));
  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_in_doubt);
}

TEST_F(OrderEntryTest, OnlyCleanNotFoundsTenSecondsApartEndADoubtS15) {
  venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.AnswerAlways("GET /order", "not_found", 400);

  venue_.Place(venue_.Buy("100", "1"));
  venue_.Run(absl::Milliseconds(9'900));
  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt"));
  venue_.Run(absl::Milliseconds(200));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_rejected"));
  EXPECT_EQ(Available("USDT"), Decimal::FromInteger(10000));
}

TEST_F(OrderEntryTest, ANotFoundWhileTheListsCannotBeReadEndsNothing) {
  venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.AnswerAlways("GET /order", "not_found", 400);
  venue_.http.AnswerAlways("GET /open", "oops", 503);

  venue_.Place(venue_.Buy("100", "1"));
  venue_.Run(absl::Minutes(5));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt"));
}

TEST_F(OrderEntryTest, AnOrderThatIsAmongTheOpenOnesIsNotLostThoughItsQueryFindsNothing) {
  venue_.http.Fail(kPost, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.AnswerAlways("GET /order", "not_found", 400);
  OrderRequest request = venue_.Buy("100", "1");
  request.client_order_id = ClientOrderId("mine");
  venue_.http.AnswerAlways("GET /open", "order mine X1 open 0 1700000000000");

  venue_.Place(request);
  venue_.Run(absl::Minutes(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created"));
}

TEST_F(OrderEntryTest, AnAnswerWithFillsAppliesThemBeforeTheStatusS2) {
  venue_.http.Answer(kPost,
                     "order - X1 filled 1 1700000000000\n"
                     "trade T1 - X1 buy 100 0.4 1700000000000\n"
                     "trade T2 - X1 buy 100 0.6 1700000000000");

  const ClientOrderId id = venue_.Place(venue_.Buy("101", "1"));

  EXPECT_THAT(venue_.seen,
              ElementsAre("order_created", "order_filled", "order_filled", "order_completed"));
  EXPECT_EQ(venue_.exchange->FindOrder(id)->filled_notional, *Notional::Parse("100"));
}

TEST_F(OrderEntryTest, TheStreamMayBeFasterThanTheAnswer) {
  venue_.http.Hold(kPost);
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "open", "0"));
  venue_.environment.RunUntilIdle();
  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));

  venue_.http.Answer(kPost, "order - X1 open 0 1700000000000");
  venue_.http.Release();
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));
}

TEST_F(OrderEntryTest, FillsThatAFilledStatusLacksAreFetchedAtOnceS4) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("GET /order_trades",
                     venue_.TradeLine("T1", ClientOrderId(), "X1", "100", "1"));

  venue_.user().Push(venue_.OrderLine(id, "X1", "filled", "1"));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_filled", "order_completed"));
}

TEST(OrderEntryFillLagTest, FillsThatComeWithinTheVenuesLagAreNotAskedFor) {
  VenueSpec spec = FakeVenueSpec();
  spec.fill_lag = absl::Milliseconds(500);
  FakeVenue venue(/*has_keys=*/true, spec);
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId prompt = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.user().Push(venue.OrderLine(prompt, "X1", "filled", "1"));
  venue.Run(absl::Milliseconds(400));
  venue.user().Push(venue.TradeLine("T1", prompt, "X1", "100", "1"));
  venue.Run(absl::Seconds(2));
  EXPECT_THAT(venue.seen, ElementsAre("order_created", "order_filled", "order_completed"));
  EXPECT_EQ(venue.http.count("GET /order_trades"), 0u);

  venue.http.Answer("POST /order", "order - X2 open 0 1700000000000");
  const ClientOrderId late = venue.Place(venue.Buy("100", "1"));
  venue.http.Answer("GET /order_trades", venue.TradeLine("T2", ClientOrderId(), "X2", "100", "1"));
  venue.user().Push(venue.OrderLine(late, "X2", "filled", "1"));
  venue.Run(absl::Milliseconds(600));
  EXPECT_EQ(venue.exchange->FindOrder(late)->state, OrderState::kFilled);
}

TEST_F(OrderEntryTest, QuantisesPassively) {
  venue_.PlaceOpen(venue_.Buy("100.019", "1.000019"));
  EXPECT_THAT(venue_.http.requests_to(kPost).back().url.path,
              HasSubstr("quantity=1.00001&price=100.01"));

  venue_.PlaceOpen(venue_.Sell("100.011", "1"));
  EXPECT_THAT(venue_.http.requests_to(kPost).back().url.path, HasSubstr("price=100.02"));
}

TEST_F(OrderEntryTest, ClockSkewOfFiveSecondsIsHealedS50) {
  venue_.http.Answer(kPost, "clock_skew", 400);
  venue_.http.Answer(kPost, "order - X1 open 0 1700000000000");

  venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));
}

TEST_F(OrderEntryTest, A429StopsNewOrdersUntilRetryAfterS49) {
  venue_.http.Answer(kPost, "rate_limited", 429, {{"Retry-After", "7"}});

  venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.seen, ElementsAre("order_rejected"));
  EXPECT_THAT(Refusal(venue_.Buy("100", "1")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("limits")));
  venue_.Run(absl::Seconds(7));
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  EXPECT_THAT(venue_.seen, ElementsAre("order_rejected", "order_created"));
}

TEST_F(OrderEntryTest, CountsTheLatencyOfOrders) {
  venue_.http.Hold(kPost);
  venue_.Place(venue_.Buy("100", "1"));
  venue_.Run(absl::Milliseconds(80));
  venue_.http.Answer(kPost, "order - X1 open 0 1700000000000");
  venue_.http.Release();
  venue_.environment.RunUntilIdle();

  EXPECT_EQ(venue_.exchange->counters().order_latency_last, absl::Milliseconds(80));
}

TEST(OrderEntryKeylessTest, WithoutKeysTellsWhichVariablesToSet) {
  FakeVenue venue(/*with_keys=*/false);
  ASSERT_THAT(venue.Start(), IsOk());

  EXPECT_THAT(venue.exchange->Place(venue.Buy("100", "1")),
              StatusIs(Code::kFailedPrecondition,
                       HasSubstr("COLIBRI_FAKE_API_KEY and COLIBRI_FAKE_API_SECRET")));
  EXPECT_THAT(venue.exchange->book(FakeVenue::kPair), IsOk());
  EXPECT_FALSE(venue.exchange->health().can_trade(FakeVenue::kPair));
  EXPECT_THAT(venue.exchange->CancelAll(std::nullopt), StatusIs(Code::kFailedPrecondition));
}

}  // namespace
}  // namespace colibri
