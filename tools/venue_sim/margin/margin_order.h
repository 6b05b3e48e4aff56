// Tickets, orders, trades and income, as a derivatives exchange keeps them. Prices and quantities
// are integers at the instrument's scale.
#pragma once

#include <cstdint>
#include <string>

#include "core/decimal.h"
#include "core/matching_engine.h"
#include "core/order.h"
#include "tools/venue_sim/margin/margin_math.h"

namespace colibri::venue_sim::margin {

using AccountId = uint64_t;

enum class OrderStatus { kNew, kPartiallyFilled, kFilled, kCanceled, kExpired, kExpiredInMatch };

// Why the exchange ended an order.
enum class EndReason {
  kNone,
  kSelfTrade,
  kImmediate,    // the rest of an immediate-or-cancel order
  kReduceOnly,   // nothing left to reduce, or taken by orders of higher priority
  kLiquidation,  // the account's orders went before its positions
  kNoLiquidity,  // the rest of a market order
  kGoodTillTime,
  kWouldTake,  // a post-only order whose amended price would take
};

// Who made an order: its owner, or the exchange on his behalf.
enum class Origin { kOwner, kLiquidation, kInsurance, kDeleverage };

struct Ticket {
  Side side = Side::kBuy;
  PositionSide position_side = PositionSide::kNet;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  int64_t price = 0;
  int64_t quantity = 0;
  bool reduce_only = false;
  SelfTradePrevention prevention = SelfTradePrevention::kNone;
  int64_t good_till_ms = 0;  // 0: no such time
  std::string client_order_id = {};
  std::string memo = {};  // the venue's own; kept, not read
};

struct MarginOrder {
  Ticket ticket = {};  // its price and quantity are the current ones, after amendments
  std::string symbol = {};
  int64_t order_id = 0;
  AccountId account = 0;
  OrderStatus status = OrderStatus::kNew;
  EndReason end_reason = EndReason::kNone;
  Origin origin = Origin::kOwner;
  int64_t executed = 0;
  Decimal executed_quote = {};
  int64_t working = 0;  // what stands in the book
  int64_t time_ms = 0;
  int64_t update_time_ms = 0;
  int amend_count = 0;

  bool is_open() const {
    return status == OrderStatus::kNew || status == OrderStatus::kPartiallyFilled;
  }
  int64_t remaining() const { return ticket.quantity - executed; }
};

struct MarginTrade {
  int64_t trade_id = 0;
  int64_t order_id = 0;
  std::string symbol = {};
  Side side = Side::kBuy;
  PositionSide position_side = PositionSide::kNet;
  int64_t price = 0;
  int64_t quantity = 0;
  Decimal quote = {};
  Decimal fee = {};  // in the collateral; positive: paid
  std::string fee_asset = {};
  Decimal realized = {};
  int64_t time_ms = 0;
  bool is_maker = false;
};

enum class IncomeType { kTransfer, kRealizedProfit, kCommission, kFunding, kInsuranceClear };

// A change of a wallet; `amount` is its effect, negative when paid.
struct Income {
  int64_t id = 0;
  IncomeType type = IncomeType::kTransfer;
  std::string symbol = {};  // empty for transfers
  std::string asset = {};
  Decimal amount = {};
  int64_t time_ms = 0;
  int64_t trade_id = 0;  // 0: of no trade
};

}  // namespace colibri::venue_sim::margin
