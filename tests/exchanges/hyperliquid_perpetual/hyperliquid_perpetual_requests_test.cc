#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_requests.h"

#include <string>

#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

namespace colibri::hyperliquid::perpetual {
namespace {

class HyperliquidPerpetualRequestsTest : public testing::Test {
 protected:
  const InstrumentTable instruments_ = SampleInstruments();
  const PerpetualRequests requests_{std::string(kSampleAccount)};
};

TEST_F(HyperliquidPerpetualRequestsTest, ReadsWithoutASignature) {
  EXPECT_EQ(requests_.Balances().security, CallSecurity::kNone);
  const std::string user = StrCat(R"(,"user":")", kSampleAccount, "\"");
  EXPECT_EQ(requests_.Rules().request.body, R"({"type":"meta","dex":""})");
  EXPECT_EQ(requests_.Contexts().request.body, R"({"type":"metaAndAssetCtxs","dex":""})");
  EXPECT_EQ(requests_.Balances().request.body,
            StrCat(R"({"type":"clearinghouseState")", user, R"(,"dex":""})"));
  EXPECT_EQ(requests_.Leverage(instruments_.at(1)).request.body,
            StrCat(R"({"type":"activeAssetData")", user, R"(,"coin":"ETH"})"));
  EXPECT_EQ(requests_.FundingPayments(absl::FromUnixMillis(1700000000000)).request.body,
            StrCat(R"({"type":"userFunding")", user, R"(,"startTime":1700000000000})"));
}

TEST_F(HyperliquidPerpetualRequestsTest, SetsLeverageAndDeadMansSwitch) {
  EXPECT_EQ(
      requests_
          .SetLeverage(instruments_.at(1), {.leverage = 7, .margin_mode = MarginMode::kIsolated})
          .request.body,
      R"({"type":"updateLeverage","asset":4,"isCross":false,"leverage":7})");
  EXPECT_EQ(requests_.ScheduleCancel(absl::FromUnixMillis(1700000005000)).request.body,
            R"({"type":"scheduleCancel","time":1700000005000})");
  EXPECT_EQ(requests_.ScheduleCancel(std::nullopt).request.body, R"({"type":"scheduleCancel"})");
}

}  // namespace
}  // namespace colibri::hyperliquid::perpetual
