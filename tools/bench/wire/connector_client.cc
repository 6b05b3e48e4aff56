// The connector itself, as a strategy has it.
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "auth/credentials.h"
#include "connector/connector.h"
#include "connector/log.h"
#include "connector/net/asio_environment.h"
#include "connector/registry.h"
#include "core/check.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tools/bench/wire/client.h"

namespace colibri::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ExchangeConfig ConfigFor(const ClientOptions& options) {
  ExchangeConfig config = {.venue = "binance", .domain = "local"};
  config.order_entry = OrderChannel::kRest;  // as the others that are compared
  for (int pair = 0; pair < options.pairs; ++pair) {
    const std::string symbol = SymbolOf(pair);
    config.pairs.push_back({symbol.substr(0, symbol.size() - 4), "USDT"});
  }
  const std::string_view secure = options.is_tls() ? "s" : "";
  const std::string authority = StrCat("://127.0.0.1:", options.port);
  config.hosts = {.rest_url = StrCat("http", secure, authority),
                  .market_stream_url = StrCat("ws", secure, authority, "/stream"),
                  .private_stream_url = StrCat("ws", secure, authority, "/ws-api/v3")};
  return config;
}

}  // namespace

int RunConnector(const ClientOptions& options) {
  SetLogLevel(LogLevel::kError);
  AsioEnvironmentOptions environment_options;
  if (options.is_tls()) {
    environment_options.extra_ca_pem = ReadFile(options.ca_file);
  }
  if (options.is_spinning) {
    environment_options.loop.kind = LoopMode::Kind::kBusyPoll;
  }
  AsioEnvironment environment(std::move(environment_options));
  const Registry registry = MakeRegistry();
  const absl::StatusOr<const VenueEntry*> venue = registry.Find("binance");
  CHECK(venue.ok());
  Credentials credentials;
  credentials.api_key = Secret(kApiKey);
  credentials.api_secret = Secret(kApiSecret);
  absl::StatusOr<std::unique_ptr<Connector>> connector = (*venue)->make_connector(
      environment, ConfigFor(options), options.is_responder() ? &credentials : nullptr);
  CHECK(connector.ok());
  Connector& exchange = **connector;

  FrameMeter meter(options);
  Subscription subscription;
  const auto count = [&] {
    if (meter.Count()) {
      meter.Print();
      std::_Exit(0);  // a closing handshake with a sender at full speed takes long
    }
  };
  if (options.is_responder()) {
    OrderRequest order = {.pair = exchange.pairs()[0],
                          .time_in_force = TimeInForce::kIoc,
                          .quantity = Quantity::FromScaled(1, 3)};
    subscription = exchange.events().Subscribe<BestQuoteChanged>(
        [&exchange, order](const BestQuoteChanged& quote) mutable {
          order.price = quote.bid_price;
          if (const absl::StatusOr<ClientOrderId> id = exchange.Place(order); !id.ok()) {
            std::fprintf(stderr, "not placed: %s\n", id.status().ToString().c_str());
          }
        });
  } else if (options.kind == FrameKind::kDiff) {
    subscription = exchange.events().Subscribe<BookChanged>([&](const BookChanged&) { count(); });
  } else {
    subscription =
        exchange.events().Subscribe<BestQuoteChanged>([&](const BestQuoteChanged&) { count(); });
  }
  const absl::Status started = environment.Await(exchange.Start(absl::Seconds(20)));
  if (!started.ok()) {
    std::fprintf(stderr, "not started: %s\n", started.ToString().c_str());
    return 1;
  }
  environment.Run();
  return 0;
}

}  // namespace colibri::bench
