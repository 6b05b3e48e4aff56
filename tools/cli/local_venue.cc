#include "tools/cli/local_venue.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/sim_server.h"

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;
using venue_sim::BinancePerpetualServer;
using venue_sim::HyperliquidServer;
using venue_sim::SimServer;

absl::StatusOr<Decimal> NumberIn(const ordered_json& object, const char* key) {
  return Decimal::Parse(object.value(key, ""));
}

ExchangeConfig ConfigOf(std::string_view venue, const std::string& authority) {
  ExchangeConfig config;
  config.venue = std::string(venue);
  config.domain = "local";
  config.pairs = {{"BTC", "USDT"}};
  config.hosts.rest_url = StrCat("https://", authority);
  return config;
}

template <typename Server>
absl::StatusOr<std::unique_ptr<Server>> StartServer(typename Server::Options options) {
  options.tls = true;
  return Server::Start(std::move(options));
}

Credentials TestKeys() {
  return {.api_key = Secret(venue_sim::kTestApiKey),
          .api_secret = Secret(venue_sim::kTestApiSecret)};
}

class LocalBinance final : public LocalVenue {
 public:
  explicit LocalBinance(std::unique_ptr<SimServer> server) : server_(std::move(server)) {}

  ExchangeConfig config() const override {
    ExchangeConfig config = ConfigOf("binance", server_->authority());
    config.hosts.market_stream_url = StrCat("wss://", server_->authority(), "/stream");
    config.hosts.private_stream_url = StrCat("wss://", server_->authority(), "/ws-api/v3");
    return config;
  }
  Credentials credentials() const override { return TestKeys(); }
  std::string ca_pem() const override { return server_->ca_pem(); }

  absl::StatusOr<VenueAnswer> Ask(AsioEnvironment& environment, const Auth& auth) override {
    const auto ask = [&](std::string path) {
      return AskSigned(environment,
                       auth,
                       config().hosts.rest_url,
                       {.method = HttpMethod::kGet, .path = std::move(path)});
    };
    ASSIGN_OR_RETURN(const ordered_json orders, ask("/api/v3/openOrders"));
    ASSIGN_OR_RETURN(const ordered_json account, ask("/api/v3/account"));
    VenueAnswer answer;
    answer.open_orders = static_cast<int64_t>(orders.size());
    for (const ordered_json& balance : account.value("balances", ordered_json::array())) {
      ASSIGN_OR_RETURN(const Decimal free, NumberIn(balance, "free"));
      ASSIGN_OR_RETURN(const Decimal locked, NumberIn(balance, "locked"));
      answer.balances[balance.value("asset", "")] = free + locked;
    }
    return answer;
  }

 private:
  std::unique_ptr<SimServer> server_;
};

class LocalBinancePerpetual final : public LocalVenue {
 public:
  explicit LocalBinancePerpetual(std::unique_ptr<BinancePerpetualServer> server)
      : server_(std::move(server)) {}

  ExchangeConfig config() const override {
    ExchangeConfig config = ConfigOf("binance_perpetual", server_->authority());
    config.hosts.market_stream_url = StrCat("wss://", server_->authority(), "/public/stream");
    config.hosts.trade_stream_url = StrCat("wss://", server_->authority(), "/market/stream");
    config.hosts.private_stream_url = StrCat("wss://", server_->authority(), "/private/ws");
    config.hosts.order_socket_url = StrCat("wss://", server_->authority(), "/ws-fapi/v1");
    return config;
  }
  Credentials credentials() const override { return TestKeys(); }
  std::string ca_pem() const override { return server_->ca_pem(); }

