#include "tools/bench/wire/bodies.h"

#include "absl/strings/numbers.h"

#include "core/strings.h"
#include "tools/bench/wire/frames.h"

namespace colibri::bench {
namespace {

constexpr std::string_view kAccount =
    "{\"makerCommission\":10,\"takerCommission\":10,\"canTrade\":true,\"updateTime\":1,"
    "\"accountType\":\"SPOT\",\"balances\":[{\"asset\":\"USDT\",\"free\":\"1000000.00000000\","
    "\"locked\":\"0.00000000\"},{\"asset\":\"P0000\",\"free\":\"1000.00000000\",\"locked\":"
    "\"0.00000000\"}]}";
constexpr std::string_view kFees =
    "{\"symbol\":\"P0000USDT\",\"standardCommission\":{\"maker\":\"0.00100000\",\"taker\":"
    "\"0.00100000\",\"buyer\":\"0\",\"seller\":\"0\"},\"taxCommission\":{\"maker\":\"0\",\"taker\":"
    "\"0\",\"buyer\":\"0\",\"seller\":\"0\"},\"discount\":{\"enabledForAccount\":false,"
    "\"enabledForSymbol\":false,\"discountAsset\":\"BNB\",\"discount\":\"0\"}}";

// The value of a parameter, of a query or of a JSON object; empty when there is none.
std::string_view ParameterOf(std::string_view text, std::string_view name) {
  for (const std::string& start : {StrCat(name, "="), StrCat("\"", name, "\":\"")}) {
    if (const size_t at = text.find(start); at != std::string_view::npos) {
      const std::string_view rest = text.substr(at + start.size());
      return rest.substr(0, rest.find_first_of("&\" "));
    }
  }
  return {};
}

}  // namespace

std::string RulesBody(int pairs) {
  std::string text =
      "{\"timezone\":\"UTC\",\"serverTime\":1700000000000,\"rateLimits\":[{\"rateLimitType\":"
      "\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,\"limit\":100000000},"
      "{\"rateLimitType\":\"RAW_REQUESTS\",\"interval\":\"MINUTE\",\"intervalNum\":5,"
      "\"limit\":100000000},"
      "{\"rateLimitType\":\"ORDERS\",\"interval\":\"SECOND\",\"intervalNum\":10,\"limit\":10000000}"
      ","
      "{\"rateLimitType\":\"ORDERS\",\"interval\":\"DAY\",\"intervalNum\":1,\"limit\":100000000}],"
      "\"symbols\":[";
  for (int pair = 0; pair < pairs; ++pair) {
    const std::string symbol = SymbolOf(pair);
    text += StrCat(
        pair == 0 ? "" : ",",
        "{\"symbol\":\"",
        symbol,
        "\",\"status\":\"TRADING\",\"baseAsset\":\"",
        symbol.substr(0, symbol.size() - 4),
        "\",\"baseAssetPrecision\":8,\"quoteAsset\":\"USDT\",\"quoteAssetPrecision\":8,"
        "\"orderTypes\":[\"LIMIT\",\"LIMIT_MAKER\",\"MARKET\"],\"isSpotTradingAllowed\":true,"
        "\"quoteOrderQtyMarketAllowed\":true,\"permissions\":[\"SPOT\"],\"filters\":["
        "{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"0.01000000\",\"maxPrice\":"
        "\"1000000.00000000\",\"tickSize\":\"0.01000000\"},{\"filterType\":\"LOT_SIZE\","
        "\"minQty\":\"0.00001000\",\"maxQty\":\"9000.00000000\",\"stepSize\":\"0.00001000\"},"
        "{\"filterType\":\"NOTIONAL\",\"minNotional\":\"5.00000000\",\"applyMinToMarket\":true,"
        "\"maxNotional\":\"9000000.00000000\",\"applyMaxToMarket\":false,\"avgPriceMins\":5}]}");
  }
  return text + "]}";
}

std::string InfoBody(std::string_view request, int pairs, absl::Time now) {
  const std::string_view type = ParameterOf(request, "type");
  if (type == "exchangeStatus") {
    return StrCat("{\"time\":", absl::ToUnixMillis(now), "}");
  }
  if (type == "l2Book") {
    int pair = 0;
    (void)absl::SimpleAtoi(Abs(ParameterOf(request, "coin").substr(1)), &pair);
    return FirstBook(pair);
  }
  std::string universe;
  std::string contexts;
  for (int pair = 0; pair < pairs; ++pair) {
    const std::string_view comma = pair == 0 ? "" : ",";
    universe +=
        StrCat(comma, "{\"name\":\"", CoinOf(pair), "\",\"szDecimals\":5,\"maxLeverage\":40}");
    contexts += StrCat(comma,
                       "{\"funding\":\"0.0000125\",\"openInterest\":\"1\",\"oraclePx\":\"50000\","
                       "\"markPx\":\"50000\"}");
  }
  const std::string meta = StrCat("{\"universe\":[", universe, "]}");
  return type == "meta" ? meta : StrCat("[", meta, ",[", contexts, "]]");
}

std::string OrderBody(std::string_view parameters, int64_t number, absl::Time now) {
  return StrCat(
      "{\"symbol\":\"",
      ParameterOf(parameters, "symbol"),
      "\",\"orderId\":",
      number,
      ",\"orderListId\":-1,\"clientOrderId\":\"",
      ParameterOf(parameters, "newClientOrderId"),
      "\",\"transactTime\":",
      absl::ToUnixMillis(now),
      ",\"price\":\"",
      ParameterOf(parameters, "price"),
      "\",\"origQty\":\"",
      ParameterOf(parameters, "quantity"),
      "\",\"executedQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
      "\"status\":\"EXPIRED\",\"timeInForce\":\"IOC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
      "\"fills\":[]}");
}

std::string_view IdOf(std::string_view frame) {
  const size_t at = frame.find("\"id\":");
  const std::string_view rest = at == std::string_view::npos ? "0" : frame.substr(at + 5);
  return rest.substr(0, rest.find_first_of(",}"));
}

std::string PlainBody(std::string_view path, absl::Time now) {
  if (path == "/api/v3/time") {
    return StrCat("{\"serverTime\":", absl::ToUnixMillis(now), "}");
  }
  if (path == "/api/v3/account") {
    return std::string(kAccount);
  }
  if (path == "/api/v3/account/commission") {
    return std::string(kFees);
  }
  return "[]";  // open orders, trades
}

}  // namespace colibri::bench
