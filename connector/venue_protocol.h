// What a venue says and understands over REST, as pure functions: request builders, answer parsers,
// the error table. ExchangeBase asks these; a venue's connector derives from ExchangeBase and
// implements them. What has a default, a venue without it leaves out: its Call is nullopt, and its
// Parse is never asked. Bodies are raw text.
//
// Every Parse returns DataLoss when the body can't be read (the outcome of the call is then
// unknown), naming the field.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/exchange.h"
#include "connector/instrument.h"
#include "connector/trade_cursor.h"
#include "connector/transport.h"
#include "connector/user_stream_data_source.h"
#include "connector/venue_error.h"
#include "connector/venue_spec.h"
#include "core/order.h"
#include "core/order_update.h"
#include "core/trading_rule.h"

namespace colibri {

// The venue's answer to a placement: a status, and the fills it carried.
struct PlaceAnswer {
  OrderUpdate order;
  std::vector<TradeUpdate> trades;
};

// A cancel and a new order in one call; each half stands alone.
struct ReplaceAnswer {
  std::optional<OrderUpdate> canceled;  // the old order's end
  std::optional<VenueError> cancel_error;
  std::optional<PlaceAnswer> placed;
  std::optional<VenueError> place_error;  // status Cancelled, NotSent: not attempted
};

// All that one exchange-information answer tells.
struct VenueRules {
  std::vector<TradingRule> rules;  // every usable pair; unreadable entries are skipped and counted
  std::vector<RateLimitPool> limits;  // empty: the spec's stay
  int skipped = 0;
  std::string first_skip_reason;
};

class VenueProtocol {
 public:
  virtual ~VenueProtocol() = default;

  virtual VenueCall ServerTimeCall() const = 0;
  virtual absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) const = 0;

  virtual VenueCall RulesCall() const = 0;
  virtual absl::StatusOr<VenueRules> ParseRules(std::string_view body) const = 0;

  virtual VenueCall BalancesCall() const = 0;
  virtual absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const = 0;

  virtual std::optional<VenueCall> FeesCall(const Instrument& /*instrument*/) const {
    return std::nullopt;
  }
  virtual absl::StatusOr<FeeRates> ParseFees(std::string_view /*body*/) const {
    return NotServed();
  }

  virtual VenueCall PlaceCall(const Order& order, const Instrument& instrument) const = 0;
  virtual absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body,
                                                  const Order& order) const = 0;

  virtual VenueCall CancelCall(const Order& order, const Instrument& instrument) const = 0;
  virtual absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body,
                                                    const Order& order) const = 0;

  virtual std::optional<VenueCall> CancelAllCall(const Instrument& /*instrument*/) const {
    return std::nullopt;
  }
  virtual absl::StatusOr<std::vector<OrderUpdate>> ParseCanceledAll(
      std::string_view /*body*/, const Instrument& /*instrument*/) const {
    return NotServed();
  }

  // Where the venue keeps conditional orders that wait apart from those in the market: the same two
  // calls for them, with answers that ParseCanceledAll and ParseOpenOrders read.
  virtual std::optional<VenueCall> CancelAllConditionalCall(
      const Instrument& /*instrument*/) const {
    return std::nullopt;
  }
  virtual std::optional<VenueCall> OpenConditionalOrdersCall(
      const Instrument& /*instrument*/) const {
    return std::nullopt;
  }

  // Lowers the quantity in place; nullopt when the venue can't do this amendment so.
  virtual std::optional<VenueCall> AmendCall(const Order& /*order*/,
                                             const OrderAmendment& /*amendment*/,
                                             const Instrument& /*instrument*/) const {
    return std::nullopt;
  }
  virtual absl::StatusOr<OrderUpdate> ParseAmended(std::string_view /*body*/,
                                                   const Order& /*order*/) const {
    return NotServed();
  }

  // Cancel-replace; nullopt where the venue has none.
  virtual std::optional<VenueCall> ReplaceCall(const Order& /*old_order*/,
                                               const Order& /*new_order*/,
                                               const Instrument& /*instrument*/) const {
    return std::nullopt;
  }
  // Any HTTP status: a partial failure carries one half.
  virtual absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& /*response*/,
                                                      const Order& /*old_order*/,
                                                      const Order& /*new_order*/) const {
    return NotServed();
  }

  // Of a conditional order order.is_waiting() tells whom to ask, where that makes a difference. An
  // answer that says triggered is followed by another call.
  virtual VenueCall OrderCall(const Order& order, const Instrument& instrument) const = 0;
  virtual absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body) const = 0;

  virtual VenueCall OpenOrdersCall(const Instrument& instrument) const = 0;
  virtual absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body) const = 0;

  // Trades of one order, or of a pair since a cursor. Oldest first.
  virtual VenueCall OrderTradesCall(const Order& order, const Instrument& instrument) const = 0;
  virtual VenueCall TradesCall(const TradeCursor& cursor, const Instrument& instrument) const = 0;
  virtual absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body) const = 0;

  // One pure table from (HTTP status, venue code) to what it means. Called for every status but
  // 2xx.
  virtual VenueError ClassifyError(const HttpResponse& response) const = 0;
  // A refusal that comes with HTTP status 2xx, for venues that answer so; asked for each 2xx.
  virtual std::optional<VenueError> FindError(const HttpResponse& /*response*/) const {
    return std::nullopt;
  }

 private:
  static absl::Status NotServed() { return absl::UnimplementedError("the venue has no such call"); }
};

}  // namespace colibri
