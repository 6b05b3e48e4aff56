// What is learned of an order, from whatever source, in our words: the input of ClientOrderTracker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "core/ids.h"
#include "core/order.h"
#include "core/trading_pair.h"

namespace colibri {

// Where a piece of knowledge came from.
enum class Source : uint8_t { kStream, kRest, kLocal, kRecovered };
std::string_view ToString(Source source);

// A status. At least one of the ids is set. Fills come apart, as TradeUpdate.
struct OrderUpdate {
  ClientOrderId client_order_id;
  ExchangeOrderId exchange_order_id;
  TradingPair pair;
  OrderState state = OrderState::kOpen;
  std::optional<Quantity> cumulative_filled;  // base, where the venue states it
  std::optional<Quantity> quantity;           // new total after an amendment
  absl::Time venue_time;
  Source source = Source::kStream;
  std::string reason;  // venue's code and words, for a rejection or expiry
  // Of a conditional order: it has triggered, and the exchange order id, if any, is the one that it
  // has since. Of other orders it means nothing.
  bool is_triggered = false;
};

// One fill.
struct TradeUpdate {
  Fill fill;
  Source source = Source::kStream;
};

}  // namespace colibri
