// colibri quickstart: the simulated venue, the connector and a market maker in one command, over
// TLS on loopback.
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "connector/net/asio_environment.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "strategies/simple_market_maker.h"
#include "tools/cli/command.h"
#include "tools/cli/trade_session.h"
#include "tools/venue_sim/sim_server.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

struct QuickstartOptions {
  double seconds = 0;  // 0: until Ctrl-C
  uint64_t seed = 1;
  bool is_json = false;
};

// What the venue itself says of the account, fetched apart from the connector.
struct VenueAnswer {
  int64_t open_orders = 0;
  Decimal base;
  Decimal quote;
};

SimpleMarketMakerConfig MarketMakerConfig(const TradingPair& pair) {
  SimpleMarketMakerConfig config;
  config.pair = pair;
  config.levels = 2;
  config.bid_spread = Decimal::FromScaled(2, 4);
  config.ask_spread = Decimal::FromScaled(2, 4);
  config.level_spacing = Decimal::FromScaled(2, 4);
  config.quantity = Quantity::FromScaled(5, 3);
  config.inventory.is_enabled = true;
  return config;
}

ExchangeConfig LocalConfig(const TradingPair& pair, const std::string& authority) {
  ExchangeConfig config;
  config.venue = "binance";
  config.domain = "local";
  config.pairs = {pair};
  config.hosts.rest_url = StrCat("https://", authority);
  config.hosts.market_stream_url = StrCat("wss://", authority, "/stream");
  config.hosts.private_stream_url = StrCat("wss://", authority, "/ws-api/v3");
  return config;
}

absl::StatusOr<ordered_json> AskSigned(AsioEnvironment& environment,
                                       const Auth& auth,
                                       const ExchangeConfig& config,
                                       RestRequest request) {
  RETURN_IF_ERROR(auth.SignRest(request, absl::Now()));
  HttpRequest http;
  ASSIGN_OR_RETURN(http.url, Url::Parse(StrCat(config.hosts.rest_url, request.Target())));
  http.method = request.method;
  http.headers = request.headers;
  const HttpResult result = environment.Await(environment.http().Send(std::move(http)));
  RETURN_IF_ERROR(result.status);
  ordered_json body = ordered_json::parse(result.response.body, nullptr, false);
  if (result.response.status != 200 || body.is_discarded()) {
    return absl::UnavailableError(StrCat("the venue answered ", result.response.status));
  }
  return body;
}

absl::StatusOr<VenueAnswer> AskVenue(AsioEnvironment& environment,
                                     const Auth& auth,
                                     const ExchangeConfig& config,
                                     const TradingPair& pair) {
  ASSIGN_OR_RETURN(
      const ordered_json orders,
      AskSigned(
          environment, auth, config, {.method = HttpMethod::kGet, .path = "/api/v3/openOrders"}));
  ASSIGN_OR_RETURN(
      const ordered_json account,
      AskSigned(
          environment, auth, config, {.method = HttpMethod::kGet, .path = "/api/v3/account"}));
  VenueAnswer answer;
  answer.open_orders = static_cast<int64_t>(orders.size());
  for (const ordered_json& balance : account.value("balances", ordered_json::array())) {
    const std::string asset = balance.value("asset", "");
    if (asset != pair.base && asset != pair.quote) {
      continue;
    }
    ASSIGN_OR_RETURN(const Decimal free, Decimal::Parse(balance.value("free", "")));
    ASSIGN_OR_RETURN(const Decimal locked, Decimal::Parse(balance.value("locked", "")));
    (asset == pair.base ? answer.base : answer.quote) = free + locked;
  }
  return answer;
}

