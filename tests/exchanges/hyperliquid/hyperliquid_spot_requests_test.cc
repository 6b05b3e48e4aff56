#include "exchanges/hyperliquid/hyperliquid_spot_requests.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid/spot_samples.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

namespace colibri::hyperliquid {
namespace {

using testing::HasSubstr;

TEST(SpotRequestsTest, AsksForPairsAndBalances) {
  const SpotRequests requests{std::string(kSampleAccount)};

  EXPECT_EQ(requests.Rules().request.body, R"({"type":"spotMeta"})");
  EXPECT_EQ(requests.Rules().charges[0].weight, 20);
  EXPECT_EQ(requests.Balances().request.body,
            StrCat(R"({"type":"spotClearinghouseState","user":")", kSampleAccount, "\"}"));
  EXPECT_EQ(requests.Balances().charges[0].weight, 2);
}

TEST(SpotRequestsTest, NamesThePairByItsNumberAmongAllAssets) {
  const SpotRequests requests{std::string(kSampleAccount)};
  const InstrumentTable instruments = SampleSpotInstruments();

  const VenueCall call = requests.Place(SampleOrder(), instruments.at(1));

  EXPECT_THAT(call.request.body, HasSubstr(R"("orders":[{"a":10107,"b":true,)"));
  EXPECT_THAT(call.request.body, HasSubstr(R"("r":false)"));
}

}  // namespace
}  // namespace colibri::hyperliquid