  absl::StatusOr<VenueAnswer> Ask(AsioEnvironment& environment, const Auth& auth) override {
    const auto ask = [&](std::string path, std::string query) {
      return AskSigned(
          environment,
          auth,
          config().hosts.rest_url,
          {.method = HttpMethod::kGet, .path = std::move(path), .query = std::move(query)});
    };
    const std::string symbol = "symbol=BTCUSDT";
    ASSIGN_OR_RETURN(const ordered_json orders, ask("/fapi/v1/openOrders", symbol));
    ASSIGN_OR_RETURN(const ordered_json balances, ask("/fapi/v3/balance", ""));
    ASSIGN_OR_RETURN(const ordered_json positions, ask("/fapi/v3/positionRisk", symbol));
    ASSIGN_OR_RETURN(const ordered_json income,
                     ask("/fapi/v1/income", symbol + "&incomeType=FUNDING_FEE&limit=1000"));
    VenueAnswer answer;
    answer.open_orders = static_cast<int64_t>(orders.size());
    for (const ordered_json& balance : balances) {
      ASSIGN_OR_RETURN(answer.balances[balance.value("asset", "")], NumberIn(balance, "balance"));
    }
    for (const ordered_json& position : positions) {
      ASSIGN_OR_RETURN(const Decimal quantity, NumberIn(position, "positionAmt"));
      answer.position += quantity;
    }
    for (const ordered_json& payment : income) {
      ASSIGN_OR_RETURN(const Decimal amount, NumberIn(payment, "income"));
      answer.funding += amount;
    }
    return answer;
  }

 private:
  std::unique_ptr<BinancePerpetualServer> server_;
};

// One server of spot and perpetuals, for the venue of either.
class LocalHyperliquidBase : public LocalVenue {
 public:
  explicit LocalHyperliquidBase(std::unique_ptr<HyperliquidServer> server)
      : server_(std::move(server)) {}

  Credentials credentials() const override {
    Credentials credentials;
    credentials.wallet_key = Secret(venue_sim::kTestWallet.private_key);
    credentials.account_address = venue_sim::kTestWallet.address;
    return credentials;
  }
  std::string ca_pem() const override { return server_->ca_pem(); }

 protected:
  ExchangeConfig ConfigOf(std::string_view venue, TradingPair pair) const {
    ExchangeConfig config = cli::ConfigOf(venue, server_->authority());
    config.pairs = {std::move(pair)};
    config.hosts.market_stream_url = StrCat("wss://", server_->authority(), "/ws");
    config.hosts.private_stream_url = config.hosts.market_stream_url;
    return config;
  }
  // Of the test account; `more` are further members.
  absl::StatusOr<ordered_json> AskInfo(AsioEnvironment& environment,
                                       std::string_view type,
                                       std::string_view more = "") {
    return LocalVenue::Ask(environment,
                           config().hosts.rest_url,
                           {.method = HttpMethod::kPost,
                            .path = "/info",
                            .body = StrCat(R"({"type":")",
                                           type,
                                           R"(","user":")",
                                           venue_sim::kTestWallet.address,
                                           "\"",
                                           more,
                                           "}"),
                            .headers = {{"Content-Type", "application/json"}}});
  }

 private:
  std::unique_ptr<HyperliquidServer> server_;
};

class LocalHyperliquid final : public LocalHyperliquidBase {
 public:
  using LocalHyperliquidBase::LocalHyperliquidBase;

  // A pair of which the market maker's quantity is worth an order.
  ExchangeConfig config() const override { return ConfigOf("hyperliquid", {"UBTC", "USDC"}); }

  absl::StatusOr<VenueAnswer> Ask(AsioEnvironment& environment, const Auth& /*auth*/) override {
    ASSIGN_OR_RETURN(const ordered_json orders, AskInfo(environment, "openOrders"));
    ASSIGN_OR_RETURN(const ordered_json account, AskInfo(environment, "spotClearinghouseState"));
    VenueAnswer answer;
    answer.open_orders = static_cast<int64_t>(orders.size());
    for (const ordered_json& balance : account.value("balances", ordered_json::array())) {
      ASSIGN_OR_RETURN(answer.balances[balance.value("coin", "")], NumberIn(balance, "total"));
    }
    return answer;
  }
};

class LocalHyperliquidPerpetual final : public LocalHyperliquidBase {
 public:
  using LocalHyperliquidBase::LocalHyperliquidBase;

  ExchangeConfig config() const override {
    return ConfigOf("hyperliquid_perpetual", {"BTC", "USD"});
  }

