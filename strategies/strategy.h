// The base of every strategy: override what you care about, and it runs in backtest, on paper and
// live.
//
//   class BuyTheDip final : public Strategy {
//    public:
//     BuyTheDip() : Strategy("buy_the_dip") {}
//
//    private:
//     absl::Status OnStart() override {
//       Every(absl::Seconds(60), kGiveUp);
//       return absl::OkStatus();
//     }
//     void OnTrade(const PublicTrade& trade) override {
//       if (trade.price < kDip && own_orders().empty()) {
//         LogIfRefused(Buy(*trade.pair, kAmount, trade.price));
//       }
//     }
//     void OnTimer(uint64_t tag) override { CancelOwnOrders(); }
//   };
//
//   BuyTheDip strategy;
//   RETURN_IF_ERROR(strategy.Start({exchange, exchange.clock()}));
//   ...                  // the loop runs
//   strategy.Stop();     // cancels what is open; state() is kStopped when the venue has confirmed
//
// What comes when: market data, balances and health of the whole exchange between Start and Stop;
// order events of this strategy's own orders only, and until the last of them has ended, also after
// Stop. Handlers run on the loop, one at a time, and must return soon. An order placed in a handler
// is known to own_orders() at once; what the venue says of it comes as later events. Handlers may
// Place and Cancel freely, and may call Stop. A strategy starts once and is not destroyed inside
// one of its handlers; destroying it sends nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/exchange.h"
#include "core/clock.h"
#include "core/event.h"
#include "core/event_bus.h"

namespace colibri {

// What a strategy may touch. Everything referenced outlives the strategy.
struct StrategyContext {
  Exchange& exchange;
  Clock& clock;
  // Takes one line, "key=value ...", for each change of state. May be empty.
  std::function<void(std::string_view line)> log = {};
};

enum class StrategyState : uint8_t { kIdle, kRunning, kPaused, kStopping, kStopped };
// "running"
std::string_view ToString(StrategyState state);

// For people and reports. The fields are the strategy's own, in the order to show them.
struct StrategyStatus {
  std::string name;
  StrategyState state = StrategyState::kIdle;
  std::string reason;  // why it is paused; empty otherwise
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::string> warnings;
};

class Strategy {
 public:
  // Ended orders whose late fills are still delivered; the oldest are forgotten beyond it.
  static constexpr size_t kEndedOrdersKept = 4096;

  explicit Strategy(std::string_view name) : name_(name) {}
  virtual ~Strategy();
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;

  // Subscribes, then OnStart. An error of OnStart cancels its orders, and nothing runs.
  // FailedPrecondition when it was started before.
  [[nodiscard]] absl::Status Start(StrategyContext context);
  // Ends timers and market data, then OnStop. No effect unless running or paused.
  void Stop();

  const std::string& name() const { return name_; }
  StrategyState state() const { return state_; }
  virtual StrategyStatus status() const;

 protected:
  // Refusing to start: say what is wrong and what to do about it.
  virtual absl::Status OnStart() { return absl::OkStatus(); }
  // Cancels this strategy's orders unless overridden. Timers set from here on still run.
  virtual void OnStop() { CancelOwnOrders(); }

  virtual void OnBook(const BookChanged&) {}  // is_stale: do not read prices
  virtual void OnBestQuote(const BestQuoteChanged&) {}
  virtual void OnTrade(const PublicTrade&) {}
  virtual void OnCandle(const CandleClosed&) {}
  virtual void OnBalance(const BalanceChanged&) {}
  virtual void OnHealth(const HealthChanged&) {}

