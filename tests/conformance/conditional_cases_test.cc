// Conditional orders: what waits for its trigger, what comes of it, and where it is looked for.
#include <string>
#include <string_view>

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

// A buy: its stop lies above the market, its take-profit below.
OrderRequest Conditional(const VenueUnderTest& at, TriggerKind kind, TriggerSource source) {
  const Json& given = at.session().at("order");
  const bool is_stop = kind == TriggerKind::kStop;
  OrderRequest request = at.Request();
  request.trigger =
      OrderTrigger{.price = Price(DecimalOf(given.at(is_stop ? "stop_price" : "profit_price"))),
                   .kind = kind,
                   .source = source};
  return request;
}

OrderRequest Stop(const VenueUnderTest& at) {
  return Conditional(at, TriggerKind::kStop, at.spec.trigger_sources.front());
}

void ExpectWaits(VenueUnderTest& at, std::string_view envelope, TriggerSource source) {
  ASSERT_OK(at.Start());
  const bool is_stop = envelope.starts_with("place_stop");
  OrderRequest request =
      Conditional(at, is_stop ? TriggerKind::kStop : TriggerKind::kTakeProfit, source);
  if (envelope.ends_with("_market")) {
    request.type = OrderType::kMarket;
    request.price = std::nullopt;
  }
  const Balance before = at.exchange->balance(at.pair.quote);
  const ClientOrderId id = at.Place(request);
  EXPECT_EQ(at.venue.Sent(envelope).size(), 1u);
  EXPECT_THAT(at.seen, ElementsAre("order_created"));
  const Order& order = at.OrderOf(id);
  EXPECT_EQ(order.state, OrderState::kOpen);
  EXPECT_TRUE(order.is_waiting());
  EXPECT_EQ(order.exchange_order_id.view(),
            BodyText(at.venue.Expected(envelope).at("exchange_order_id")));
  EXPECT_EQ(at.exchange->balance(at.pair.quote).available, before.available);
}

CONFORMANCE_CASE(Beyond60,
                 PlacesAStopByTheLastPrice,
                 Needs("trading", "conditional_orders", "triggers_by_last"),
                 Reads("place_stop_last")) {
  ExpectWaits(at, "place_stop_last", TriggerSource::kLast);
}

CONFORMANCE_CASE(Beyond61,
                 PlacesAStopByTheMarkPrice,
                 Needs("trading", "conditional_orders", "triggers_by_mark"),
                 Reads("place_stop_mark")) {
  ExpectWaits(at, "place_stop_mark", TriggerSource::kMark);
}

CONFORMANCE_CASE(Beyond62,
                 PlacesATakeProfitAtTheMarket,
                 Needs("trading", "conditional_orders"),
                 Reads("place_profit_market")) {
  ExpectWaits(at, "place_profit_market", at.spec.trigger_sources.front());
}

CONFORMANCE_CASE(Beyond63,
                 HearsOfATrigger,
                 Needs("trading", "conditional_orders"),
                 Reads("stream_triggered", "stream_fill_full")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place(Stop(at));
  at.venue.Push("stream_triggered");
  at.Run(absl::Milliseconds(100));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_triggered"));
  EXPECT_FALSE(at.OrderOf(id).is_waiting());
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(at.OrderOf(id).exchange_order_id.view(),
            BodyText(at.venue.Expected("stream_triggered").at("exchange_order_id")));
  at.venue.Push("stream_fill_full");
  at.Run(absl::Seconds(20));
  EXPECT_THAT(at.seen,
              ElementsAre("order_created", "order_triggered", "order_filled", "order_completed"));
}

CONFORMANCE_CASE(Beyond64,
                 CancelsWhatWaits,
                 Needs("trading", "conditional_orders"),
                 Reads("venue")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place(Stop(at));
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Seconds(20));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_FALSE(at.OrderOf(id).is_triggered);
  EXPECT_EQ(at.venue.open_orders(), 0u);
}

CONFORMANCE_CASE(Beyond65,
                 RefusesATriggerThatNeedsRounding,
                 Needs("trading", "conditional_orders"),
                 Reads("venue")) {
  ASSERT_OK(at.Start());
  OrderRequest request = Stop(at);
  request.trigger->price = request.trigger->price + Price(Decimal::FromScaled(1, 12));
  EXPECT_THAT(at.exchange->Place(request).status(),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("price_increment")));
  EXPECT_THAT(at.seen, IsEmpty());
}

CONFORMANCE_CASE(Beyond66,
                 RefusesToAmendAConditionalOrder,
                 Needs("trading", "conditional_orders"),
                 Reads("venue")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place(Stop(at));
  EXPECT_THAT(at.exchange->Amend(id, {.quantity = Quantity(Decimal::FromScaled(3, 1))}).status(),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("conditional")));
}

CONFORMANCE_CASE(Beyond67,
                 LooksAtTheListOfThoseThatWait,
                 Needs("trading", "conditional_orders", "conditional_lists"),
                 Reads("open_conditional_orders_none", "cancel_all_conditional_ok")) {
  ASSERT_OK(at.Start());
  EXPECT_GE(at.venue.Sent("open_conditional_orders_none").size(), 1u);
  ASSERT_OK(at.exchange->CancelAll(at.pair));
  at.Run(absl::Seconds(1));
  EXPECT_EQ(at.venue.Sent("cancel_all_conditional_ok").size(), 1u);
}

CONFORMANCE_CASE(Beyond68,
                 EndsADoubtWhenTheListOfThoseThatWaitHasNotGotIt,
                 Needs("trading", "conditional_orders", "conditional_lists"),
                 Reads("conditional_order_not_found", "open_conditional_orders_none")) {
  ASSERT_OK(at.Start());
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "place" ? Fault::kCutBefore : Fault::kNone;
  };
  at.Place(Stop(at));
  at.Run(absl::Seconds(5));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt"));  // once is no proof
  at.Run(absl::Seconds(30));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_rejected"));
}

CONFORMANCE_CASE(Beyond69,
                 FindsWhatWaitsByAsking,
                 Needs("trading", "conditional_orders", "conditional_lists"),
                 Reads("conditional_order_open", "conditional_cancel_ok")) {
  ASSERT_OK(at.Start());
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "place" ? Fault::kCutAfter : Fault::kNone;
  };
  at.venue.Always("conditional_order_open");
  const ClientOrderId id = at.Place(Stop(at));
  at.Run(absl::Seconds(5));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_created"));
  EXPECT_TRUE(at.OrderOf(id).is_waiting());
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Seconds(1));
  EXPECT_EQ(at.venue.Sent("conditional_cancel_ok").size(), 1u);
  EXPECT_EQ(at.StateOf(id), OrderState::kCanceled);
}

}  // namespace
}  // namespace colibri::conformance
