// Cancelling, amending and replacing through ExchangeBase, on the fake venue.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/order_entry.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

constexpr std::string_view kDelete = "DELETE /order";

class OrderCancelTest : public ::testing::Test {
 protected:
  explicit OrderCancelTest(VenueSpec spec = FakeVenueSpec()) : venue_(true, std::move(spec)) {}
  void SetUp() override { ASSERT_THAT(venue_.Start(), IsOk()); }

  void Cancel(const ClientOrderId& id) {
    EXPECT_THAT(venue_.exchange->Cancel(id), IsOk());
    venue_.environment.RunUntilIdle();
  }

  FakeVenue venue_;
};

TEST_F(OrderCancelTest, AnUnknownIdIsAnErrorAtOnceS28) {
  EXPECT_THAT(venue_.exchange->Cancel(ClientOrderId("nobody")), StatusIs(Code::kNotFound));
}

TEST_F(OrderCancelTest, AnOrderThatIsOverCannotBeCanceled) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.exchange->Cancel(id),
              StatusIs(Code::kFailedPrecondition, HasSubstr("canceled")));
}

TEST_F(OrderCancelTest, ACancelIsOnTheWireWhenCancelReturns) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));

  EXPECT_THAT(venue_.exchange->Cancel(id), IsOk());
  EXPECT_EQ(venue_.http.count(kDelete), 1u);

  venue_.environment.RunUntilIdle();
  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(OrderCancelTest, AnotherRefusalIsTheOutcomeS26) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, "rejected", 400);

  Cancel(id);

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "cancel_rejected"));
  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_open());
}

// Where the answer to a cancel does not say what was filled until then.
class CancelWithoutAmountsTest : public OrderCancelTest {
 protected:
  CancelWithoutAmountsTest()
      : OrderCancelTest([] {
          VenueSpec spec = FakeVenueSpec();
          spec.capabilities.is_cancel_answer_final = false;
          return spec;
        }()) {}
};

TEST_F(CancelWithoutAmountsTest, AFillThatTheStreamHasNotToldComesBeforeTheEnd) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.http.Answer("GET /order", "order - X1 canceled 0.3 1700000000000");
  venue_.http.Answer("GET /order_trades", "trade T1 - X1 buy 100 0.3 1700000000000");

  Cancel(id);
  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_open());
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_filled", "order_canceled"));
}

TEST_F(CancelWithoutAmountsTest, IsNotAskedForWhatTheStreamTells) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));

  Cancel(id);
  venue_.user().Push(venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.Run(absl::Seconds(5));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_EQ(venue_.http.count("GET /order"), 0u);
}

TEST_F(CancelWithoutAmountsTest, IsAskedForAgainWhenTheVenueDoesNotAnswer) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.http.Answer("GET /order", "oops", 503);
  venue_.http.Answer("GET /order", "order - X1 canceled 0 1700000000000");

  Cancel(id);
  venue_.Run(absl::Seconds(5));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(CancelWithoutAmountsTest, TheOldOrderOfAReplacementIsAskedForToo) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("POST /replace",
                     "order - X1 canceled 0 1700000000000\norder - X2 open 0 1700000000000");
  venue_.http.Answer("GET /order", "order - X1 canceled 0.3 1700000000000");
  venue_.http.Answer("GET /order_trades", "trade T1 - X1 buy 100 0.3 1700000000000");

  ASSERT_OK_AND_ASSIGN(const ClientOrderId next,
                       venue_.exchange->Amend(id, {.price = *Price::Parse("99"), .quantity = {}}));
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen,
              ElementsAre("order_created", "order_created", "order_filled", "order_canceled"));
  EXPECT_TRUE(venue_.exchange->FindOrder(next)->is_open());
}

TEST_F(OrderCancelTest, UnknownOrderIsNoProofAndIsAskedForS25) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, "unknown_order", 400);
  venue_.http.Answer("GET /order", "order - X1 filled 1 1700000000000");
  venue_.http.Answer("GET /order_trades", "trade T1 - X1 buy 100 1 1700000000000");

  Cancel(id);

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_filled", "order_completed"));
}

TEST_F(OrderCancelTest, UnknownToCancelAndToQueryEndsAfterTwoCleanNotFounds) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways(kDelete, "unknown_order", 400);
  venue_.http.AnswerAlways("GET /order", "not_found", 400);

  Cancel(id);
  venue_.Run(absl::Seconds(5));
  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));
  venue_.Run(absl::Minutes(1));

  EXPECT_FALSE(venue_.exchange->FindOrder(id)->is_open());
}

