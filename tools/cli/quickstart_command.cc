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
#include "tools/cli/local_venue.h"
#include "tools/cli/trade_session.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

struct QuickstartOptions {
  std::string venue = "binance";
  double seconds = 0;  // 0: until Ctrl-C
  double funding_interval = 10;
  uint64_t seed = 1;
  bool is_json = false;
};

// Inventory is a balance of the base asset: perpetuals have a position instead.
SimpleMarketMakerConfig MarketMakerConfig(const TradingPair& pair, bool is_perpetual) {
  SimpleMarketMakerConfig config;
  config.pair = pair;
  config.levels = 2;
  config.bid_spread = Decimal::FromScaled(2, 4);
  config.ask_spread = Decimal::FromScaled(2, 4);
  config.level_spacing = Decimal::FromScaled(2, 4);
  config.quantity = Quantity::FromScaled(5, 3);
  config.inventory.is_enabled = !is_perpetual;
  return config;
}

ordered_json Counts(const SessionResult& result) {
  const OrderCounts& counts = result.report.counts;
  return {{"orders_created", counts.created},
          {"orders_filled", counts.filled},
          {"orders_canceled", counts.canceled},
          {"orders_rejected", counts.rejected},
          {"orders_expired", counts.expired},
          {"fills", counts.fills}};
}

void AddSpot(const SessionResult& result, const VenueAnswer& venue, ordered_json& summary) {
  const auto theirs = [&venue](const std::string& asset) {
    const auto found = venue.balances.find(asset);
    return found == venue.balances.end() ? Decimal() : found->second;
  };
  const Decimal base = theirs(result.report.pair.base);
  const Decimal quote = theirs(result.report.pair.quote);
  summary["base_balance"] = result.base.total.ToString();
  summary["quote_balance"] = result.quote.total.ToString();
  summary["venue_base_balance"] = base.ToString();
  summary["venue_quote_balance"] = quote.ToString();
  summary["balances_match"] = result.base.total == base && result.quote.total == quote;
}

void AddPerpetual(const SessionResult& result, const VenueAnswer& venue, ordered_json& summary) {
  const PerpetualResult& ours = *result.perpetual;
  const auto found = venue.balances.find(ours.collateral);
  const Decimal theirs = found == venue.balances.end() ? Decimal() : found->second;
  const Decimal funding = result.report.funding.value();
  summary["leverage"] = ours.leverage;
  summary["collateral"] = ours.collateral;
  summary["balance"] = ours.balance.total.ToString();
  summary["venue_balance"] = theirs.ToString();
  summary["balances_match"] = ours.balance.total == theirs;
  summary["position"] = ours.position.ToString();
  summary["venue_position"] = venue.position.ToString();
  summary["positions_match"] = ours.position.value() == venue.position;
  summary["is_flat"] = ours.position.is_zero() && venue.position.is_zero();
  summary["funding"] = funding.ToString();
  summary["venue_funding"] = venue.funding.ToString();
  summary["funding_matches"] = funding == venue.funding;
  summary["realised_profit"] = result.report.realised_profit.ToString();
}

ordered_json Summary(const SessionResult& result, const VenueAnswer& venue) {
  ordered_json summary = Counts(result);
  summary["open_orders_left"] = venue.open_orders;
  if (result.perpetual.has_value()) {
    AddPerpetual(result, venue, summary);
  } else {
    AddSpot(result, venue, summary);
  }
  summary["fills_reconcile"] = result.report.is_reconciled();
  summary["pnl_quote"] = result.report.net_profit.value_or(Notional()).ToString();
  summary["book_resyncs"] = result.counters.book_resyncs;
  summary["errors"] = result.counters.parse_errors + result.counters.request_errors;
  summary["seconds"] = absl::ToDoubleSeconds(result.elapsed);
  return summary;
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
  require(summary.value("is_flat", true), "the position is not closed");
  require(summary.value("positions_match", true), "our position differs from the venue's");
  require(summary.value("funding_matches", true), "our funding differs from the venue's");
  require(summary["fills_reconcile"].get<bool>(), "balances and fills do not add up");
  require(summary["errors"] == 0, "there were errors; COLIBRI_LOG=debug shows them");
  return is_fine ? kExitOk : kExitFailed;
}

absl::StatusOr<int> Quickstart(const QuickstartOptions& options, CommandContext& context) {
  LimitLog(context.io, LogLevel::kWarning);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<LocalVenue> local,
      LocalVenue::Start(
          options.venue,
          {.seed = options.seed, .funding_interval = absl::Seconds(options.funding_interval)}));
  ASSIGN_OR_RETURN(const VenueEntry* venue, context.registry.Find(options.venue));
  const ExchangeConfig config = local->config();
  const TradingPair pair = local->pair();
  const Credentials credentials = local->credentials();
  AsioEnvironment environment({.extra_ca_pem = local->ca_pem(), .seed = options.seed});
  ASSIGN_OR_RETURN(const std::unique_ptr<Connector> connector,
                   venue->make_connector(environment, config, &credentials));
  SimpleMarketMaker maker(MarketMakerConfig(pair, venue->spec.is_perpetual()));
  SessionOptions session_options;
  session_options.pair = pair;
  session_options.shows_status = !options.is_json;
  if (options.seconds > 0) {
    session_options.duration = absl::Seconds(options.seconds);
  }
  TradeSession session(environment, context.io, *connector, maker, session_options);
  ASSIGN_OR_RETURN(const SessionResult result, environment.Await(session.Run()));
  ASSIGN_OR_RETURN(const std::unique_ptr<Auth> auth, venue->make_auth(config, credentials));
  ASSIGN_OR_RETURN(const VenueAnswer answer, local->Ask(environment, *auth));
  return Tell(context.io, Summary(result, answer), options.is_json);
}

}  // namespace

void AddQuickstartCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<QuickstartOptions>();
  CLI::App* command = app.add_subcommand(
      "quickstart", "Watch a market maker trade on a simulated venue, over TLS on this machine");
  command->footer(
      "Needs no keys and no network. Ends at Ctrl-C: orders are canceled, and our balances are\n"
      "compared with the venue's; a position of perpetuals is closed first. Examples:\n"
      "  colibri quickstart --seconds 30 --json\n"
      "  colibri quickstart --venue binance_perpetual --seconds 30");
  command->add_option("--venue", options->venue, "The simulated venue")
      ->check(CLI::IsMember(LocalVenue::Names()))
      ->capture_default_str();
  command
      ->add_option("--funding-interval",
                   options->funding_interval,
                   "Seconds between funding payments, of perpetuals")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
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
