// Runs the strategy on a simulated Binance inside this process, over real TLS sockets:
//
//   example 30        # seconds; without: 5
#include <cstdlib>
#include <iostream>
#include <memory>

#include "connector/net/asio_environment.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "ping_pong.h"
#include "tools/venue_sim/sim_server.h"

using colibri::StrCat;

namespace {

// From a connector that is not connected to one that has closed what it opened.
colibri::Task<absl::Status> Trade(colibri::Environment& environment,
                                  colibri::Connector& connector,
                                  colibri::Strategy& strategy,
                                  absl::Duration duration) {
  absl::Status status = co_await connector.Start(absl::Seconds(30));
  if (status.ok()) {
    status = strategy.Start(
        {connector, connector.clock(), [](std::string_view line) { std::cout << line << "\n"; }});
  }
  if (status.ok()) {
    co_await environment.Sleep(duration);
    strategy.Stop();
  }
  const colibri::ShutdownReport report = co_await connector.Stop(absl::Seconds(10));
  for (const auto& [name, value] : strategy.status().fields) {
    std::cout << name << "=" << value << " ";
  }
  std::cout << "open_orders_left=" << report.open_orders_left << "\n";
  co_return status;
}

absl::Status Run(absl::Duration duration) {
  const colibri::TradingPair pair{"BTC", "USDT"};
  ASSIGN_OR_RETURN(const auto venue, colibri::venue_sim::SimServer::Start({.tls = true}));
  colibri::AsioEnvironment environment({.extra_ca_pem = venue->ca_pem()});

  colibri::ExchangeConfig config;
  config.venue = "binance";
  config.domain = "local";
  config.pairs = {pair};
  config.hosts.rest_url = StrCat("https://", venue->authority());
  config.hosts.market_stream_url = StrCat("wss://", venue->authority(), "/stream");
  config.hosts.private_stream_url = StrCat("wss://", venue->authority(), "/ws-api/v3");
  const colibri::Credentials credentials{
      .api_key = colibri::Secret(colibri::venue_sim::kTestApiKey),
      .api_secret = colibri::Secret(colibri::venue_sim::kTestApiSecret)};

  const colibri::Registry registry = colibri::MakeRegistry();
  ASSIGN_OR_RETURN(const colibri::VenueEntry* entry, registry.Find(config.venue));
  ASSIGN_OR_RETURN(const auto connector, entry->make_connector(environment, config, &credentials));
  PingPong strategy({.pair = pair,
                     .quantity = colibri::Quantity::FromScaled(1, 3),
                     .gain = colibri::Decimal::FromScaled(3, 3)});
  return environment.Await(Trade(environment, *connector, strategy, duration));
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(absl::Seconds(argc > 1 ? std::atof(argv[1]) : 5));
  if (!status.ok()) {
    std::cerr << status << "\n";
    return 1;
  }
  return 0;
}
