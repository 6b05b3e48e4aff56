// Cases 13 to 20: orders are placed and canceled, and refused.
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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void ExpectCreated(VenueUnderTest& at, Side side) {
  ASSERT_OK(at.Start());
  const OrderRequest request = at.Request(side);
  const ClientOrderId id = at.Place(request);
  const std::vector<OrderCreated> created = at.All<OrderCreated>();
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].order.client_order_id, id);
  EXPECT_EQ(created[0].order.side, side);
  EXPECT_EQ(created[0].order.type, OrderType::kLimit);
  EXPECT_EQ(created[0].order.quantity, request.quantity);
  EXPECT_EQ(created[0].order.price, request.price);
  EXPECT_EQ(created[0].header.venue, at.spec.name);
  EXPECT_EQ(created[0].header.receive_time, at.environment.clock().now() - absl::Milliseconds(100));
  EXPECT_EQ(at.OrderOf(id).state, OrderState::kOpen);
  const std::string_view envelope = side == Side::kBuy ? "place_open" : "place_open_sell";
  EXPECT_EQ(at.venue.Sent(envelope).size(), 1u);
  const Json expected = at.venue.Expected(envelope);
  EXPECT_EQ(at.OrderOf(id).exchange_order_id.view(), BodyText(expected.at("exchange_order_id")));
  EXPECT_EQ(at.venue.SentOfKind("place"), 1u);
}

CONFORMANCE_CASE(Spot13, PlacesABuy, Needs("trading"), Reads("place_open")) {
  ExpectCreated(at, Side::kBuy);
}

CONFORMANCE_CASE(Spot14, PlacesASell, Needs("trading"), Reads("place_open_sell")) {
  ExpectCreated(at, Side::kSell);
}

CONFORMANCE_CASE(Spot15, TellsARefusalInTheVenuesWords, Needs("trading"), Reads("place_refused")) {
  ASSERT_OK(at.Start());
  at.venue.Next("place_refused");
  const ClientOrderId id = at.Place();
  EXPECT_THAT(at.seen, ElementsAre("order_rejected"));
  EXPECT_THAT(at.OrderOf(id).reason,
              HasSubstr(BodyText(at.venue.Expected("place_refused").at("reason"))));
  EXPECT_THAT(at.exchange->open_orders(), IsEmpty());
  at.Run(absl::Minutes(1));
  EXPECT_EQ(at.venue.SentOfKind("place"), 1u);
}

// Corrected: what the rules refuse has no id and no event (S30, S31).
CONFORMANCE_CASE(Spot16, RefusesAtOnceWhatTheRulesForbid, Needs("trading"), Reads("rules")) {
  ASSERT_OK(at.Start());
  OrderRequest request = at.Request();
  request.quantity = Quantity(DecimalOf(at.session().at("order").at("too_small")));
  EXPECT_THAT(at.exchange->Place(request).status(), StatusIs(StatusCode::kInvalidArgument));
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen, IsEmpty());
  EXPECT_EQ(at.venue.SentOfKind("place"), 0u);
}

CONFORMANCE_CASE(Spot17,
                 CancelsAnOrder,
                 Needs("trading", "cancel_by_client_order_id", "final_cancel_answer"),
                 Reads("cancel_ok")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Milliseconds(100));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_EQ(at.venue.SentOfKind("cancel"), 1u);
  EXPECT_THAT(at.exchange->Cancel(id), StatusIs(StatusCode::kFailedPrecondition));
}

// Corrected: a cancel that fails is an event (S26), and a cancel of nothing an error (S28).
CONFORMANCE_CASE(Spot18, TellsThatACancelWasRefused, Needs("trading"), Reads("cancel_refused")) {
  ASSERT_OK(at.Start());
  EXPECT_THAT(at.exchange->Cancel(ClientOrderId("nobody")), StatusIs(StatusCode::kNotFound));
  const ClientOrderId id = at.Place();
  at.venue.Next("cancel_refused");
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Seconds(1));
  ASSERT_THAT(at.seen, ElementsAre("order_created", "cancel_rejected"));
  EXPECT_THAT(at.First<CancelRejected>().reason,
              HasSubstr(BodyText(at.venue.Expected("cancel_refused").at("reason"))));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
}