  virtual void OnOrderCreated(const OrderCreated&) {}
  virtual void OnOrderFilled(const OrderFilled&) {}  // each fill, partial or last
  // order.state says how: filled, canceled, rejected or expired; order.reason why.
  virtual void OnOrderEnd(const Order&) {}
  virtual void OnOrderCorrected(const OrderCorrected&) {}  // a late fill changed how it ended
  virtual void OnOrderAmended(const OrderAmended&) {}
  virtual void OnOrderTriggered(const OrderTriggered&) {}  // a conditional order waits no longer
  virtual void OnAmendRejected(const AmendRejected&) {}    // the order goes on as it was
  virtual void OnCancelRejected(const CancelRejected&) {}
  virtual void OnOrderInDoubt(const OrderInDoubt&) {}  // count it as exposure, send no second one

  virtual void OnTimer(uint64_t /*tag*/) {}

  // Between Start and the end.
  Exchange& exchange() const;
  Clock& clock() const;

  // As Exchange::Place, and the order becomes this strategy's own.
  absl::StatusOr<ClientOrderId> Place(const OrderRequest& request);
  absl::StatusOr<ClientOrderId> Buy(const TradingPair& pair,
                                    Quantity quantity,
                                    Price price,
                                    OrderType type = OrderType::kLimit);
  absl::StatusOr<ClientOrderId> Sell(const TradingPair& pair,
                                     Quantity quantity,
                                     Price price,
                                     OrderType type = OrderType::kLimit);
  absl::Status Cancel(const ClientOrderId& id);
  // As Exchange::Amend; an order that replaces the old one becomes this strategy's own.
  absl::StatusOr<ClientOrderId> Amend(const ClientOrderId& id, const OrderAmendment& amendment);
  // Orders of the pair that an earlier process left open become this strategy's own. For OnStart.
  void AdoptRestoredOrders(const TradingPair& pair);
  // Each of this strategy's open orders whose cancel is not under way. Refusals are logged.
  void CancelOwnOrders();
  // Open ones, in the order of their placing.
  std::vector<const Order*> own_orders() const;
  size_t own_order_count() const { return live_.size(); }
  bool is_own(const ClientOrderId& id) const { return own_.contains(id); }

  // OnTimer(tag), once or again and again. A tag has one timer: setting it anew replaces it.
  void After(absl::Duration delay, uint64_t tag);
  void Every(absl::Duration interval, uint64_t tag);
  void CancelTimer(uint64_t tag);

  // Shown by status(). Handlers run on while paused; Resume when the reason is gone.
  void Pause(std::string_view reason);
  void Resume();
  bool is_active() const {
    return state_ == StrategyState::kRunning || state_ == StrategyState::kPaused;
  }

  void Log(std::string_view line) const;
  // For calls whose error needs no more than a line.
  void LogIfRefused(const absl::Status& status) const;
  void LogIfRefused(const absl::StatusOr<ClientOrderId>& placed) const {
    LogIfRefused(placed.status());
  }

 private:
  void Deliver(const Event& event);
  void DeliverOrderEvent(const Event& event, const ClientOrderId& id);
  // Events of the new order that come before its id is known wait for it.
  absl::StatusOr<ClientOrderId> OwnWhatCallPlaces(
      absl::FunctionRef<absl::StatusOr<ClientOrderId>()> call);
  void EndOrder(const Order& order);
  void Own(const ClientOrderId& id);
  void SetTimer(absl::Duration delay, uint64_t tag, absl::Duration interval);
  void CancelTimers();
  void StopIfDone();

  std::string name_;
  StrategyState state_ = StrategyState::kIdle;
  std::string reason_;
  Exchange* exchange_ = nullptr;  // null before Start
  Clock* clock_ = nullptr;
  std::function<void(std::string_view)> log_;
  Subscription subscription_;
  absl::flat_hash_map<uint64_t, TimerId> timers_;

  absl::flat_hash_set<ClientOrderId> own_;  // live ones and the last kEndedOrdersKept
  std::vector<ClientOrderId> live_;
  std::deque<ClientOrderId> ended_;
  // Outside of a handler an exchange may speak of an order before Place has told its id: those
  // events wait here.
  bool is_placing_ = false;
  std::vector<Event> held_events_;
};

}  // namespace colibri
