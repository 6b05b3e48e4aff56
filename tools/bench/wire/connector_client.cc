// The connector itself, as a strategy has it.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <unistd.h>
#include <vector>

#include "auth/credentials.h"
#include "connector/connector.h"
#include "connector/log.h"
#include "connector/net/asio_environment.h"
#include "connector/net/loop_group.h"
#include "connector/registry.h"
#include "core/check.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tools/bench/wire/client.h"
#include "tools/bench/wire/harness.h"

namespace colibri::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ExchangeConfig ConfigFor(const ClientOptions& options) {
  const bool is_binance = options.kind != FrameKind::kBook;
  ExchangeConfig config = {.venue = is_binance ? "binance" : "hyperliquid_perpetual",
                           .domain = "local"};
  config.order_entry = OrderChannel::kRest;  // as the others that are compared
  for (int pair = 0; pair < options.pairs; ++pair) {
    config.pairs.push_back({CoinOf(pair), is_binance ? "USDT" : "USD"});
  }
  const std::string_view secure = options.is_tls() ? "s" : "";
  const std::string authority = StrCat("://127.0.0.1:", options.port);
  config.hosts = {
      .rest_url = StrCat("http", secure, authority),
      .market_stream_url = StrCat("ws", secure, authority, is_binance ? "/stream" : "/ws"),
      .private_stream_url = StrCat("ws", secure, authority, "/ws-api/v3")};
  return config;
}

AsioEnvironmentOptions EnvironmentFor(const ClientOptions& options) {
  AsioEnvironmentOptions environment_options;
  if (options.is_tls()) {
    environment_options.extra_ca_pem = ReadFile(options.ca_file);
  }
  switch (options.waiting) {
    case Waiting::kBlocking:
      break;
    case Waiting::kCoalescing:
      environment_options.loop.kind = LoopMode::Kind::kCoalesce;
      break;
    case Waiting::kSpinning:
      environment_options.loop.kind = LoopMode::Kind::kBusyPoll;
      break;
  }
  return environment_options;
}

std::unique_ptr<Connector> MakeConnector(AsioEnvironment& environment,
                                         const ClientOptions& options) {
  const Registry registry = MakeRegistry();
  const ExchangeConfig config = ConfigFor(options);
  const absl::StatusOr<const VenueEntry*> venue = registry.Find(config.venue);
  CHECK(venue.ok());
  Credentials credentials;
  credentials.api_key = Secret(kApiKey);
  credentials.api_secret = Secret(kApiSecret);
  absl::StatusOr<std::unique_ptr<Connector>> connector = (*venue)->make_connector(
      environment, config, options.is_responder() ? &credentials : nullptr);
  CHECK(connector.ok());
  return *std::move(connector);
}

// Counts the frames of that kind.
Subscription CountFrames(Connector& exchange, FrameKind kind, std::function<void()> count) {
  if (kind != FrameKind::kTicker) {
    return exchange.events().Subscribe<BookChanged>([count](const BookChanged&) { count(); });
  }
  return exchange.events().Subscribe<BestQuoteChanged>(
      [count](const BestQuoteChanged&) { count(); });
}

// What the loops have together.
struct LoopTotals {
  std::atomic<int> loops_done = 0;
  std::vector<FrameMeter::Times> times;  // by loop
};

Task<void> ReadOnLoop(AsioEnvironment& environment,
                      ClientOptions options,
                      size_t loop,
                      LoopTotals& totals) {
  // From the last core down; the venue has the first, and shares no more than it must.
  const auto cores = static_cast<size_t>(sysconf(_SC_NPROCESSORS_ONLN));
  PinTo(static_cast<int>(loop + 1 < cores ? cores - 1 - loop : cores - 1));
  const std::unique_ptr<Connector> exchange = MakeConnector(environment, options);
  FrameMeter meter(options, CLOCK_THREAD_CPUTIME_ID);
  const Subscription subscription = CountFrames(*exchange, options.kind, [&] {
    if (meter.Count()) {
      totals.times[loop] = meter.Elapsed();
      ++totals.loops_done;
    }
  });
  const absl::Status started = co_await exchange->Start(absl::Seconds(60));  // under callgrind
  CHECK(started.ok());
  // Reads on until the others are done: a venue that waits for us would stop serving them.
  while (totals.loops_done < options.loops) {
    co_await environment.Sleep(absl::Milliseconds(1));
  }
  if (loop == 0) {
    FrameMeter::Times all;
    for (const FrameMeter::Times& times : totals.times) {
      all.cpu += times.cpu;
      all.wall = std::max(all.wall, times.wall);
    }
    FrameMeter::Print(options.frames * options.loops, all);
    std::_Exit(0);
  }
  co_await environment.Sleep(absl::InfiniteDuration());
}

int ReadOnLoops(const ClientOptions& options) {
  std::vector<LoopOptions> loops;
  for (int i = 0; i < options.loops; ++i) {
    loops.push_back({.name = StrCat("loop", i), .environment = EnvironmentFor(options)});
  }
  LoopGroup group(std::move(loops));
  LoopTotals totals;
  totals.times.resize(group.size());
  const absl::Status status = group.Run([&](size_t loop, AsioEnvironment& environment) {
    return ReadOnLoop(environment, options, loop, totals);
  });
  std::fprintf(stderr, "not run: %s\n", status.ToString().c_str());
  return 1;
}

}  // namespace

int RunConnector(const ClientOptions& options) {
  SetLogLevel(LogLevel::kError);
  if (options.loops > 1) {
    return ReadOnLoops(options);
  }
  AsioEnvironment environment(EnvironmentFor(options));
  const std::unique_ptr<Connector> connector = MakeConnector(environment, options);
  Connector& exchange = *connector;

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
  } else {
    subscription = CountFrames(exchange, options.kind, count);
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
