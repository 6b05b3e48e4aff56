#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_spec.h"

#include "gtest/gtest.h"

#include "connector/venue_hosts.h"

namespace colibri::hyperliquid::perpetual {
namespace {

TEST(HyperliquidPerpetualSpecTest, HasHostsForEachDomain) {
  ExchangeConfig config;
  config.domain = "testnet";
  config.hosts.rest_url = "http://127.0.0.1:9";

  const VenueHosts hosts = ResolveHosts(HyperliquidPerpetualSpec(), config);

  EXPECT_EQ(hosts.rest_url, "http://127.0.0.1:9");
  EXPECT_EQ(hosts.market_stream_url, "wss://api.hyperliquid-testnet.xyz/ws");
  EXPECT_EQ(hosts.private_stream_url, "wss://api.hyperliquid-testnet.xyz/ws");
  EXPECT_NE(HyperliquidPerpetualSpec().FindDomain("live"), nullptr);
  EXPECT_NE(HyperliquidPerpetualSpec().FindDomain("local"), nullptr);
}

}  // namespace
}  // namespace colibri::hyperliquid::perpetual
