// What happens, as strategies and recorders see it. Published by value through EventBus, on the
// loop, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/time/time.h"

#include "core/ids.h"
#include "core/order.h"
#include "core/order_update.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

class OrderBook;

// Common to all events. Sequence numbers are given by the bus.
struct EventHeader {
  uint64_t sequence = 0;
  std::string_view venue;  // registry name, outlives the bus
  absl::Time venue_time;   // InfinitePast when the venue gave none
  absl::Time receive_time;
  Source source = Source::kStream;
};

struct BookChanged {
  EventHeader header;
  const TradingPair* pair = nullptr;  // both outlive the call only
  const OrderBook* book = nullptr;
  bool is_best_changed = false;
  bool is_stale = false;  // the book just became stale: do not read prices from it
};
struct PublicTrade {
  EventHeader header;
  const TradingPair* pair = nullptr;
  TradeId trade_id;
  Side taker_side = Side::kBuy;
  Price price;
  Quantity quantity;
};
struct BestQuoteChanged {  // a venue's own best bid and ask, ahead of its diffs
  EventHeader header;
  const TradingPair* pair = nullptr;
  int64_t update_id = 0;
  Price bid_price;
  Quantity bid_quantity;
  Price ask_price;
  Quantity ask_quantity;
};
struct CandleClosed {
  EventHeader header;
  const TradingPair* pair = nullptr;
  std::string_view interval;  // "1m"
  absl::Time open_time;
  absl::Time close_time;
  Price open, high, low, close;
  Quantity volume;
  Notional quote_volume;
  int64_t trade_count = 0;
};
// Exactly one Created per order, first; exactly one terminal event, last.
struct OrderCreated {
  EventHeader header;
  Order order;
};
struct OrderFilled {
  EventHeader header;
  Order order;  // after the fill
  Fill fill;
  bool is_after_terminal = false;  // late: counted, and said so
};
struct OrderCompleted {
  EventHeader header;
  Order order;
  // The venue says filled, and its fills were not found before the deadline.
  bool is_incomplete = false;
};
struct OrderCanceled {
  EventHeader header;
  Order order;
};
struct OrderRejected {
  EventHeader header;
  Order order;  // order.reason: the venue's code and words
};
struct OrderExpired {
  EventHeader header;
  Order order;
  // The venue no longer knows the order and has not told its end: order.reason has the evidence.
  bool is_unresolved = false;
};
// A record, not a second end: fills that came after the terminal event changed what it said.
// Follows the OrderFilled that is_after_terminal; order.state and its amounts are the corrected
// ones.
struct OrderCorrected {
  EventHeader header;
  Order order;
  OrderState previous_state = OrderState::kCanceled;
};
// The quantity is another one by the venue's word, after our amendment or anybody's.
struct OrderAmended {
  EventHeader header;
  Order order;  // with the new quantity
  Quantity previous_quantity;
};
// A conditional order waits no longer: it is an order like any other from here on. Once, after its
// creation and before its first fill; one that the venue refuses at its trigger just expires.
struct OrderTriggered {
  EventHeader header;
  Order order;  // with the exchange order id that it has now
};
struct AmendRejected {  // the order stays as it was
  EventHeader header;
  Order order;
  std::string reason;
};
struct CancelRejected {
  EventHeader header;
  Order order;
  std::string reason;
};
struct OrderInDoubt {
  EventHeader header;
  Order order;
  std::string reason;
};
struct BalanceChanged {
  EventHeader header;
  std::string asset;
  Decimal total;
  Decimal available;
};
struct HealthChanged {
  EventHeader header;
  std::string capability;  // "book BTC-USDT", "user_stream", ...
  bool is_healthy = false;
  std::string reason;
};
struct ForeignOrder {  // an order on our account that is not ours, when first seen and at its end
  EventHeader header;
  OrderUpdate update;
};
struct ForeignFill {  // a fill on our account of an order that is not ours
  EventHeader header;
  Fill fill;
};
// Of perpetuals, from here on.
struct PositionChanged {
  EventHeader header;
  Position position;
  Quantity previous_quantity;
};
// The venue's position is not what the fills made of it: something was missed, or somebody else
// trades on the account. The venue's word counts.
struct PositionMismatch {
  EventHeader header;
  Position position;  // as the venue says
  Quantity expected;  // by the fills
};
struct FundingInfoChanged {
  EventHeader header;
  const TradingPair* pair = nullptr;  // outlives the call only
  FundingInfo funding;
};
struct FundingPayment {
  EventHeader header;
  TradingPair pair;
  PaymentId payment_id;  // empty where the venue gives none
  std::string asset;
  Decimal amount;  // negative: paid
  std::optional<Decimal> rate;
};
struct LeverageChanged {
  EventHeader header;
  TradingPair pair;
  LeverageSetting setting;
  LeverageSetting previous;
};
struct PositionModeChanged {
  EventHeader header;
  PositionMode mode = PositionMode::kOneWay;
};
struct SettingRejected {  // leverage, margin mode or position mode stay as they were
  EventHeader header;
  std::optional<TradingPair> pair;
  std::string reason;
};
struct Liquidation {  // the venue closes a position of ours, or a part
  EventHeader header;
  TradingPair pair;
  PositionSide position_side = PositionSide::kNet;
  Side side = Side::kBuy;  // of the closing order
  Price price;
  Quantity quantity;
  bool is_auto_deleveraging = false;
};
struct MarginCall {  // the venue warns that a position is near its liquidation
  EventHeader header;
  Position position;
  std::optional<Notional> maintenance_margin;
};
struct PublicLiquidation {  // of anybody
  EventHeader header;
  const TradingPair* pair = nullptr;
  Side side = Side::kBuy;  // of the closing order
  Price price;
  Quantity quantity;
};
struct Timer {
  EventHeader header;
  uint64_t timer_id = 0;
};

using Event = std::variant<BookChanged,
                           PublicTrade,
                           BestQuoteChanged,
                           CandleClosed,
                           OrderCreated,
                           OrderFilled,
                           OrderCompleted,
                           OrderCanceled,
                           OrderRejected,
                           OrderExpired,
                           OrderCorrected,
                           OrderAmended,
                           OrderTriggered,
                           AmendRejected,
                           CancelRejected,
                           OrderInDoubt,
                           BalanceChanged,
                           HealthChanged,
                           ForeignOrder,
                           ForeignFill,
                           PositionChanged,
                           PositionMismatch,
                           FundingInfoChanged,
                           FundingPayment,
                           LeverageChanged,
                           PositionModeChanged,
                           SettingRejected,
                           Liquidation,
                           MarginCall,
                           PublicLiquidation,
                           Timer>;

// "order_filled"
std::string_view EventName(const Event& event);
EventHeader& HeaderOf(Event& event);
const EventHeader& HeaderOf(const Event& event);

// One line of text with every field, times in ns: for logs and for the hash of a run. Equal events
// give equal text.
std::string Describe(const Event& event);

}  // namespace colibri
