// The connector of any venue: order entry, trackers, streams, rules, balances, reconciliation,
// health. A venue derives and supplies its VenueProtocol, OrderBookDataSource, UserStreamDataSource
// and Auth; it never touches a socket or a timer.
//
//   class BinanceExchange final : public ExchangeBase { ... };
//   CO_RETURN_IF_ERROR(co_await exchange->Start(absl::Seconds(30)));
//
// Thread: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/auth.h"
#include "connector/connector.h"
#include "connector/environment.h"
#include "connector/exchange_config.h"
#include "connector/instrument.h"
#include "connector/order_book_data_source.h"
#include "connector/order_socket_source.h"
#include "connector/user_stream_data_source.h"
#include "connector/venue_protocol.h"
#include "connector/venue_spec.h"

namespace colibri {

class PerpetualAccount;
class PerpetualProtocol;

class ExchangeBase : public Connector, protected VenueProtocol {
 public:
  ~ExchangeBase() override;

  std::string_view name() const final;
  const std::vector<TradingPair>& pairs() const final;
  absl::StatusOr<ClientOrderId> Place(const OrderRequest& request) final;
  absl::Status Cancel(const ClientOrderId& client_order_id) final;
  absl::Status CancelAll(std::optional<TradingPair> pair) final;
  absl::StatusOr<ClientOrderId> Amend(const ClientOrderId& client_order_id,
                                      const OrderAmendment& amendment) final;
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const final;
  const TradingRule* rules(const TradingPair& pair) const final;
  FeeRates fee_rates(const TradingPair& pair) const final;
  Balance balance(std::string_view asset) const final;
  std::vector<std::pair<std::string, Balance>> balances() const final;
  std::vector<const Order*> open_orders() const final;
  const Order* FindOrder(const ClientOrderId& client_order_id) const final;
  const Health& health() const final;
  EventBus& events() final;
  Clock& clock() final;

  Task<absl::Status> Start(absl::Duration timeout) final;
  Task<ShutdownReport> Stop(absl::Duration timeout) final;
  Task<ShutdownReport> CancelEverything(absl::Duration timeout) final;
  ConnectorCounters counters() const final;
  Task<absl::Status> RefreshBalances() final;

 protected:
  // auth is null without keys: market data only. The spec outlives the connector.
  ExchangeBase(Environment& environment,
               const VenueSpec& spec,
               ExchangeConfig config,
               std::unique_ptr<Auth> auth,
               const PerpetualProtocol* perpetual = nullptr);

  // Called once, by Start, when the instruments are known.
  virtual std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) = 0;
  // What comes on trade_stream_url, where the venue has one.
  virtual std::unique_ptr<OrderBookDataSource> MakeTradeDataSource(
      const InstrumentTable& /*instruments*/) {
    return nullptr;
  }
  virtual std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& instruments) = 0;
  // Of venues whose domain has an order_socket_url.
  virtual std::unique_ptr<OrderSocketSource> MakeOrderSocketSource() { return nullptr; }
  // How stream names write a symbol.
  virtual std::string StreamSymbol(std::string_view symbol) const = 0;

  const InstrumentTable& instruments() const;
  const ExchangeConfig& config() const;
  // The domain's hosts with the configuration's overrides.
  const VenueHosts& hosts() const;
  const DomainSpec& domain() const;
  bool has_auth() const;
  // Of perpetuals only.
  PerpetualAccount& account() const;
  std::optional<FundingInfo> funding_info(const TradingPair& pair) const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri
