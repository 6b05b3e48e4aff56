#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

namespace colibri::hyperliquid {
namespace {

using testing::HasSubstr;

class HyperliquidRequestsTest : public testing::Test {
 protected:
  // Of an instrument whose asset is 4.
  std::string Placed(const Order& order) const {
    return requests_.Place(order, instruments_.at(1)).request.body;
  }

  const InstrumentTable instruments_ = SampleInstruments();
  const Requests requests_{std::string(kSampleAccount)};
};

TEST_F(HyperliquidRequestsTest, PlacesOrders) {
  const VenueCall call = requests_.Place(SampleOrder(), instruments_.at(1));

  EXPECT_EQ(call.request.method, HttpMethod::kPost);
  EXPECT_EQ(call.request.path, "/exchange");
  EXPECT_EQ(
      call.request.body,
      StrCat(R"({"type":"order","orders":[{"a":4,"b":true,"p":"1670.1","s":"0.0147","r":false,)"
             R"("t":{"limit":{"tif":"Gtc"}},"c":")",
             kSampleCloid,
             R"("}],"grouping":"na"})"));
  EXPECT_EQ(call.security, CallSecurity::kSigned);
  EXPECT_EQ(call.priority, CallPriority::kCreate);
  ASSERT_EQ(call.charges.size(), 2u);
}

TEST_F(HyperliquidRequestsTest, SaysHowAnOrderIsExecuted) {
  Order order = SampleOrder();
  order.type = OrderType::kLimitMaker;
  EXPECT_THAT(Placed(order), HasSubstr(R"("tif":"Alo")"));
  order.type = OrderType::kMarket;
  EXPECT_THAT(Placed(order), HasSubstr(R"("tif":"Ioc")"));
  order.type = OrderType::kLimit;
  order.time_in_force = TimeInForce::kIoc;
  EXPECT_THAT(Placed(order), HasSubstr(R"("tif":"Ioc")"));
  // Unknown to the venue, which refuses it: Ioc would fill a part.
  order.time_in_force = TimeInForce::kFok;
  EXPECT_THAT(Placed(order), HasSubstr(R"("tif":"Fok")"));
}

TEST_F(HyperliquidRequestsTest, PlacesConditionalOrders) {
  Order order = SampleOrder();
  order.trigger = OrderTrigger{
      .price = Price(D("1680.0")), .kind = TriggerKind::kStop, .source = TriggerSource::kMark};
  EXPECT_THAT(
      Placed(order),
      HasSubstr(R"("p":"1670.1","s":"0.0147","r":false,)"
                R"("t":{"trigger":{"isMarket":false,"triggerPx":"1680","tpsl":"sl"}},"c")"));
  order.type = OrderType::kMarket;
  order.trigger->kind = TriggerKind::kTakeProfit;
  EXPECT_THAT(Placed(order),
              HasSubstr(R"("t":{"trigger":{"isMarket":true,"triggerPx":"1680","tpsl":"tp"}},"c")"));
}

TEST_F(HyperliquidRequestsTest, ClosesByReduceOnly) {
  Order order = SampleOrder();
  order.side = Side::kSell;
  order.position_action = PositionAction::kClose;

  const VenueCall call = requests_.Place(order, instruments_.at(1));

  EXPECT_THAT(call.request.body, HasSubstr(R"("b":false,"p":"1670.1","s":"0.0147","r":true)"));
  EXPECT_EQ(call.priority, CallPriority::kReduceOnly);
}

TEST_F(HyperliquidRequestsTest, CancelsByOurIdOrTheVenues) {
  const VenueCall by_ours = requests_.Cancel(SampleOrder(), instruments_.at(1));
  EXPECT_EQ(
      by_ours.request.body,
      StrCat(
          R"({"type":"cancelByCloid","cancels":[{"asset":4,"cloid":")", kSampleCloid, R"("}]})"));
  EXPECT_EQ(by_ours.priority, CallPriority::kCancel);
  // The limit of an address is not for cancels.
  EXPECT_EQ(by_ours.charges.size(), 1u);

  Order foreign = SampleOrder();
  foreign.client_order_id = ClientOrderId();
  foreign.exchange_order_id = ExchangeOrderId("123456789012");
  EXPECT_EQ(requests_.Cancel(foreign, instruments_.at(1)).request.body,
            R"({"type":"cancel","cancels":[{"a":4,"o":123456789012}]})");
}

TEST_F(HyperliquidRequestsTest, ReplacesByModification) {
  Order replacement = SampleOrder("clb2");
  replacement.price = Price(D("1671"));

  EXPECT_EQ(requests_.Replace(SampleOrder(), replacement, instruments_.at(1)).request.body,
            StrCat(R"({"type":"modify","oid":")",
                   kSampleCloid,
                   R"(","order":{"a":4,"b":true,"p":"1671","s":"0.0147","r":false,)"
                   R"("t":{"limit":{"tif":"Gtc"}},"c":"0x000000000000000000000000000a839e"}})"));
}

TEST_F(HyperliquidRequestsTest, ReadsWithoutASignature) {
  const VenueCall time = requests_.ServerTime();
  EXPECT_EQ(time.request.path, "/info");
  EXPECT_EQ(time.security, CallSecurity::kNone);
  ASSERT_EQ(time.request.headers.size(), 1u);
  EXPECT_EQ(time.request.headers[0].second, "application/json");

  const std::string user = StrCat(R"(,"user":")", kSampleAccount, "\"");
  EXPECT_EQ(requests_.Fees().request.body, StrCat(R"({"type":"userFees")", user, "}"));
  EXPECT_EQ(requests_.OpenOrders().request.body,
            StrCat(R"({"type":"frontendOpenOrders")", user, R"(,"dex":""})"));
  EXPECT_EQ(requests_.Order(SampleOrder()).request.body,
            StrCat(R"({"type":"orderStatus")", user, R"(,"oid":")", kSampleCloid, "\"}"));
  EXPECT_EQ(requests_.Fills(absl::FromUnixMillis(1700000000000)).request.body,
            StrCat(R"({"type":"userFillsByTime")", user, R"(,"startTime":1700000000000})"));
  EXPECT_EQ(requests_.Fills(std::nullopt).request.body,
            StrCat(R"({"type":"userFills")", user, "}"));
}

}  // namespace
}  // namespace colibri::hyperliquid