TEST_F(OrderCancelTest, ALostAnswerIsAskedForAndTheCancelSentAgainWhileOpen) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Fail(kDelete, absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue_.http.Answer("GET /order", "order - X1 open 0 1700000000000");
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));

  Cancel(id);
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(OrderCancelTest, ACancelThatNeverGetsThroughIsGivenUpAndSaysSoS27) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  for (int i = 0; i < OrderEntry::kCancelAttempts; ++i) {
    venue_.http.Fail(kDelete, absl::UnavailableError("refused"), /*may_have_been_sent=*/false);
  }

  Cancel(id);
  venue_.Run(absl::Seconds(10));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "cancel_rejected"));
  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_open());
}

TEST_F(OrderCancelTest, ACancelFasterThanItsOrderIsSentAgainAfterIt) {
  venue_.http.Hold("POST /order");
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  venue_.http.Answer(kDelete, "unknown_order", 400);
  Cancel(id);
  venue_.http.Answer("POST /order", "order - X1 open 0 1700000000000");
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));

  venue_.http.Release();
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(OrderCancelTest, ACancelFasterThanAnOrderInDoubtIsSentAgainWhenItShows) {
  venue_.http.Answer("POST /order", "oops", 503);
  venue_.http.AnswerAlways("GET /order", "not_found", 400);
  venue_.http.Answer(kDelete, "unknown_order", 400);
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  Cancel(id);
  venue_.Run(absl::Seconds(2));
  ASSERT_EQ(venue_.http.count(kDelete), 1u);

  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "open", "0"));
  venue_.environment.RunUntilIdle();

  EXPECT_EQ(venue_.http.count(kDelete), 2u);
  EXPECT_THAT(venue_.seen, ElementsAre("order_in_doubt", "order_created", "order_canceled"));
}

TEST_F(OrderCancelTest, AFillWinsTheRace) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Hold(kDelete);
  Cancel(id);
  venue_.user().Push(StrCat(venue_.TradeLine("T1", id, "X1", "100", "1"),
                            "\n",
                            venue_.OrderLine(id, "X1", "filled", "1")));
  venue_.http.Answer(kDelete, "unknown_order", 400);
  venue_.http.AnswerAlways("GET /order", "order - X1 filled 1 1700000000000");
  venue_.http.Release();
  venue_.Run(absl::Seconds(30));

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_filled", "order_completed"));
}

TEST_F(OrderCancelTest, CancelsAskedForTwiceGoOutOnce) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Hold(kDelete);
  Cancel(id);
  Cancel(id);

  EXPECT_EQ(venue_.http.count(kDelete), 1);
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.http.Release();
  venue_.environment.RunUntilIdle();
  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(OrderCancelTest, CancelAllTakesOneCallAPairAndSingleOnesForWhatIsLeft) {
  venue_.http.Answer("POST /order", "order - X1 open 0 1700000000000");
  const ClientOrderId first = venue_.Place(venue_.Buy("100", "1"));
  venue_.http.Answer("POST /order", "order - X2 open 0 1700000000000");
  const ClientOrderId second = venue_.Place(venue_.Buy("99", "1"));
  venue_.http.Answer("DELETE /orders", venue_.OrderLine(first, "X1", "canceled", "0"));
  venue_.http.Answer(kDelete, venue_.OrderLine(second, "X2", "canceled", "0"));

  EXPECT_THAT(venue_.exchange->CancelAll(FakeVenue::kPair), IsOk());
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.exchange->open_orders(), ::testing::IsEmpty());
  EXPECT_EQ(venue_.http.count("DELETE /orders"), 1);
  EXPECT_EQ(venue_.http.count(kDelete), 1);
}

TEST_F(OrderCancelTest, CancelAllGoesOnWhenTheOneCallFails) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("DELETE /orders", "oops", 503);
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));

  EXPECT_THAT(venue_.exchange->CancelAll(std::nullopt), IsOk());
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(OrderCancelTest, CancelAllOfAnUnknownPairIsNotFound) {
  EXPECT_THAT(venue_.exchange->CancelAll(TradingPair{"DOGE", "USDT"}), StatusIs(Code::kNotFound));
}

// Replacing.

TEST_F(OrderCancelTest, AnAmendmentOfAnUnacknowledgedOrderIsRefused) {
  venue_.http.Hold("POST /order");
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(venue_.exchange->Amend(id, {.price = *Price::Parse("99"), .quantity = {}}),
              StatusIs(Code::kFailedPrecondition));
  venue_.http.AnswerAlways("POST /order", "rejected", 400);
  venue_.http.Release();
}

TEST_F(OrderCancelTest, AReplacementEndsOneOrderAndBeginsAnother) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("POST /replace",
                     "order - X1 canceled 0 1700000000000\norder - X2 open 0 1700000000000");

  ASSERT_OK_AND_ASSIGN(const ClientOrderId next,
                       venue_.exchange->Amend(id, {.price = *Price::Parse("99"), .quantity = {}}));
  venue_.environment.RunUntilIdle();

  EXPECT_NE(next, id);
  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled", "order_created"));
  EXPECT_EQ(venue_.exchange->FindOrder(next)->price, *Price::Parse("99"));
}

