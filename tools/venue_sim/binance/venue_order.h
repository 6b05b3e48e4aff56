// Orders and trades as the venue keeps them. Prices and quantities are integers at the symbol's
// scale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decimal.h"
#include "core/matching_engine.h"
#include "core/order.h"

namespace colibri::venue_sim::binance {

using AccountId = uint64_t;

enum class VenueOrderType { kLimit, kMarket, kLimitMaker, kStopLossLimit, kTakeProfitLimit };
enum class VenueOrderStatus {
  kNew,
  kPartiallyFilled,
  kFilled,
  kCanceled,
  kExpired,
  kExpiredInMatch,
};

// The venue's words: "STOP_LOSS_LIMIT", "EXPIRED_IN_MATCH", "BUY", "GTC", "EXPIRE_TAKER".
std::string_view Word(VenueOrderType type);
std::string_view Word(VenueOrderStatus status);
std::string_view Word(Side side);
std::string_view Word(TimeInForce time_in_force);
std::string_view Word(SelfTradePrevention mode);
std::optional<VenueOrderType> ParseVenueOrderType(std::string_view word);
std::optional<Side> ParseVenueSide(std::string_view word);
std::optional<TimeInForce> ParseVenueTimeInForce(std::string_view word);
std::optional<SelfTradePrevention> ParseVenuePrevention(std::string_view word);

struct OrderTicket {
  Decimal quote_quantity = {};  // of a market order by quote
  int64_t price = 0;
  int64_t quantity = 0;
  int64_t stop_price = 0;
  std::string client_order_id = {};
  std::optional<int64_t> strategy_id = {};
  std::optional<int64_t> strategy_type = {};
  VenueOrderType type = VenueOrderType::kLimit;
  Side side = Side::kBuy;
  TimeInForce time_in_force = TimeInForce::kGtc;
  SelfTradePrevention prevention = SelfTradePrevention::kNone;

  bool is_stop() const {
    return type == VenueOrderType::kStopLossLimit || type == VenueOrderType::kTakeProfitLimit;
  }
};

struct VenueOrder {
  OrderTicket ticket = {};  // its quantity is the current one, after amendments
  int64_t order_id = 0;
  AccountId account = 0;
  VenueOrderStatus status = VenueOrderStatus::kNew;
  int64_t executed = 0;
  Decimal executed_quote = {};
  Decimal locked = {};    // of the asset that it pays with
  int64_t prevented = 0;  // quantity taken out by self-trade prevention
  int64_t time_ms = 0;
  int64_t update_time_ms = 0;
  int64_t working_time_ms = -1;
  bool is_working = false;  // in the book, or has been; a stop order is not until triggered
  std::vector<std::string> former_client_ids = {};  // before amendments
  std::string expiry_reason = {};

  bool is_open() const {
    return status == VenueOrderStatus::kNew || status == VenueOrderStatus::kPartiallyFilled;
  }
  int64_t remaining() const { return ticket.quantity - executed; }
};

struct VenueTrade {
  int64_t trade_id = 0;
  int64_t order_id = 0;
  int64_t price = 0;
  int64_t quantity = 0;
  Decimal quote = {};
  Decimal fee = {};
  std::string fee_asset = {};
  int64_t time_ms = 0;
  bool is_buyer = false;
  bool is_maker = false;
};

}  // namespace colibri::venue_sim::binance
