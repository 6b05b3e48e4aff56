// Makes a market: keeps bids and asks around the mid price, and replaces them when it must.
//
//   SimpleMarketMaker maker(config);
//   RETURN_IF_ERROR(maker.Start({exchange, exchange.clock()}));   // all mistakes of config at once
//
// Each side and level is a slot that holds one order at most: a new one goes out when the old one
// has ended by the venue's word, so there are never more open orders than configured. An order is
// canceled when its quote moved by more than a tolerance, when it is too old, or when it stands in
// the way of a new quote on the other side. While the book is stale or one-sided, or the exchange
// is not healthy, all quotes are canceled and none are placed. Any two of its orders that could
// both fill earn profit_min after fees.
//
// Same events, same orders: it has no randomness and no time but the clock's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "strategies/market_view.h"
#include "strategies/quote_plan.h"
#include "strategies/quote_slot.h"
#include "strategies/request_pacer.h"
#include "strategies/simple_market_maker_config.h"
#include "strategies/strategy.h"

namespace colibri {

class SimpleMarketMaker final : public Strategy {
 public:
  struct Counters {
    int64_t requotes = 0;    // looks at the quotes
    int64_t placed = 0;      // orders that went out
    int64_t cancels = 0;     // cancels that were asked for
    int64_t refusals = 0;    // placements and cancels refused before they went out
    int64_t rejections = 0;  // orders that the venue refused or expired
  };

  explicit SimpleMarketMaker(SimpleMarketMakerConfig config);

  StrategyStatus status() const override;
  const SimpleMarketMakerConfig& config() const { return config_; }
  const Counters& counters() const { return counters_; }
  // Of the last look; nullopt before the first.
  std::optional<Price> reference() const { return reference_; }
  const std::optional<QuotePlan>& plan() const { return plan_; }

 private:
  absl::Status OnStart() override;
  void OnStop() override;
  void OnBook(const BookChanged& event) override;
  void OnBalance(const BalanceChanged& event) override;
  void OnHealth(const HealthChanged& event) override;
  void OnOrderCreated(const OrderCreated& event) override;
  void OnOrderFilled(const OrderFilled& event) override;
  void OnOrderEnd(const Order& order) override;
  void OnCancelRejected(const CancelRejected& event) override;
  void OnTimer(uint64_t tag) override;

  // Looks at the market, and brings the orders to the quotes wanted.
  void Requote();
  void RequoteOnce();
  OwnOrders OpenQuotes() const;
  // What the free balance buys, or the free base to sell.
  Quantity AffordableNow(Side side, Price price) const;
  bool HasMoved(Price reference) const;

  void PauseQuoting(std::string_view reason, absl::Duration now);
  void ForgetEndedOrders(absl::Duration now);
  void ChooseKept(const QuotePlan& plan, absl::Duration now);
  void NoteShortage(const QuotePlan& plan, absl::Duration now);
  bool IsCloseEnough(const Order& order,
                     const Quote& quote,
                     const QuoteSlot& slot,
                     absl::Duration now) const;
  bool BlocksNewQuote(const QuoteSlot& slot, const Order& order, const QuotePlan& plan) const;
  void CancelUnkept(absl::Duration now);
  void CancelOrder(QuoteSlot& slot, absl::Duration now);
  void PlaceMissing(const QuotePlan& plan, const QuoteMarket& market, absl::Duration now);
  // False when no request may go out now.
  bool PlaceQuote(size_t index, Quote quote, const QuoteMarket& market, absl::Duration now);
  bool IsFunded(Quote& quote, const QuoteMarket& market) const;
  bool IsInTheWayOfAnOrder(const Quote& quote) const;
  void NoteEnd(QuoteSlot& slot, const Order& order, absl::Duration now);
  void NoteRefusal(QuoteSlot& slot, std::string_view reason, absl::Duration now);

  const Order* OrderOf(const QuoteSlot& slot) const;
  QuoteSlot* SlotOf(const ClientOrderId& id);
  void WakeAfter(absl::Duration delay);

  SimpleMarketMakerConfig config_;
  RequestPacer pacer_;
  std::vector<QuoteSlot> slots_;  // as QuotePlan::quotes: bids, then asks, best first
  std::optional<Price> reference_;
  std::optional<QuotePlan> plan_;
  std::optional<absl::Duration> wake_at_;
  bool is_requoting_ = false;
  bool must_requote_ = false;  // something happened during a look
  std::string last_refusal_;
  Counters counters_;
};

}  // namespace colibri
