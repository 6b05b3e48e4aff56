#include "exchanges/hyperliquid/hyperliquid_spot_stream.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid/spot_samples.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = PrivateMessage::Kind;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

class HyperliquidSpotStreamTest : public testing::Test {
 protected:
  absl::StatusOr<PrivateMessage> Parse(std::string_view channel, std::string_view data) {
    return source_->Parse(ChannelFrame(channel, data));
  }

  const InstrumentTable instruments_ = SampleSpotInstruments();
  const std::unique_ptr<UserStreamDataSource> source_ =
      MakeSpotUserStream({}, std::string(kSampleAccount), instruments_, SampleNames());
};

TEST_F(HyperliquidSpotStreamTest, RefusesAStateThatCannotBeRead) {
  EXPECT_THAT(Parse("spotState", "{}"), StatusIs(kDataLoss, HasSubstr("`balances`")));
  EXPECT_THAT(Parse("spotState", R"({"spotState":[]})"), StatusIs(kDataLoss));
}

TEST_F(HyperliquidSpotStreamTest, SubscribesToTheAccount) {
  EXPECT_THAT(source_->SubscribeFrames(),
              ElementsAre(HasSubstr(R"({"type":"userFills","user":"0x1479)"),
                          HasSubstr(R"({"type":"spotState","user":"0x1479)"),
                          HasSubstr(R"({"type":"userNonFundingLedgerUpdates","user":"0x1479)"),
                          HasSubstr(R"({"type":"orderUpdates","user":"0x1479)")));
}

TEST_F(HyperliquidSpotStreamTest, ReadsBothFormsOfAState) {
  constexpr std::string_view kState =
      R"({"balances":[{"coin":"HYPE","token":150,"total":"5.2","hold":"1","entryNtl":"75.4"}]})";

  for (const std::string& data :
       {std::string(kState), StrCat(R"({"user":"0x1","spotState":)", kState, "}")}) {
    const auto message = Parse("spotState", data);
    ASSERT_THAT(message, IsOk());
    EXPECT_EQ(message->kind, Kind::kUpdate);
    ASSERT_EQ(message->balances.size(), 3u);
    EXPECT_EQ(message->balances[0].asset, "HYPE");
    EXPECT_EQ(message->balances[0].balance.available, D("4.2"));
    EXPECT_EQ(message->balances[0].source, Source::kStream);
    EXPECT_EQ(message->balances[1].balance, Balance{});
    EXPECT_FALSE(message->is_position_snapshot);
  }
}

// A buy pays its fee in what it buys.
TEST_F(HyperliquidSpotStreamTest, ReadsFillsOfSpotAloneAndAsksForBalances) {
  constexpr std::string_view kFill =
      R"("px":"25.1","sz":"2","time":1762697535160,"startPosition":"0.0","dir":"Buy",)"
      R"("closedPnl":"0.0","hash":"0x77","crossed":true,"fee":"0.0014","feeToken":"HYPE")";

  const auto message = Parse("userFills",
                             StrCat(R"({"user":"0x1","fills":[{"coin":"HYPE","side":"B","oid":6,)",
                                    R"("tid":5,)",
                                    kFill,
                                    R"(},{"coin":"@107","side":"B","oid":228721726126,"tid":8,)",
                                    kFill,
                                    "}]}"));

  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kUpdate);
  EXPECT_TRUE(message->is_balance_due);
  ASSERT_EQ(message->trades.size(), 1u);
  const Fill& fill = message->trades[0].fill;
  EXPECT_EQ(fill.pair.ToString(), "HYPE-USDC");
  EXPECT_EQ(fill.trade_id.view(), "8");
  EXPECT_EQ(fill.exchange_order_id.view(), "228721726126");
  EXPECT_EQ(fill.fees, (FeeAmounts{{.asset = "HYPE", .amount = D("0.0014")}}));
}

// No order was filled, and all of them have the number 0.
TEST_F(HyperliquidSpotStreamTest, TakesNoConversionOfDustForATrade) {
  const auto message =
      Parse("userFills",
            R"({"user":"0x1","fills":[{"coin":"@107","px":"25","sz":"0.0000086141","side":"A",)"
            R"("time":1762732800049,"startPosition":"0.0000086141","dir":"Spot Dust Conversion",)"
            R"("closedPnl":"0.0","hash":"0x0","oid":229209068357,"crossed":true,"fee":"0.0",)"
            R"("tid":0,"feeToken":"USDC","twapId":null}]})");

  ASSERT_THAT(message, IsOk());
  EXPECT_THAT(message->trades, IsEmpty());
}

TEST_F(HyperliquidSpotStreamTest, AsksForBalancesWhenTheLedgerHasNews) {
  constexpr std::string_view kEntries =
      R"("user":"0x1","nonFundingLedgerUpdates":[{"time":1731999196516,"hash":"0x09",)"
      R"("delta":{"type":"spotTransfer","token":"USDC","amount":"10.5"}}]})";

  const auto history =
      Parse("userNonFundingLedgerUpdates", StrCat(R"({"isSnapshot":true,)", kEntries));
  ASSERT_THAT(history, IsOk());
  EXPECT_EQ(history->kind, Kind::kIgnored);

  const auto message = Parse("userNonFundingLedgerUpdates", StrCat("{", kEntries));
  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kUpdate);
  EXPECT_TRUE(message->is_balance_due);
  EXPECT_THAT(message->balances, IsEmpty());
}

}  // namespace
}  // namespace colibri::hyperliquid
