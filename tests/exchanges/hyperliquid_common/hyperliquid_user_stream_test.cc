#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/json_fields.h"
#include "core/strings.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = PrivateMessage::Kind;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

// A channel of a venue that tells one balance.
absl::Status ReadCash(const JsonFields& data, PrivateMessage& message) {
  const absl::StatusOr<Decimal> total = data.Number("total");
  if (total.ok()) {
    message.balances.push_back(
        {.asset = "USDC", .balance = {.total = *total, .available = *total}, .venue_time = {}});
  }
  return total.status();
}

class HyperliquidUserStreamTest : public testing::Test {
 protected:
  absl::StatusOr<PrivateMessage> Parse(std::string_view channel, std::string_view data) {
    return source_.Parse(ChannelFrame(channel, data));
  }

  const InstrumentTable instruments_ = SampleInstruments();
  HyperliquidUserStream source_{
      {.rest_url = "", .market_stream_url = "", .private_stream_url = "wss://x/ws"},
      std::string(kSampleAccount),
      instruments_,
      {{.name = "cash", .subscription = R"(,"dex":"")", .read = ReadCash}},
      /*note_fill=*/nullptr};
};

TEST_F(HyperliquidUserStreamTest, RefusesFramesThatCannotBeRead) {
  EXPECT_THAT(source_.Parse("{"), StatusIs(kDataLoss));
  EXPECT_THAT(source_.Parse("{}"), StatusIs(kDataLoss, HasSubstr("`channel`")));
  EXPECT_THAT(Parse("orderUpdates", "{}"), StatusIs(kDataLoss));
  EXPECT_THAT(Parse("orderUpdates", R"([{"order":{}}])"), StatusIs(kDataLoss));
  EXPECT_THAT(Parse("userFills", "{}"), StatusIs(kDataLoss, HasSubstr("`fills`")));
  EXPECT_THAT(Parse("cash", "{}"), StatusIs(kDataLoss, HasSubstr("`total`")));
}

TEST_F(HyperliquidUserStreamTest, SubscribesToTheAccount) {
  EXPECT_EQ(source_.StreamUrl(""), "wss://x/ws");
  EXPECT_THAT(
      source_.SubscribeFrames(),
      ElementsAre(StrCat(R"({"method":"subscribe","subscription":{"type":"userFills","user":")",
                         kSampleAccount,
                         "\"}}"),
                  StrCat(R"({"method":"subscribe","subscription":{"type":"cash","user":")",
                         kSampleAccount,
                         R"(","dex":""}})"),
                  HasSubstr(R"("type":"orderUpdates","user":"0x1479)")));
}

TEST_F(HyperliquidUserStreamTest, TakesTheLastSubscriptionForTheLogin) {
  const auto first =
      Parse("subscriptionResponse",
            R"({"method":"subscribe","subscription":{"type":"userFills","user":"0x1"}})");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->kind, Kind::kIgnored);

  const auto last =
      Parse("subscriptionResponse",
            R"({"method":"subscribe","subscription":{"type":"orderUpdates","user":"0x1"}})");
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(last->kind, Kind::kLoginAccepted);
}

TEST_F(HyperliquidUserStreamTest, TellsARefusal) {
  const auto refused = Parse("error", R"("Cannot track more than 10 total users.")");

  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->kind, Kind::kLoginRefused);
  EXPECT_THAT(refused->status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("10 total users")));
}

TEST_F(HyperliquidUserStreamTest, ReadsOrders) {
  const auto message = Parse(
      "orderUpdates",
      R"([{"order":{"coin":"ETH","side":"B","limitPx":"1670.1","sz":"0.0147","oid":4294967297,)"
      R"("timestamp":1724361546645,"origSz":"0.0147","cloid":"0x000000000000000000000000000a839d"},)"
      R"("status":"open","statusTimestamp":1724361546645},)"
      R"({"order":{"coin":"DOGE","side":"B","limitPx":"1","sz":"1","oid":1,"timestamp":1,)"
      R"("origSz":"1"},"status":"open","statusTimestamp":1},)"
      R"({"order":{"coin":"BTC","side":"A","limitPx":"1","sz":"1","oid":2,"timestamp":1,)"
      R"("origSz":"3"},"status":"marginCanceled","statusTimestamp":9}])");

  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kUpdate);
  ASSERT_EQ(message->orders.size(), 2u);
  EXPECT_EQ(message->orders[0].client_order_id.view(), "clb1");
  EXPECT_EQ(message->orders[0].state, OrderState::kOpen);
  EXPECT_EQ(message->orders[0].source, Source::kStream);
  EXPECT_EQ(message->orders[1].state, OrderState::kCanceled);
  EXPECT_EQ(message->orders[1].reason, "marginCanceled");
  EXPECT_EQ(message->orders[1].cumulative_filled, Quantity(D("2")));
  EXPECT_FALSE(message->is_position_snapshot);
}

TEST_F(HyperliquidUserStreamTest, ReadsFillsAndLeavesOutHistory) {
  const auto history = Parse("userFills", SampleFills(R"("isSnapshot":true,)"));
  ASSERT_THAT(history, IsOk());
  EXPECT_EQ(history->kind, Kind::kIgnored);
  EXPECT_THAT(history->trades, IsEmpty());

  const auto message = Parse("userFills", SampleFills(""));
  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kUpdate);
  ASSERT_EQ(message->trades.size(), 1u);
  const Fill& fill = message->trades[0].fill;
  EXPECT_EQ(fill.trade_id.view(), "745210434703679");
  EXPECT_EQ(fill.client_order_id.view(), "0xe8d5fd7ebbb4c3cff4d1803472a11463");
  EXPECT_EQ(fill.side, Side::kSell);
  EXPECT_TRUE(fill.is_maker);
  EXPECT_EQ(message->trades[0].source, Source::kStream);
  EXPECT_THAT(message->liquidations, IsEmpty());
}

TEST_F(HyperliquidUserStreamTest, ReadsTheChannelsOfTheVenueButForTheirHistory) {
  const auto history = Parse("cash", R"({"isSnapshot":true,"total":"1"})");
  ASSERT_THAT(history, IsOk());
  EXPECT_EQ(history->kind, Kind::kIgnored);

  const auto message = Parse("cash", R"({"total":"7"})");
  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kUpdate);
  ASSERT_EQ(message->balances.size(), 1u);
  EXPECT_EQ(message->balances[0].balance.total, D("7"));
}

TEST_F(HyperliquidUserStreamTest, KnowsTheAnswerToAHeartbeat) {
  const auto message = source_.Parse(R"({"channel":"pong"})");

  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kHeartbeat);
}

TEST_F(HyperliquidUserStreamTest, IgnoresWhatItDoesNotUse) {
  for (const std::string_view frame : {"Websocket connection established.",
                                       R"({"channel":"user","data":{"nonUserCancel":[]}})",
                                       R"({"channel":"orderUpdates","data":[]})"}) {
    const auto message = source_.Parse(frame);
    ASSERT_THAT(message, IsOk()) << frame;
    EXPECT_EQ(message->kind, Kind::kIgnored) << frame;
  }
}

}  // namespace
}  // namespace colibri::hyperliquid
