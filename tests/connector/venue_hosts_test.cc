#include "connector/venue_hosts.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

VenueSpec Spec() {
  VenueSpec spec;
  spec.name = "acme";
  spec.domains = {{.name = "live",
                   .hosts = {.rest_url = "https://acme",
                             .market_stream_url = "wss://acme/market",
                             .private_stream_url = "wss://acme/private"}},
                  {.name = "testnet",
                   .hosts = {.rest_url = "https://test",
                             .market_stream_url = "wss://test/market",
                             .trade_stream_url = "wss://test/trades",
                             .private_stream_url = "wss://test/private"}}};
  return spec;
}

TEST(VenueHostsTest, NamesTheDomainsThatThereAre) {
  EXPECT_THAT(CheckDomain(Spec(), {.domain = "testnte"}),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("acme has no domain \"testnte\"; use one of live, testnet")));
  EXPECT_OK(CheckDomain(Spec(), {.domain = "testnet"}));
}

TEST(VenueHostsTest, TakesTheFirstDomainForAnUnknownOne) {
  EXPECT_EQ(ResolveHosts(Spec(), {.domain = "testnte"}).rest_url, "https://acme");
}

TEST(VenueHostsTest, SendsNoOrdersToTheVenueWhenTheRestIsElsewhere) {
  VenueSpec spec = Spec();
  spec.domains[0].hosts.order_socket_url = "wss://acme/orders";
  ExchangeConfig config;
  config.domain = "live";
  EXPECT_EQ(ResolveHosts(spec, config).order_socket_url, "wss://acme/orders");

  config.hosts.rest_url = "http://mine";
  EXPECT_EQ(ResolveHosts(spec, config).order_socket_url, "");
  config.hosts.order_socket_url = "ws://mine";
  EXPECT_EQ(ResolveHosts(spec, config).order_socket_url, "ws://mine");
}

TEST(VenueHostsTest, KeepsOrdersWithThePrivateStreamWhereTheyHaveOneAddress) {
  VenueSpec spec = Spec();
  spec.domains[0].hosts.order_socket_url = "wss://acme/private";
  ExchangeConfig config;
  config.domain = "live";
  config.hosts.private_stream_url = "ws://own";

  EXPECT_EQ(ResolveHosts(spec, config).order_socket_url, "ws://own");
}

TEST(VenueHostsTest, PutsConfiguredHostsInPlaceOfTheDomains) {
  ExchangeConfig config;
  config.domain = "testnet";
  config.hosts = {
      .rest_url = "", .market_stream_url = "ws://mine", .private_stream_url = "ws://own"};

  const VenueHosts hosts = ResolveHosts(Spec(), config);

  EXPECT_EQ(hosts.rest_url, "https://test");
  EXPECT_EQ(hosts.market_stream_url, "ws://mine");
  EXPECT_EQ(hosts.trade_stream_url, "wss://test/trades");
  EXPECT_EQ(hosts.private_stream_url, "ws://own");
}

}  // namespace
}  // namespace colibri
