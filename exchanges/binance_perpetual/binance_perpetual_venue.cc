#include "exchanges/binance_perpetual/binance_perpetual_venue.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "connector/perpetual_base.h"
#include "core/status_macros.h"
#include "exchanges/binance_common/binance_entry.h"
#include "exchanges/binance_common/binance_family_exchange.h"
#include "exchanges/binance_common/binance_order_socket_source.h"
#include "exchanges/binance_perpetual/binance_perpetual_answers.h"
#include "exchanges/binance_perpetual/binance_perpetual_errors.h"
#include "exchanges/binance_perpetual/binance_perpetual_requests.h"
#include "exchanges/binance_perpetual/binance_perpetual_rules.h"
#include "exchanges/binance_perpetual/binance_perpetual_spec.h"
#include "exchanges/binance_perpetual/binance_perpetual_user_stream.h"

namespace colibri::binance::perpetual {
namespace {

class BinancePerpetualExchange final : public FamilyExchange<PerpetualBase, PerpetualRequests> {
 public:
  BinancePerpetualExchange(Environment& environment,
                           ExchangeConfig config,
                           std::unique_ptr<Auth> auth)
      : FamilyExchange(
            environment, PerpetualSpec(), PerpetualErrors(), std::move(config), std::move(auth)) {}

 protected:
  std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) override {
    return std::make_unique<BinanceOrderBookDataSource>(
        hosts().trade_stream_url.empty() ? WholeDialect() : BookDialect(),
        hosts().market_stream_url,
        config(),
        instruments);
  }
  std::unique_ptr<OrderBookDataSource> MakeTradeDataSource(
      const InstrumentTable& instruments) override {
    if (hosts().trade_stream_url.empty()) {
      return nullptr;
    }
    return std::make_unique<BinanceOrderBookDataSource>(
        TradeDialect(), hosts().trade_stream_url, config(), instruments);
  }
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& instruments) override {
    return std::make_unique<BinancePerpetualUserStream>(hosts(), config(), instruments);
  }
  std::unique_ptr<OrderSocketSource> MakeOrderSocketSource() override {
    return std::make_unique<BinanceOrderSocketSource>(SocketDialect());
  }

  absl::StatusOr<VenueRules> ParseRules(std::string_view body) const override {
    return ParseExchangeInfo(body);
  }
  absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const override {
    return perpetual::ParseBalances(body);
  }
  absl::StatusOr<FeeRates> ParseFees(std::string_view body) const override {
    return perpetual::ParseFees(body);
  }
  absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body,
                                          const Order& order) const override {
    return perpetual::ParsePlaced(body, order);
  }
  absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body,
                                            const Order& order) const override {
    return perpetual::ParseCanceled(body, order);
  }
  // The stream tells which orders these were.
  absl::StatusOr<std::vector<OrderUpdate>> ParseCanceledAll(
      std::string_view body, const Instrument& /*instrument*/) const override {
    RETURN_IF_ERROR(CheckCanceledAll(body));
    return std::vector<OrderUpdate>{};
  }
  absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body,
                                           const Order& order) const override {
    return perpetual::ParseAmended(body, order);
  }

  std::optional<VenueCall> PositionModeCall() const override { return requests().PositionMode(); }
  absl::StatusOr<PositionMode> ParsePositionMode(std::string_view body) const override {
    return perpetual::ParsePositionMode(body);
  }
  std::optional<VenueCall> SetPositionModeCall(PositionMode mode) const override {
    return requests().SetPositionMode(mode);
  }
  VenueCall LeverageCall(const Instrument& instrument) const override {
    return requests().Leverage(instrument);
  }
  absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body,
                                                const Instrument& instrument) const override {
    return perpetual::ParseLeverage(body, instrument);
  }
  std::vector<VenueCall> SetLeverageCalls(const Instrument& instrument,
                                          const LeverageSetting& current,
                                          const LeverageSetting& wanted) const override {
    return requests().SetLeverage(instrument, current, wanted);
  }
  VenueCall PositionsCall() const override { return requests().Positions(); }
  absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body) const override {
    return perpetual::ParsePositions(body, instruments());
  }
  VenueCall FundingInfoCall(const Instrument& instrument) const override {
    return requests().FundingInfo(instrument);
  }
  absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body,
                                               const Instrument& instrument) const override {
    return perpetual::ParseFundingInfo(body, instrument);
  }
  std::optional<VenueCall> OpenInterestCall(const Instrument& instrument) const override {
    return requests().OpenInterest(instrument);
  }
  absl::StatusOr<Quantity> ParseOpenInterest(std::string_view body,
                                             const Instrument& instrument) const override {
    return perpetual::ParseOpenInterest(body, instrument);
  }
  VenueCall FundingPaymentsCall(absl::Time since) const override {
    return requests().FundingPayments(since);
  }
  absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
      std::string_view body) const override {
    return perpetual::ParseFundingPayments(body, instruments());
  }
  // A countdown per contract.
  std::vector<VenueCall> DeadMansSwitchCalls(const InstrumentTable& instruments,
                                             absl::Time /*venue_now*/,
                                             absl::Duration countdown) const override {
    std::vector<VenueCall> calls;
    for (const Instrument& instrument : instruments) {
      calls.push_back(requests().CancelAllAfter(instrument, countdown));
    }
    return calls;
  }
};

// Recordings mix the sockets: one parser reads the frames of both.
MarketDialect RecordedDialect(std::string_view /*domain*/) {
  return BookDialect();
}

}  // namespace

VenueEntry BinancePerpetualVenue() {
  return MakeEntry(PerpetualSpec(), MakeExchange<BinancePerpetualExchange>, RecordedDialect);
}

}  // namespace colibri::binance::perpetual