ordered_json Summary(const SessionResult& result, const VenueAnswer& venue) {
  const PerformanceReport& report = result.report;
  const bool balances_match = result.base.total == venue.base && result.quote.total == venue.quote;
  return {{"orders_created", report.counts.created},
          {"orders_filled", report.counts.filled},
          {"orders_canceled", report.counts.canceled},
          {"orders_rejected", report.counts.rejected},
          {"orders_expired", report.counts.expired},
          {"fills", report.counts.fills},
          {"open_orders_left", venue.open_orders},
          {"base_balance", result.base.total.ToString()},
          {"quote_balance", result.quote.total.ToString()},
          {"venue_base_balance", venue.base.ToString()},
          {"venue_quote_balance", venue.quote.ToString()},
          {"balances_match", balances_match},
          {"fills_reconcile", report.is_reconciled()},
          {"pnl_quote", report.net_profit.value_or(Notional()).ToString()},
          {"book_resyncs", result.counters.book_resyncs},
          {"errors", result.counters.parse_errors + result.counters.request_errors},
          {"seconds", absl::ToDoubleSeconds(result.elapsed)}};
}

int Tell(CliIo& io, const ordered_json& summary, bool is_json) {
  if (is_json) {
    io.out << summary.dump(1) << '\n';
  } else {
    io.out << '\n';
    for (const auto& [key, value] : summary.items()) {
      io.out << key << std::string(key.size() < 22 ? 22 - key.size() : 1, ' ')
             << (value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
    }
  }
  bool is_fine = true;
  const auto require = [&](bool holds, std::string_view what) {
    if (!holds) {
      io.err << "error: " << what << '\n';
      is_fine = false;
    }
  };
  require(summary["open_orders_left"] == 0, "the venue still has open orders of ours");
  require(summary["balances_match"].get<bool>(), "our balances differ from the venue's");
  require(summary["fills_reconcile"].get<bool>(), "balances and fills do not add up");
  require(summary["errors"] == 0, "there were errors; COLIBRI_LOG=debug shows them");
  return is_fine ? kExitOk : kExitFailed;
}

absl::StatusOr<int> Quickstart(const QuickstartOptions& options, CommandContext& context) {
  LimitLog(context.io, LogLevel::kWarning);
  venue_sim::SimServerOptions sim_options;
  sim_options.tls = true;
  sim_options.venue.seed = options.seed;
  ASSIGN_OR_RETURN(const std::unique_ptr<venue_sim::SimServer> server,
                   venue_sim::SimServer::Start(sim_options));
  ASSIGN_OR_RETURN(const VenueEntry* venue, context.registry.Find("binance"));
  const TradingPair pair{"BTC", "USDT"};
  const ExchangeConfig config = LocalConfig(pair, server->authority());
  const Credentials credentials{.api_key = Secret(sim_options.venue.api_key),
                                .api_secret = Secret(sim_options.venue.api_secret)};
  AsioEnvironment environment({.extra_ca_pem = server->ca_pem(), .seed = options.seed});
  ASSIGN_OR_RETURN(const std::unique_ptr<Connector> connector,
                   venue->make_connector(environment, config, &credentials));
  SimpleMarketMaker maker(MarketMakerConfig(pair));
  SessionOptions session_options;
  session_options.pair = pair;
  session_options.shows_status = !options.is_json;
  if (options.seconds > 0) {
    session_options.duration = absl::Seconds(options.seconds);
  }
  TradeSession session(environment, context.io, *connector, maker, session_options);
  ASSIGN_OR_RETURN(const SessionResult result, environment.Await(session.Run()));
  ASSIGN_OR_RETURN(const std::unique_ptr<Auth> auth, venue->make_auth(config, credentials));
  ASSIGN_OR_RETURN(const VenueAnswer answer, AskVenue(environment, *auth, config, pair));
  return Tell(context.io, Summary(result, answer), options.is_json);
}

}  // namespace

void AddQuickstartCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<QuickstartOptions>();
  CLI::App* command = app.add_subcommand(
      "quickstart", "Watch a market maker trade on a simulated Binance, over TLS on this machine");
  command->footer(
      "Needs no keys and no network. Ends at Ctrl-C: orders are canceled, and our balances are\n"
      "compared with the venue's. Example:\n  colibri quickstart --seconds 30 --json");
  command->add_option("--seconds", options->seconds, "End after this long; without: at Ctrl-C")
      ->check(CLI::PositiveNumber);
  command->add_option("--seed", options->seed, "Of the simulated market")->capture_default_str();
  command->add_flag("--json", options->is_json, "Only one JSON object, at the end");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = Quickstart(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