  absl::StatusOr<VenueAnswer> Ask(AsioEnvironment& environment, const Auth& /*auth*/) override {
    ASSIGN_OR_RETURN(const ordered_json orders, AskInfo(environment, "openOrders"));
    ASSIGN_OR_RETURN(const ordered_json account, AskInfo(environment, "clearinghouseState"));
    ASSIGN_OR_RETURN(const ordered_json payments,
                     AskInfo(environment, "userFunding", R"(,"startTime":0)"));
    VenueAnswer answer;
    answer.open_orders = static_cast<int64_t>(orders.size());
    // Without positions the account's value is its balance.
    ASSIGN_OR_RETURN(Decimal balance,
                     NumberIn(account.value("marginSummary", ordered_json()), "accountValue"));
    for (const ordered_json& held : account.value("assetPositions", ordered_json::array())) {
      const ordered_json position = held.value("position", ordered_json());
      ASSIGN_OR_RETURN(const Decimal quantity, NumberIn(position, "szi"));
      ASSIGN_OR_RETURN(const Decimal profit, NumberIn(position, "unrealizedPnl"));
      answer.position += quantity;
      balance -= profit;
    }
    answer.balances["USDC"] = balance;
    for (const ordered_json& payment : payments) {
      ASSIGN_OR_RETURN(const Decimal amount,
                       NumberIn(payment.value("delta", ordered_json()), "usdc"));
      answer.funding += amount;
    }
    return answer;
  }
};

}  // namespace

std::vector<std::string> LocalVenue::Names() {
  return {"binance", "binance_perpetual", "hyperliquid", "hyperliquid_perpetual"};
}

absl::StatusOr<std::unique_ptr<LocalVenue>> LocalVenue::Start(std::string_view name,
                                                              Options options) {
  if (name == "binance") {
    SimServer::Options server_options;
    server_options.venue.seed = options.seed;
    ASSIGN_OR_RETURN(std::unique_ptr<SimServer> server, StartServer<SimServer>(server_options));
    return std::make_unique<LocalBinance>(std::move(server));
  }
  if (name == "binance_perpetual") {
    BinancePerpetualServer::Options server_options;
    server_options.venue.seed = options.seed;
    server_options.venue.funding_interval = options.funding_interval;
    ASSIGN_OR_RETURN(std::unique_ptr<BinancePerpetualServer> server,
                     StartServer<BinancePerpetualServer>(server_options));
    return std::make_unique<LocalBinancePerpetual>(std::move(server));
  }
  if (name == "hyperliquid" || name == "hyperliquid_perpetual") {
    HyperliquidServer::Options server_options;
    server_options.venue.seed = options.seed;
    server_options.venue.funding_interval = options.funding_interval;
    ASSIGN_OR_RETURN(std::unique_ptr<HyperliquidServer> server,
                     StartServer<HyperliquidServer>(server_options));
    if (name == "hyperliquid") {
      return std::make_unique<LocalHyperliquid>(std::move(server));
    }
    return std::make_unique<LocalHyperliquidPerpetual>(std::move(server));
  }
  std::string known;
  for (const std::string& venue : Names()) {
    known += StrCat(known.empty() ? "" : ", ", venue);
  }
  return absl::InvalidArgumentError(
      StrCat("there is no simulated venue \"", name, "\": --venue takes ", known));
}

absl::StatusOr<ordered_json> LocalVenue::AskSigned(AsioEnvironment& environment,
                                                   const Auth& auth,
                                                   const std::string& rest_url,
                                                   RestRequest request) {
  RETURN_IF_ERROR(auth.SignRest(request, absl::Now()));
  return Ask(environment, rest_url, std::move(request));
}

absl::StatusOr<ordered_json> LocalVenue::Ask(AsioEnvironment& environment,
                                             const std::string& rest_url,
                                             RestRequest request) {
  HttpRequest http;
  ASSIGN_OR_RETURN(http.url, Url::Parse(StrCat(rest_url, request.Target())));
  http.method = request.method;
  http.headers = request.headers;
  http.body = request.body;
  const HttpResult result = environment.Await(environment.http().Send(std::move(http)));
  RETURN_IF_ERROR(result.status);
  ordered_json body = ordered_json::parse(result.response.body, nullptr, false);
  if (result.response.status != 200 || body.is_discarded()) {
    return absl::UnavailableError(StrCat("the venue answered ", result.response.status));
  }
  return body;
}

}  // namespace colibri::cli