// Corrected: an unknown order is no proof of anything; its status is (S25).
CONFORMANCE_CASE(Spot19,
                 AsksAfterAnOrderThatTheCancelDidNotFind,
                 Needs("trading", "query_by_client_order_id"),
                 Reads("cancel_unknown", "order_open")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.Next("cancel_unknown");
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Milliseconds(100));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_GE(at.venue.SentOfKind("order"), 1u);
  at.Run(absl::Seconds(5));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
}

CONFORMANCE_CASE(Spot20,
                 CancelsAllAndSaysWhichCouldNotBe,
                 Needs("trading"),
                 Reads("cancel_ok", "cancel_refused")) {
  ASSERT_OK(at.Start());
  const ClientOrderId first = at.Place();
  const ClientOrderId second = at.Place();
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "cancel_all" ? Fault::kServerErrorBefore : Fault::kNone;
  };
  at.venue.Next("cancel_refused");
  ASSERT_OK(at.exchange->CancelAll(at.pair));
  at.Run(absl::Seconds(5));
  EXPECT_EQ(at.Count("cancel_rejected"), 1);
  EXPECT_EQ(at.Count("order_canceled"), 1);
  EXPECT_EQ(at.exchange->open_orders().size(), 1u);
  EXPECT_NE(at.StateOf(first), at.StateOf(second));
}

CONFORMANCE_CASE(Beyond01,
                 CancelsAllOfAPairInOneCall,
                 Needs("trading", "cancel_all"),
                 Reads("cancel_all_ok", "order_canceled")) {
  ASSERT_OK(at.Start());
  at.Place();
  at.Place();
  ASSERT_OK(at.exchange->CancelAll(at.pair));
  at.Run(absl::Seconds(10));
  EXPECT_EQ(at.venue.SentOfKind("cancel_all"), 1u);
  EXPECT_EQ(at.Count("order_canceled"), 2);
  EXPECT_THAT(at.exchange->open_orders(), IsEmpty());
}

CONFORMANCE_CASE(Beyond02, AmendsAnOrder, Needs("trading", "amend"), Reads("amend_ok")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  const Quantity lowered(DecimalOf(at.session().at("order").at("lowered_quantity")));
  ASSERT_OK_AND_ASSIGN(const ClientOrderId amended,
                       at.exchange->Amend(id, {.price = std::nullopt, .quantity = lowered}));
  at.Run(absl::Seconds(1));
  EXPECT_EQ(at.StateOf(amended), OrderState::kOpen);
  EXPECT_EQ(at.OrderOf(amended).quantity, lowered);
  EXPECT_EQ(at.exchange->open_orders().size(), 1u);
  EXPECT_EQ(at.Count("amend_rejected"), 0);
}

CONFORMANCE_CASE(Beyond03,
                 MakesIdsOfTheVenuesAlphabet,
                 Needs("trading", "client_order_ids"),
                 Reads("place_open")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  EXPECT_LE(id.view().size(), at.spec.client_order_id_length_max);
  EXPECT_EQ(id.view().find_first_not_of(at.spec.client_order_id_alphabet), std::string_view::npos);
  OrderRequest request = at.Request();
  request.client_order_id = ClientOrderId(std::string(at.spec.client_order_id_length_max + 1,
                                                      at.spec.client_order_id_alphabet.front()));
  EXPECT_THAT(at.exchange->Place(request).status(), StatusIs(StatusCode::kInvalidArgument));
  request.client_order_id = id;  // in use
  EXPECT_FALSE(at.exchange->Place(request).ok());
}

CONFORMANCE_CASE(Beyond04,
                 SendsMarketOrdersWithTheWorstPrice,
                 Needs("trading", "market_price"),
                 Reads("place_market")) {
  ASSERT_OK(at.Start());
  OrderRequest request = at.Request();
  request.type = OrderType::kMarket;
  request.price = std::nullopt;
  at.venue.Next("place_market");
  const ClientOrderId id = at.Place(request);
  EXPECT_EQ(at.OrderOf(id).price,
            Price(DecimalOf(at.venue.Expected("place_market").at("worst_price"))));
}

// The cancel comes too late, and its answer says no more than that.
CONFORMANCE_CASE(Beyond05,
                 LetsAFillWinTheRaceWithACancel,
                 Needs("trading"),
                 Reads("cancel_unknown", "order_filled", "trades_full")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.SetOrderState("filled");
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Seconds(5));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_filled", "order_completed"));
  EXPECT_FALSE(at.First<OrderCompleted>().is_incomplete);
}

}  // namespace
}  // namespace colibri::conformance
