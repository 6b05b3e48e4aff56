#include "exchanges/hyperliquid/hyperliquid_venue.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/strings.h"
#include "exchanges/hyperliquid/hyperliquid_balances.h"
#include "exchanges/hyperliquid/hyperliquid_rules.h"
#include "exchanges/hyperliquid/hyperliquid_spec.h"
#include "exchanges/hyperliquid/hyperliquid_spot_requests.h"
#include "exchanges/hyperliquid/hyperliquid_spot_stream.h"
#include "exchanges/hyperliquid/token_names.h"
#include "exchanges/hyperliquid_common/hyperliquid_entry.h"
#include "exchanges/hyperliquid_common/hyperliquid_family_exchange.h"

namespace colibri::hyperliquid {
namespace {

class HyperliquidExchange final : public FamilyExchange<ExchangeBase, SpotRequests> {
 public:
  HyperliquidExchange(Environment& environment,
                      ExchangeConfig config,
                      std::unique_ptr<Auth> auth,
                      std::string account)
      : FamilyExchange(environment,
                       HyperliquidSpec(),
                       std::move(config),
                       std::move(auth),
                       std::move(account)) {}

 protected:
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& instruments) override {
    return MakeSpotUserStream(hosts(), requests().account(), instruments, names_);
  }

  absl::StatusOr<VenueRules> ParseRules(std::string_view body) const override {
    return hyperliquid::ParseRules(body, *names_);
  }
  absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const override {
    return hyperliquid::ParseBalances(body, *names_, instruments());
  }
  absl::StatusOr<FeeRates> ParseFees(std::string_view body) const override {
    return hyperliquid::ParseFees(body);
  }

 private:
  // What the rules said last, for balances: beyond the const of the protocol.
  const std::shared_ptr<TokenNames> names_ = std::make_shared<TokenNames>();
};

// "@107-USDC", for recordings: the number of a pair is the venue's secret until it is asked.
std::pair<std::string, std::string> SymbolsOf(const TradingPair& pair) {
  const std::string coin =
      pair.base.starts_with('@') ? pair.base : StrCat(pair.base, "/", pair.quote);
  return {coin, coin};
}

}  // namespace

VenueEntry HyperliquidVenue() {
  return MakeEntry(HyperliquidSpec(), MakeExchange<HyperliquidExchange>, SymbolsOf);
}

}  // namespace colibri::hyperliquid
