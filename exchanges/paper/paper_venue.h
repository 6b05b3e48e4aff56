// The other end of the wire: takes orders and cancels as a venue does, fills them against the
// market, keeps the account, and reports.
//
//   PaperVenue venue(config, fees, feed, clock, [&](PaperReport report) { ... });
//   venue.Place(order);        // reports: acknowledged, fills, filled; or rejected
//   venue.OnTrade(trade);      // reports the fills of resting orders, if any
//
// Every report holds the balances as they are after its news. Sans I/O, and without delays: what
// comes here has arrived. What orders take and fills do is for PaperFunds; PerpetualVenue adds what
// only perpetuals have. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "connector/user_stream_data_source.h"
#include "core/clock.h"
#include "core/event.h"
#include "core/order.h"
#include "core/order_update.h"
#include "exchanges/paper/fill_simulator.h"
#include "exchanges/paper/market_feed.h"
#include "exchanges/paper/paper_config.h"
#include "exchanges/paper/paper_funds.h"
#include "exchanges/paper/paper_triggers.h"

namespace colibri {

struct CancelRefusal {
  ClientOrderId client_order_id;
  std::string reason;
};
using PaperNews = std::variant<OrderUpdate, TradeUpdate, CancelRefusal>;

// A leverage, margin mode or position mode that the venue does not take.
struct SettingRefusal {
  std::optional<TradingPair> pair;
  std::string reason;
};

struct PaperReport {
  std::vector<PaperNews> news = {};
  std::vector<BalanceUpdate> balances = {};
  // Of perpetuals.
  std::vector<Position> positions = {};
  std::vector<LeverageUpdate> leverages = {};
  std::optional<PositionMode> position_mode = std::nullopt;
  std::vector<SettingRefusal> refusals = {};
  std::vector<FundingPaymentUpdate> funding_payments = {};
  std::vector<LiquidationUpdate> liquidations = {};
  std::vector<Fill> liquidation_fills = {};  // of orders of the venue's own
  std::vector<MarginCallUpdate> margin_calls = {};

  bool is_empty() const;
};

class PaperVenue {
 public:
  using ReportSink = std::function<void(PaperReport)>;

  // References outlive the venue.
  PaperVenue(const PaperConfig& config,
             std::unique_ptr<PaperFunds> funds,
             const MarketFeed& feed,
             Clock& clock,
             ReportSink report);
  virtual ~PaperVenue();
  PaperVenue(const PaperVenue&) = delete;
  PaperVenue& operator=(const PaperVenue&) = delete;

  void Place(const Order& order);
  void Cancel(const ClientOrderId& id);
  // Cancels `old_id` and places the other in one step; rejects it when there is nothing to cancel.
  void Replace(const ClientOrderId& old_id, const Order& order);
  void CancelAll();

  // What the market did. Pairs that the feed does not have are ignored. OnBook returns whether the
  // book has become usable, or has ceased to be.
  virtual bool OnBook(const BookChanged& change);
  void OnTrade(const PublicTrade& trade);
  void OnBestQuote(const BestQuoteChanged& quote);

  // Those that wait for their trigger too.
  size_t open_count() const { return open_.size() + triggers_.waiting().size(); }
  const PaperFunds& account() const { return *funds_; }
  // nullptr for a pair that the feed does not have.
  const FillSimulator* simulator(const TradingPair& pair) const;

 protected:
  struct Market {
    TradingPair pair;
    FillSimulator simulator;
  };

  // Before a report goes out: what its news have led to joins it.
  virtual void Complete(PaperReport& /*report*/) {}
  void Send(PaperReport report);
  void NoteBalance(std::string_view asset, PaperReport& report) const;
  void NoteAssets(const TradingPair& pair, PaperReport& report) const;
  // Ends those open orders for which `is_meant` holds, as the venue's own decision.
  void ExpireOrders(const std::function<bool(const Order&)>& is_meant,
                    std::string_view reason,
                    PaperReport& report);
  void ForEachOpenOrder(const std::function<void(const Order&)>& visit) const;
  // Conditional orders that this price triggers become orders of the market.
  void Trigger(const TradingPair& pair, TriggerSource source, Price price);
  // Market data names a pair by pointer; it is looked up by text once.
  Market* FindMarket(const TradingPair& pair);
  TradeId NextTradeId() { return TradeId::FromNumber(++last_trade_number_); }
  uint64_t NextOrderNumber() { return ++last_order_number_; }
  // The lot; where the rule has none, the finest quantity that the book can show.
  static Quantity StepOf(const TradingRule& rule, const OrderBook& book);
  PaperFunds& funds() { return *funds_; }
  const MarketFeed& feed() const { return feed_; }
  Clock& clock() const { return clock_; }

 private:
  void Accept(const Order& order, PaperReport& report);
  // The order may trade, at most as much as the second.
  absl::StatusOr<TakePlan> PlanOf(const PaperTicket& ticket,
                                  Quantity tradable,
                                  const Market& market,
                                  const OrderBook& book) const;
  // The taker's fills, then what becomes of the rest; whether there is one, now among the open.
  bool Execute(PaperTicket ticket, const TakePlan& plan, PaperReport& report);
  bool CancelOne(const ClientOrderId& id, PaperReport& report);
  void Apply(Market& market, const PaperFills& fills);
  absl::Status Fill(
      PaperTicket& ticket, Price price, Quantity quantity, bool is_maker, PaperReport& report);
  // Gives back what is set aside and tells of the end. The order is not among the open ones any
  // more.
  void End(PaperTicket& ticket, OrderState state, std::string_view reason, PaperReport& report);
  void Reject(const Order& order, std::string_view reason, PaperReport& report);

  OrderUpdate Update(const Order& order, OrderState state) const;

  std::unique_ptr<PaperFunds> funds_;
  const MarketFeed& feed_;
  Clock& clock_;
  ReportSink report_;
  std::vector<Market> markets_;
  absl::flat_hash_map<const TradingPair*, size_t> market_by_pointer_;
  PaperTriggers triggers_;
  std::map<uint64_t, PaperTicket> open_;  // by number: in order of arrival
  absl::flat_hash_map<ClientOrderId, uint64_t> numbers_by_id_;
  uint64_t last_order_number_ = 0;
  uint64_t last_trade_number_ = 0;
};

}  // namespace colibri
