#include "exchanges/binance/binance_venue.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "exchanges/binance/binance_answers.h"
#include "exchanges/binance/binance_errors.h"
#include "exchanges/binance/binance_orders.h"
#include "exchanges/binance/binance_rules.h"
#include "exchanges/binance/binance_spec.h"
#include "exchanges/binance/binance_user_stream_data_source.h"
#include "exchanges/binance_common/binance_entry.h"
#include "exchanges/binance_common/binance_family_exchange.h"
#include "exchanges/binance_common/binance_order_socket_source.h"

namespace colibri::binance {
namespace {

class BinanceExchange final : public FamilyExchange<ExchangeBase, SpotRequests> {
 public:
  BinanceExchange(Environment& environment, ExchangeConfig config, std::unique_ptr<Auth> auth)
      : FamilyExchange(
            environment, BinanceSpec(), SpotErrors(), std::move(config), std::move(auth)) {}

 protected:
  std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) override {
    return std::make_unique<BinanceOrderBookDataSource>(
        SpotDialect(domain().name), hosts().market_stream_url, config(), instruments);
  }
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& instruments) override {
    return std::make_unique<BinanceUserStreamDataSource>(hosts(), config(), instruments);
  }
  std::unique_ptr<OrderSocketSource> MakeOrderSocketSource() override {
    return std::make_unique<BinanceOrderSocketSource>(SpotSocketDialect());
  }

  absl::StatusOr<VenueRules> ParseRules(std::string_view body) const override {
    return ParseExchangeInfo(body);
  }
  absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const override {
    return binance::ParseBalances(body);
  }
  absl::StatusOr<FeeRates> ParseFees(std::string_view body) const override {
    return binance::ParseFees(body);
  }
  absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body,
                                          const Order& order) const override {
    return binance::ParsePlaced(body, order);
  }
  absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body,
                                            const Order& order) const override {
    return binance::ParseCanceled(body, order);
  }
  absl::StatusOr<std::vector<OrderUpdate>> ParseCanceledAll(
      std::string_view body, const Instrument& instrument) const override {
    return binance::ParseCanceledAll(body, instrument);
  }
  absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body,
                                           const Order& order) const override {
    return binance::ParseAmended(body, order);
  }
  std::optional<VenueCall> ReplaceCall(const Order& old_order,
                                       const Order& new_order,
                                       const Instrument& instrument) const override {
    return requests().Replace(old_order, new_order, instrument);
  }
  absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                              const Order& old_order,
                                              const Order& new_order) const override {
    return binance::ParseReplaced(response, old_order, new_order);
  }
};

}  // namespace

VenueEntry BinanceVenue() {
  return MakeEntry(BinanceSpec(), MakeExchange<BinanceExchange>, SpotDialect);
}

}  // namespace colibri::binance
