#include "tools/venue_sim/binance/venue_state.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/reply.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr char kLegalSymbol[] = "^[\\w\\-._&&[^a-z]]{1,50}$";
constexpr char kLegalSymbols[] =
    "^\\[(\"[\\w\\-._&&[^a-z]]{1,50}\"(,\"[\\w\\-._&&[^a-z]]{1,50}\"){0,}){0,1}\\]$";

// Anything beyond ASCII may be part of a symbol.
bool IsSymbolText(std::string_view text) {
  return !text.empty() && text.size() <= 150 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

VenueState::VenueState(Clock& clock_in,
                       BinanceSimOptions options_in,
                       Faults& faults_in,
                       DeskObserver& observer)
    : clock(clock_in),
      options(std::move(options_in)),
      faults(faults_in),
      random(options.seed),
      limits(options.limits),
      streams(faults_in.frames(), options.limits.stream_messages_per_second),
      users(faults_in.frames(), clock_in),
      desk(
          ledger,
          markets,
          {.maker_fee = options.maker_fee,
           .taker_fee = options.taker_fee,
           .fees_in_bnb = options.fees_in_bnb},
          [this] { return NowMs(); },
          observer) {}

int64_t VenueState::NowMs() const {
  return absl::ToUnixMillis(clock.now() + faults.clock_offset());
}

OrError<Market*> VenueState::FindMarket(std::string_view symbol) {
  if (!IsSymbolText(symbol)) {
    return IllegalCharacters("symbol", kLegalSymbol);
  }
  const auto found = markets.find(symbol);
  if (found == markets.end()) {
    return VenueError{-1121, "Invalid symbol."};
  }
  return &found->second;
}

OrError<Market*> VenueState::RequiredMarket(const Params& params) {
  ASSIGN_OR_RETURN(const std::string symbol, params.Required("symbol"));
  return FindMarket(symbol);
}

OrError<std::vector<Market*>> VenueState::SelectMarkets(const Params& params) {
  std::vector<Market*> selected;
  ASSIGN_OR_RETURN(const std::string symbol, params.Text("symbol"));
  ASSIGN_OR_RETURN(const std::string symbols, params.Text("symbols"));
  if (!symbol.empty() && !symbols.empty()) {
    return VenueError{-1128, "Combination of optional parameters invalid."};
  }
  if (!symbol.empty()) {
    ASSIGN_OR_RETURN(Market * market, FindMarket(symbol));
    selected.push_back(market);
    return selected;
  }
  if (symbols.empty()) {
    for (auto& [name, market] : markets) {
      selected.push_back(&market);
    }
    return selected;
  }
  const Json list = ParseText(symbols);
  if (!list.is_array() || list.empty()) {
    return IllegalCharacters("symbols", kLegalSymbols);
  }
  for (const Json& name : list) {
    if (!name.is_string()) {
      return IllegalCharacters("symbols", kLegalSymbols);
    }
    ASSIGN_OR_RETURN(Market * market, FindMarket(name.get<std::string>()));
    selected.push_back(market);
  }
  return selected;
}

std::string VenueState::MakeClientId() {
  return RandomId(random, 22);
}

}  // namespace colibri::venue_sim::binance
