// The other end of the wire: takes orders and cancels as a venue does, fills them against the
// market, keeps the account, and reports.
//
//   PaperVenue venue(config, fees, feed, clock, [&](PaperReport report) { ... });
//   venue.Place(order);        // reports: acknowledged, fills, filled; or rejected
//   venue.OnTrade(trade);      // reports the fills of resting orders, if any
//
// Every report holds the balances as they are after its news. Sans I/O, and without delays: what
// comes here has arrived. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "connector/user_stream_data_source.h"
#include "core/clock.h"
#include "core/event.h"
#include "core/fees.h"
#include "core/order.h"
#include "core/order_update.h"
#include "exchanges/paper/fill_simulator.h"
#include "exchanges/paper/market_feed.h"
#include "exchanges/paper/paper_account.h"
#include "exchanges/paper/paper_config.h"

namespace colibri {

struct CancelRefusal {
  ClientOrderId client_order_id;
  std::string reason;
};
using PaperNews = std::variant<OrderUpdate, TradeUpdate, CancelRefusal>;

struct PaperReport {
  std::vector<PaperNews> news;
  std::vector<BalanceUpdate> balances;
};

class PaperVenue {
 public:
  using ReportSink = std::function<void(PaperReport)>;

  // References outlive the venue.
  PaperVenue(const PaperConfig& config,
             FeeSchema fees,
             const MarketFeed& feed,
             Clock& clock,
             ReportSink report);

  void Place(const Order& order);
  void Cancel(const ClientOrderId& id);
  // Cancels `old_id` and places the other in one step; rejects it when there is nothing to cancel.
  void Replace(const ClientOrderId& old_id, const Order& order);
  void CancelAll();

  // What the market did. Pairs that the feed does not have are ignored. OnBook returns whether the
  // book has become usable, or has ceased to be.
  bool OnBook(const BookChanged& change);
  void OnTrade(const PublicTrade& trade);
  void OnBestQuote(const BestQuoteChanged& quote);

  size_t open_count() const { return open_.size(); }
  const PaperAccount& account() const { return account_; }
  const FeeSchema& fees() const { return fees_; }
  // nullptr for a pair that the feed does not have.
  const FillSimulator* simulator(const TradingPair& pair) const;

 private:
  struct Market {
    TradingPair pair;
    FillSimulator simulator;
  };
  struct LiveOrder {
    uint64_t number = 0;
    Order order;
    Quantity step;
    std::string locked_asset;
    Decimal locked;
  };

  // Market data names a pair by pointer; it is looked up by text once.
  Market* FindMarket(const TradingPair& pair);

  void Accept(const Order& order, PaperReport& report);
  // Locks what the order takes, or checks it where it ends at once.
  absl::Status TakeFunds(LiveOrder& live, const TakePlan& plan);
  // The taker's fills, then what becomes of the rest; whether there is one, now among the open.
  bool Execute(LiveOrder live, const TakePlan& plan, PaperReport& report);
  bool CancelOne(const ClientOrderId& id, PaperReport& report);
  void Apply(Market& market, const PaperFills& fills);
  absl::Status Fill(
      LiveOrder& live, Price price, Quantity quantity, bool is_maker, PaperReport& report);
  absl::StatusOr<FeeAmounts> FeesOf(const Order& order,
                                    Price price,
                                    Quantity quantity,
                                    bool is_maker) const;
  void ShrinkLock(LiveOrder& live, Decimal spent);
  // Unlocks the rest and tells of the end. The order is not among the open ones any more.
  void End(LiveOrder& live, OrderState state, std::string_view reason, PaperReport& report);
  void Reject(const Order& order, std::string_view reason, PaperReport& report);

  OrderUpdate Update(const Order& order, OrderState state) const;
  void NoteBalance(std::string_view asset, PaperReport& report) const;
  void Send(PaperReport report);

  FeeSchema fees_;
  const MarketFeed& feed_;
  Clock& clock_;
  ReportSink report_;
  PaperAccount account_;
  std::vector<Market> markets_;
  absl::flat_hash_map<const TradingPair*, size_t> market_by_pointer_;
  std::map<uint64_t, LiveOrder> open_;  // by number: in order of arrival
  absl::flat_hash_map<ClientOrderId, uint64_t> numbers_by_id_;
  uint64_t last_order_number_ = 0;
  uint64_t last_trade_number_ = 0;
};

}  // namespace colibri