TEST_F(OrderCancelTest, AReplacementWhoseCancelFailedLeavesTheOldOrder) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("POST /replace", "rejected\nrejected", 400);

  ASSERT_OK_AND_ASSIGN(const ClientOrderId next,
                       venue_.exchange->Amend(id, {.price = *Price::Parse("99"), .quantity = {}}));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "cancel_rejected", "order_rejected"));
  EXPECT_TRUE(venue_.exchange->FindOrder(id)->is_open());
  EXPECT_FALSE(venue_.exchange->FindOrder(next)->is_open());
}

TEST_F(OrderCancelTest, AReplacementWhosePlacementFailedEndsBoth) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("POST /replace", "order - X1 canceled 0 1700000000000\nrejected", 409);

  ASSERT_OK_AND_ASSIGN(const ClientOrderId next,
                       venue_.exchange->Amend(id, {.price = *Price::Parse("99"), .quantity = {}}));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled", "order_rejected"));
  EXPECT_EQ(venue_.exchange->FindOrder(next)->reason, "rejected");
}

TEST_F(OrderCancelTest, AReplacementWithoutAnAnswerIsAskedForTwice) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Fail("POST /replace", absl::DeadlineExceededError("read"), true);
  venue_.http.set_responder([&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.method != HttpMethod::kGet || !request.url.path.starts_with("/order?")) {
      return std::nullopt;
    }
    const bool is_old = request.url.path.find(id.ToString()) != std::string::npos;
    return FakeHttpTransport::Ok(is_old ? "order - X1 canceled 0 1700000000000"
                                        : "order - X2 open 0 1700000000000");
  });

  ASSERT_OK_AND_ASSIGN(const ClientOrderId next,
                       venue_.exchange->Amend(id, {.price = *Price::Parse("99"), .quantity = {}}));
  venue_.Run(absl::Seconds(1));

  EXPECT_FALSE(venue_.exchange->FindOrder(id)->is_open());
  EXPECT_EQ(venue_.exchange->FindOrder(next)->state, OrderState::kOpen);
}

TEST_F(OrderCancelTest, AReplacementNeedsOnlyTheMoneyThatItTakesBeyondTheOldOrder) {
  venue_.http.Answer("GET /balances", "balance USDT 10000 1000 -\nbalance BTC 10 10 -");
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("90", "100"));
  venue_.environment.Await(venue_.exchange->RefreshBalances()).IgnoreError();
  venue_.Run(absl::Seconds(6));
  venue_.http.Answer("POST /replace",
                     "order - X1 canceled 0 1700000000000\norder - X2 open 0 1700000000000");

  EXPECT_THAT(venue_.exchange->Amend(id, {.price = *Price::Parse("101"), .quantity = {}}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("not enough USDT")));
  EXPECT_THAT(venue_.exchange->Amend(id, {.price = *Price::Parse("100"), .quantity = {}}), IsOk());
  venue_.environment.RunUntilIdle();
}

class OrderAmendTest : public OrderCancelTest {
 protected:
  OrderAmendTest()
      : OrderCancelTest([] {
          VenueSpec spec = FakeVenueSpec();
          spec.capabilities.can_amend = true;
          return spec;
        }()) {}
};

TEST_F(OrderAmendTest, ARefusedAmendmentLeavesTheOrder) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("PUT /order", "rejected", 400);

  EXPECT_THAT(venue_.exchange->Amend(id, {.price = {}, .quantity = *Quantity::Parse("0.4")}),
              IsOkAndHolds(id));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "amend_rejected"));
  EXPECT_EQ(venue_.exchange->FindOrder(id)->quantity, *Quantity::Parse("1"));
}

TEST_F(OrderAmendTest, LowersTheQuantityInPlace) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer("PUT /order", StrCat("order - X1 open 0 ", venue_.now_ms(), " 0.4"));

  EXPECT_THAT(venue_.exchange->Amend(id, {.price = {}, .quantity = *Quantity::Parse("0.4")}),
              IsOkAndHolds(id));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_amended"));
  EXPECT_EQ(venue_.exchange->FindOrder(id)->quantity, *Quantity::Parse("0.4"));
}

class CancelByExchangeIdTest : public OrderCancelTest {
 protected:
  CancelByExchangeIdTest()
      : OrderCancelTest([] {
          VenueSpec spec = FakeVenueSpec();
          spec.capabilities.can_cancel_by_client_order_id = false;
          return spec;
        }()) {}
};

TEST_F(CancelByExchangeIdTest, ACancelWaitsForTheExchangeIdS24) {
  venue_.http.Hold("POST /order");
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  Cancel(id);
  EXPECT_EQ(venue_.http.count(kDelete), 0);
  venue_.http.Answer("POST /order", "order - X1 open 0 1700000000000");
  venue_.http.Answer(kDelete, venue_.OrderLine(id, "X1", "canceled", "0"));

  venue_.http.Release();
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

}  // namespace
}  // namespace colibri
