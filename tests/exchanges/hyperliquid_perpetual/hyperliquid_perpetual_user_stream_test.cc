#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_user_stream.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid::perpetual {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = PrivateMessage::Kind;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

class HyperliquidPerpetualUserStreamTest : public testing::Test {
 protected:
  absl::StatusOr<PrivateMessage> Parse(std::string_view channel, std::string_view data) {
    return source_->Parse(ChannelFrame(channel, data));
  }

  const InstrumentTable instruments_ = SampleInstruments();
  const std::unique_ptr<UserStreamDataSource> source_ = MakePerpetualUserStream(
      {.rest_url = "", .market_stream_url = "", .private_stream_url = "wss://x/ws"},
      std::string(kSampleAccount),
      instruments_);
};

TEST_F(HyperliquidPerpetualUserStreamTest, RefusesFramesThatCannotBeRead) {
  EXPECT_THAT(Parse("userFundings", "{}"), StatusIs(kDataLoss, HasSubstr("`fundings`")));
  EXPECT_THAT(Parse("clearinghouseState", "{}"), StatusIs(kDataLoss));
}

TEST_F(HyperliquidPerpetualUserStreamTest, SubscribesToTheAccount) {
  EXPECT_EQ(source_->StreamUrl(""), "wss://x/ws");
  EXPECT_THAT(
      source_->SubscribeFrames(),
      ElementsAre(StrCat(R"({"method":"subscribe","subscription":{"type":"userFills","user":")",
                         kSampleAccount,
                         "\"}}"),
                  HasSubstr(R"("type":"userFundings","user":"0x1479)"),
                  HasSubstr(R"("dex":"")"),
                  HasSubstr(R"("type":"orderUpdates","user":"0x1479)")));
}

TEST_F(HyperliquidPerpetualUserStreamTest, TellsLiquidationsOfTheAccountAlone) {
  const auto other = Parse(
      "userFills",
      SampleFills("",
                  R"("liquidation":{"liquidatedUser":"0x360878d351f05975e25f1807a27895e1e5e004fb",)"
                  R"("markPx":"66607.0","method":"market"},)"));
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->trades.size(), 1u);
  EXPECT_THAT(other->liquidations, IsEmpty());

  const auto own = Parse("userFills",
                         SampleFills("",
                                     StrCat(R"("liquidation":{"liquidatedUser":")",
                                            kSampleAccount,
                                            R"(","markPx":"66607.0","method":"market"},)")));
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->trades.size(), 1u);
  ASSERT_EQ(own->liquidations.size(), 1u);
  EXPECT_EQ(own->liquidations[0].pair.ToString(), "BTC-USD");
  EXPECT_EQ(own->liquidations[0].side, Side::kSell);
  EXPECT_EQ(own->liquidations[0].quantity, Quantity(D("0.001")));
  EXPECT_FALSE(own->liquidations[0].is_auto_deleveraging);
}

TEST_F(HyperliquidPerpetualUserStreamTest, ReadsFundingPaymentsAndLeavesOutHistory) {
  constexpr std::string_view kPayment =
      R"("user":"0x1","fundings":[{"time":1681952400000,"coin":"ETH","usdc":"-3.625312",)"
      R"("szi":"49.1477","fundingRate":"0.0000417","nSamples":null}]})";

  const auto history = Parse("userFundings", StrCat(R"({"isSnapshot":true,)", kPayment));
  ASSERT_THAT(history, IsOk());
  EXPECT_EQ(history->kind, Kind::kIgnored);
  const auto message = Parse("userFundings", StrCat("{", kPayment));

  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->kind, Kind::kUpdate);
  ASSERT_EQ(message->funding_payments.size(), 1u);
  EXPECT_EQ(message->funding_payments[0].pair.ToString(), "ETH-USD");
  EXPECT_EQ(message->funding_payments[0].amount, D("-3.625312"));
  EXPECT_EQ(message->funding_payments[0].venue_time, absl::FromUnixMillis(1681952400000));
}

TEST_F(HyperliquidPerpetualUserStreamTest, ReadsBalanceAndAllPositionsOfAState) {
  constexpr std::string_view kState =
      R"({"assetPositions":[{"type":"oneWay","position":{"coin":"ETH","szi":"0.5","entryPx":"1700",)"
      R"("leverage":{"type":"cross","value":7},"liquidationPx":null,"unrealizedPnl":"-1"}}],)"
      R"("marginSummary":{"accountValue":"99"},"withdrawable":"50","time":1700000000000})";

  for (const std::string& data :
       {std::string(kState),
        StrCat(R"({"dex":"","user":"0x1","clearinghouseState":)", kState, "}")}) {
    const auto message = Parse("clearinghouseState", data);
    ASSERT_THAT(message, IsOk());
    EXPECT_EQ(message->kind, Kind::kUpdate);
    EXPECT_TRUE(message->is_position_snapshot);
    ASSERT_EQ(message->positions.size(), 1u);
    EXPECT_EQ(message->positions[0].quantity, Quantity(D("0.5")));
    ASSERT_EQ(message->balances.size(), 1u);
    EXPECT_EQ(message->balances[0].balance.total, D("100"));
    ASSERT_EQ(message->leverages.size(), 1u);
    EXPECT_EQ(message->leverages[0].leverage, 7);
  }
}

}  // namespace
}  // namespace colibri::hyperliquid::perpetual
