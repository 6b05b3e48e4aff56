#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_venue.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connector/perpetual_base.h"
#include "exchanges/hyperliquid_common/hyperliquid_entry.h"
#include "exchanges/hyperliquid_common/hyperliquid_family_exchange.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_answers.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_requests.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_spec.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_user_stream.h"

namespace colibri::hyperliquid::perpetual {
namespace {

// The venue takes no dead man's switch that is nearer.
constexpr absl::Duration kCountdownMin = absl::Seconds(6);

class HyperliquidPerpetualExchange final : public FamilyExchange<PerpetualBase, PerpetualRequests> {
 public:
  HyperliquidPerpetualExchange(Environment& environment,
                               ExchangeConfig config,
                               std::unique_ptr<Auth> auth,
                               std::string account)
      : FamilyExchange(environment,
                       HyperliquidPerpetualSpec(),
                       std::move(config),
                       std::move(auth),
                       std::move(account)) {}

 protected:
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& instruments) override {
    return MakePerpetualUserStream(hosts(), requests().account(), instruments);
  }

  absl::StatusOr<VenueRules> ParseRules(std::string_view body) const override {
    return perpetual::ParseRules(body);
  }
  absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const override {
    return perpetual::ParseBalances(body, instruments());
  }
  absl::StatusOr<FeeRates> ParseFees(std::string_view body) const override {
    return perpetual::ParseFees(body);
  }

  VenueCall LeverageCall(const Instrument& instrument) const override {
    return requests().Leverage(instrument);
  }
  absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body,
                                                const Instrument&) const override {
    return perpetual::ParseLeverage(body);
  }
  std::vector<VenueCall> SetLeverageCalls(const Instrument& instrument,
                                          const LeverageSetting&,
                                          const LeverageSetting& wanted) const override {
    return {requests().SetLeverage(instrument, wanted)};
  }
  VenueCall PositionsCall() const override { return requests().Balances(); }
  absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body) const override {
    return perpetual::ParsePositions(body, instruments());
  }
  VenueCall FundingInfoCall(const Instrument&) const override { return requests().Contexts(); }
  absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body,
                                               const Instrument& instrument) const override {
    return perpetual::ParseFundingInfo(body, instrument);
  }
  VenueCall FundingPaymentsCall(absl::Time since) const override {
    return requests().FundingPayments(since);
  }
  absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
      std::string_view body) const override {
    return perpetual::ParseFundingPayments(body, instruments());
  }
  std::vector<VenueCall> DeadMansSwitchCalls(const InstrumentTable&,
                                             absl::Time venue_now,
                                             absl::Duration countdown) const override {
    if (countdown <= absl::ZeroDuration()) {
      return {requests().ScheduleCancel(std::nullopt)};
    }
    return {requests().ScheduleCancel(venue_now + std::max(countdown, kCountdownMin))};
  }
};

std::pair<std::string, std::string> SymbolsOf(const TradingPair& pair) {
  return {pair.base, pair.base};
}

}  // namespace

VenueEntry HyperliquidPerpetualVenue() {
  return MakeEntry(
      HyperliquidPerpetualSpec(), MakeExchange<HyperliquidPerpetualExchange>, SymbolsOf);
}

}  // namespace colibri::hyperliquid::perpetual
