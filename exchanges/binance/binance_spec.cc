#include "exchanges/binance/binance_spec.h"

#include <string>
#include <utility>
#include <vector>

namespace colibri::binance {
namespace {

constexpr std::string_view kIdAlphabet =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

constexpr std::string_view kTimeSkewHint =
    "Binance refuses requests whose timestamp is more than 1 s ahead of its clock or older than "
    "the receive window; synchronise this machine's clock (timedatectl set-ntp true)";

std::vector<DomainSpec> SpotDomains() {
  return {
      {.name = "live",
       .hosts = {.rest_url = "https://api.binance.com",
                 .market_stream_url = "wss://stream.binance.com:9443/stream",
                 .private_stream_url = "wss://ws-api.binance.com:443/ws-api/v3"}},
      {.name = "testnet",
       .hosts = {.rest_url = "https://testnet.binance.vision",
                 .market_stream_url = "wss://stream.testnet.binance.vision:9443/stream",
                 .private_stream_url = "wss://ws-api.testnet.binance.vision/ws-api/v3"}},
      {.name = std::string(kUsDomain),
       .hosts = {.rest_url = "https://api.binance.us",
                 .market_stream_url = "wss://stream.binance.us:9443/stream",
                 .private_stream_url = "wss://stream.binance.us:9443/ws"},
       .uses_listen_key = true},
      {.name = "local",
       .hosts = {.rest_url = "http://127.0.0.1:8080",
                 .market_stream_url = "ws://127.0.0.1:8080/stream",
                 .private_stream_url = "ws://127.0.0.1:8080/ws-api/v3"}},
  };
}

// In force until the venue's own exchange information is read. The day and the raw requests are
// long windows with room to spare: a counter is enough for them.
std::vector<RateLimitPool> SpotLimits() {
  return {
      {.name = std::string(kRequestWeightPool),
       .limit = 6000,
       .interval = absl::Minutes(1),
       .window = LimitWindow::kSliding,
       .used_header = "x-mbx-used-weight-1m"},
      {.name = std::string(kOrdersPool),
       .limit = 50,
       .interval = absl::Seconds(10),
       .window = LimitWindow::kSliding,
       .used_header = "x-mbx-order-count-10s"},
      {.name = std::string(kOrdersPerDayPool),
       .limit = 160'000,
       .interval = absl::Hours(24),
       .window = LimitWindow::kFixed,
       .used_header = "x-mbx-order-count-1d"},
      {.name = std::string(kRawRequestsPool),
       .limit = 300'000,
       .interval = absl::Minutes(5),
       .window = LimitWindow::kFixed,
       .used_header = ""},
  };
}

FeeSchema PercentFees(int64_t maker_ten_thousandths, int64_t taker_ten_thousandths) {
  FeeSchema fees;
  fees.percent = {.maker = Decimal::FromScaled(maker_ten_thousandths, 4),
                  .taker = Decimal::FromScaled(taker_ten_thousandths, 4)};
  fees.charge = FeeCharge::kDeductedFromReturns;
  return fees;
}

VenueSpec MakeSpotSpec() {
  VenueSpec spec;
  spec.name = "binance";
  spec.display_name = "Binance Spot";
  spec.domains = SpotDomains();
  spec.capabilities = {.can_trade = true,
                       .can_query_by_client_order_id = true,
                       .can_cancel_by_client_order_id = true,
                       .can_cancel_all_on_pair = true,
                       .can_amend = true,
                       .has_best_quote_stream = true,
                       .has_candles = true,
                       .has_balance_events = true,
                       .is_cancel_answer_final = true};
  spec.gap_rule = GapRule::kContiguousIds;
  spec.client_order_id_alphabet = std::string(kIdAlphabet);
  spec.client_order_id_length_max = 36;
  spec.limits = SpotLimits();
  spec.fees = PercentFees(10, 10);
  spec.session_lifetime = absl::Hours(24);
  spec.market_silence_max = absl::Seconds(60);
  // The private stream is silent while nothing happens; the venue pings every 20 s below it.
  spec.private_silence_max = absl::Minutes(3);
  spec.time_skew_hint = std::string(kTimeSkewHint);
  return spec;
}

VenueSpec MakePerpetualSpec() {
  VenueSpec spec;
  spec.name = "binance_perpetual";
  spec.display_name = "Binance USD-M Futures (market data only)";
  spec.domains = {
      {.name = "live",
       .hosts = {.rest_url = "https://fapi.binance.com",
                 .market_stream_url = "wss://fstream.binance.com/public/stream",
                 .private_stream_url = "wss://fstream.binance.com/private/ws"},
       .uses_listen_key = true},
      {.name = "testnet",
       .hosts = {.rest_url = "https://demo-fapi.binance.com",
                 .market_stream_url = "wss://fstream.binancefuture.com/stream",
                 .private_stream_url = "wss://fstream.binancefuture.com/ws"},
       .uses_listen_key = true},
  };
  spec.capabilities = {.can_trade = false, .has_best_quote_stream = true, .has_candles = true};
  spec.gap_rule = GapRule::kPreviousIdLink;
  spec.client_order_id_alphabet = std::string(kIdAlphabet);
  spec.client_order_id_length_max = 36;
  spec.limits = {{.name = std::string(kRequestWeightPool),
                  .limit = 2400,
                  .interval = absl::Minutes(1),
                  .window = LimitWindow::kSliding,
                  .used_header = "x-mbx-used-weight-1m"}};
  spec.fees = PercentFees(2, 5);
  spec.time_skew_hint = std::string(kTimeSkewHint);
  return spec;
}

// Of binance.us, from its documentation; its answers tell the limits.
constexpr EndpointWeights kUsWeights = {.time = 1,
                                        .exchange_info = 10,
                                        .depth_100 = 1,
                                        .depth_500 = 5,
                                        .depth_1000 = 10,
                                        .depth_5000 = 50,
                                        .place = 1,
                                        .cancel = 1,
                                        .cancel_all = 1,
                                        .replace = 1,
                                        .amend = 4,
                                        .order = 2,
                                        .open_orders = 3,
                                        .account = 10,
                                        .commission = 20,
                                        .order_trades = 10,
                                        .trades = 10,
                                        .listen_key = 1};

constexpr EndpointWeights kLiveWeights = {};

}  // namespace

const VenueSpec& BinanceSpec() {
  static const VenueSpec spec = MakeSpotSpec();
  return spec;
}

const VenueSpec& BinancePerpetualSpec() {
  static const VenueSpec spec = MakePerpetualSpec();
  return spec;
}

VenueHosts ResolveHosts(const VenueSpec& spec, const ExchangeConfig& config) {
  const DomainSpec* domain = spec.FindDomain(config.domain);
  VenueHosts hosts = domain != nullptr ? domain->hosts : spec.domains.front().hosts;
  const auto replace = [](std::string& host, const std::string& configured) {
    if (!configured.empty()) {
      host = configured;
    }
  };
  replace(hosts.rest_url, config.hosts.rest_url);
  replace(hosts.market_stream_url, config.hosts.market_stream_url);
  replace(hosts.private_stream_url, config.hosts.private_stream_url);
  return hosts;
}

std::string LowerAscii(std::string_view symbol) {
  std::string lower(symbol);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return lower;
}

int64_t EndpointWeights::depth(int limit) const {
  if (limit <= 100) {
    return depth_100;
  }
  if (limit <= 500) {
    return depth_500;
  }
  return limit <= 1000 ? depth_1000 : depth_5000;
}

const EndpointWeights& Weights(std::string_view domain) {
  return domain == kUsDomain ? kUsWeights : kLiveWeights;
}

}  // namespace colibri::binance
