// The few calls outside /api that general clients make while they load: coins, fees, and markets of
// other products, which this venue does not have.
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "tools/venue_sim/binance/endpoints.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

Reply Coins(VenueState&, const EndpointCall& call) {
  Json list = Json::array();
  for (const auto& [asset, balance] : call.account->balances()) {
    list.push_back({{"coin", asset},
                    {"depositAllEnable", true},
                    {"withdrawAllEnable", true},
                    {"name", asset},
                    {"free", Fixed8(balance.free)},
                    {"locked", Fixed8(balance.locked)},
                    {"freeze", "0"},
                    {"withdrawing", "0"},
                    {"ipoing", "0"},
                    {"ipoable", "0"},
                    {"storage", "0"},
                    {"isLegalMoney", false},
                    {"trading", true},
                    {"networkList", Json::array()}});
  }
  return list;
}

Reply EmptyList(VenueState&, const EndpointCall&) {
  return Json::array();
}

Reply TradeFees(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Market*> markets, state.SelectMarkets(call.params));
  Json list = Json::array();
  for (const Market* market : markets) {
    list.push_back({{"symbol", market->symbol()},
                    {"makerCommission", state.options.maker_fee.ToString()},
                    {"takerCommission", state.options.taker_fee.ToString()}});
  }
  return list;
}

Reply NoContracts(VenueState& state, const EndpointCall&) {
  return Json{{"timezone", "UTC"},
              {"serverTime", state.NowMs()},
              {"rateLimits", Json::array()},
              {"exchangeFilters", Json::array()},
              {"assets", Json::array()},
              {"symbols", Json::array()}};
}

constexpr Endpoint kEndpoints[] = {
    {"GET",
     "/sapi/v1/capital/config/getall",
     "",
     Security::kSigned,
     "",
     Weigh<10>,
     false,
     false,
     Coins},
    {"GET",
     "/sapi/v1/margin/allPairs",
     "",
     Security::kSigned,
     "symbol",
     Weigh<1>,
     false,
     false,
     EmptyList},
    {"GET",
     "/sapi/v1/margin/isolated/allPairs",
     "",
     Security::kSigned,
     "symbol",
     Weigh<10>,
     false,
     false,
     EmptyList},
    {"GET",
     "/sapi/v1/asset/tradeFee",
     "",
     Security::kSigned,
     "symbol",
     Weigh<1>,
     false,
     false,
     TradeFees},
    {"GET", "/fapi/v1/exchangeInfo", "", Security::kNone, "", Weigh<1>, false, false, NoContracts},
    {"GET", "/dapi/v1/exchangeInfo", "", Security::kNone, "", Weigh<1>, false, false, NoContracts},
};

}  // namespace

absl::Span<const Endpoint> WalletEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance
