#include "exchanges/binance/binance_exchange.h"

#include <utility>

#include "exchanges/binance/binance_answers.h"
#include "exchanges/binance/binance_errors.h"
#include "exchanges/binance/binance_rules.h"
#include "exchanges/binance/binance_spec.h"
#include "exchanges/binance/binance_user_stream_data_source.h"
#include "exchanges/binance_common/binance_order_book_data_source.h"

namespace colibri::binance {

BinanceExchange::BinanceExchange(Environment& environment,
                                 ExchangeConfig config,
                                 std::unique_ptr<Auth> auth)
    : ExchangeBase(environment, BinanceSpec(), std::move(config), std::move(auth)),
      requests_(this->config()) {}

std::unique_ptr<OrderBookDataSource> BinanceExchange::MakeOrderBookDataSource(
    const InstrumentTable& instruments) {
  return std::make_unique<BinanceOrderBookDataSource>(
      SpotDialect(domain().name), hosts().market_stream_url, config(), instruments);
}

std::unique_ptr<UserStreamDataSource> BinanceExchange::MakeUserStreamDataSource(
    const InstrumentTable& instruments) {
  return std::make_unique<BinanceUserStreamDataSource>(hosts(), config(), instruments);
}

std::string BinanceExchange::StreamSymbol(std::string_view symbol) const {
  return LowerAscii(symbol);
}

VenueCall BinanceExchange::ServerTimeCall() const {
  return requests_.ServerTime();
}

absl::StatusOr<absl::Time> BinanceExchange::ParseServerTime(std::string_view body) const {
  return binance::ParseServerTime(body);
}

VenueCall BinanceExchange::RulesCall() const {
  return requests_.ExchangeInfo();
}

absl::StatusOr<VenueRules> BinanceExchange::ParseRules(std::string_view body) const {
  return ParseExchangeInfo(body);
}

VenueCall BinanceExchange::BalancesCall() const {
  return requests_.Balances();
}

absl::StatusOr<std::vector<BalanceUpdate>> BinanceExchange::ParseBalances(
    std::string_view body) const {
  return binance::ParseBalances(body);
}

std::optional<VenueCall> BinanceExchange::FeesCall(const Instrument& instrument) const {
  return requests_.Fees(instrument);
}

absl::StatusOr<FeeRates> BinanceExchange::ParseFees(std::string_view body) const {
  return binance::ParseFees(body);
}

VenueCall BinanceExchange::PlaceCall(const Order& order, const Instrument& instrument) const {
  return requests_.Place(order, instrument);
}

absl::StatusOr<PlaceAnswer> BinanceExchange::ParsePlaced(std::string_view body,
                                                         const Order& order) const {
  return binance::ParsePlaced(body, order);
}

VenueCall BinanceExchange::CancelCall(const Order& order, const Instrument& instrument) const {
  return requests_.Cancel(order, instrument);
}

absl::StatusOr<OrderUpdate> BinanceExchange::ParseCanceled(std::string_view body,
                                                           const Order& order) const {
  return binance::ParseCanceled(body, order);
}

std::optional<VenueCall> BinanceExchange::CancelAllCall(const Instrument& instrument) const {
  return requests_.CancelAll(instrument);
}

absl::StatusOr<std::vector<OrderUpdate>> BinanceExchange::ParseCanceledAll(
    std::string_view body, const Instrument& instrument) const {
  return binance::ParseCanceledAll(body, instrument);
}

std::optional<VenueCall> BinanceExchange::AmendCall(const Order& order,
                                                    const OrderAmendment& amendment,
                                                    const Instrument& instrument) const {
  return requests_.Amend(order, amendment, instrument);
}

absl::StatusOr<OrderUpdate> BinanceExchange::ParseAmended(std::string_view body,
                                                          const Order& order) const {
  return binance::ParseAmended(body, order);
}

std::optional<VenueCall> BinanceExchange::ReplaceCall(const Order& old_order,
                                                      const Order& new_order,
                                                      const Instrument& instrument) const {
  return requests_.Replace(old_order, new_order, instrument);
}

absl::StatusOr<ReplaceAnswer> BinanceExchange::ParseReplaced(const HttpResponse& response,
                                                             const Order& old_order,
                                                             const Order& new_order) const {
  return binance::ParseReplaced(response, old_order, new_order);
}

VenueCall BinanceExchange::OrderCall(const Order& order, const Instrument& instrument) const {
  return requests_.QueryOrder(order, instrument);
}

absl::StatusOr<OrderUpdate> BinanceExchange::ParseOrder(std::string_view body) const {
  return binance::ParseOrder(body, instruments());
}

VenueCall BinanceExchange::OpenOrdersCall(const Instrument& instrument) const {
  return requests_.OpenOrders(instrument);
}

absl::StatusOr<std::vector<OrderUpdate>> BinanceExchange::ParseOpenOrders(
    std::string_view body) const {
  return binance::ParseOpenOrders(body, instruments());
}

VenueCall BinanceExchange::OrderTradesCall(const Order& order, const Instrument& instrument) const {
  return requests_.OrderTrades(order, instrument);
}

VenueCall BinanceExchange::TradesCall(const TradeCursor& cursor,
                                      const Instrument& instrument) const {
  return requests_.Trades(cursor, instrument);
}

absl::StatusOr<std::vector<TradeUpdate>> BinanceExchange::ParseTrades(std::string_view body) const {
  return binance::ParseTrades(body, instruments());
}

VenueError BinanceExchange::ClassifyError(const HttpResponse& response) const {
  return binance::ClassifyError(SpotErrors(), response);
}

}  // namespace colibri::binance
