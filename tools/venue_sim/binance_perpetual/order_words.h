// The venue's words for orders: "PARTIALLY_FILLED", "GTX", "BOTH".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/venue_sim/binance_perpetual/common.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::binance_perpetual {

std::string_view Word(Side side);
std::string_view Word(margin::PositionSide side);
std::string_view Word(margin::OrderStatus status);
std::string_view Word(SelfTradePrevention mode);
std::string_view Word(margin::IncomeType type);
std::string_view TypeWord(const margin::Ticket& ticket);
std::string_view TimeInForceWord(const margin::Ticket& ticket);
// er of ORDER_TRADE_UPDATE.
std::string_view ReasonWord(margin::EndReason reason);

std::optional<Side> ParseSideWord(std::string_view word);
std::optional<margin::PositionSide> ParsePositionSide(std::string_view word);
std::optional<SelfTradePrevention> ParsePrevention(std::string_view word);

// What an order was before it came to the book, kept in its ticket's memo.
struct OrderMemo {
  std::string original_type = {};  // "STOP_MARKET" of one that a conditional order made; else empty
  std::string price_match = "NONE";
  std::string stop_price = "0";
  std::string working_type = "CONTRACT_PRICE";
  bool closes_position = false;

  std::string ToText() const;
  static OrderMemo FromText(std::string_view text);
};

// In the venue's words; kNone is a programmer's mistake.
VenueError ErrorOf(margin::Refusal refusal);

}  // namespace colibri::venue_sim::binance_perpetual
