#include "core/event.h"

#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"

#include "core/order_book.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Event>> kEventNames = {
    "book_changed",
    "public_trade",
    "best_quote_changed",
    "candle_closed",
    "order_created",
    "order_filled",
    "order_completed",
    "order_canceled",
    "order_rejected",
    "order_expired",
    "order_corrected",
    "order_amended",
    "order_triggered",
    "amend_rejected",
    "cancel_rejected",
    "order_in_doubt",
    "balance_changed",
    "health_changed",
    "foreign_order",
    "foreign_fill",
    "position_changed",
    "position_mismatch",
    "funding_info_changed",
    "funding_payment",
    "leverage_changed",
    "position_mode_changed",
    "setting_rejected",
    "liquidation",
    "margin_call",
    "public_liquidation",
    "timer"};

// A new event needs its name, at its place in the variant.
static_assert(!kEventNames.back().empty());

// Writes " key=value". Texts that could be mistaken for something else are quoted and escaped,
// absent ones are "-".
class EventLine {
 public:
  explicit EventLine(std::string_view name) : text_(name) {}

  void set_prefix(std::string_view prefix) { prefix_ = prefix; }
  std::string Take() { return std::move(text_); }

  void Add(std::string_view key, std::string_view value) {
    Key(key);
    const bool is_plain =
        !value.empty() && value != "-" && std::all_of(value.begin(), value.end(), [](char c) {
          return c > ' ' && c <= '~' &&
                 std::string_view("\"\\=,:").find(c) == std::string_view::npos;
        });
    if (is_plain) {
      text_ += value;
    } else {
      absl::StrAppend(&text_, "\"", absl::CHexEscape(Abs(value)), "\"");
    }
  }
  void Add(std::string_view key, const char* value) { Add(key, std::string_view(value)); }
  void Add(std::string_view key, bool value) {
    Key(key);
    text_ += value ? "true" : "false";
  }
  void Add(std::string_view key, int64_t value) {
    Key(key);
    absl::StrAppend(&text_, value);
  }
  void Add(std::string_view key, uint64_t value) {
    Key(key);
    absl::StrAppend(&text_, value);
  }
  void Add(std::string_view key, absl::Time value) {
    Key(key);
    if (value == absl::InfinitePast() || value == absl::InfiniteFuture()) {
      text_ += value == absl::InfinitePast() ? "-" : "never";
    } else {
      absl::StrAppend(&text_, absl::ToUnixNanos(value));
    }
  }
  void Add(std::string_view key, Decimal value) {
    Key(key);
    text_ += value.ToString();
  }
  template <typename Tag>
  void Add(std::string_view key, Unit<Tag> value) {
    Add(key, value.value());
  }
  template <typename Tag, size_t kCapacity>
  void Add(std::string_view key, const InlineId<Tag, kCapacity>& value) {
    Add(key, value.view());
  }
  void Add(std::string_view key, const TradingPair& value) { Add(key, value.ToString()); }
  void Add(std::string_view key, const TradingPair* value) {
    value != nullptr ? Add(key, *value) : Absent(key);
  }
  template <typename Value>
  void Add(std::string_view key, const std::optional<Value>& value) {
    value.has_value() ? Add(key, *value) : Absent(key);
  }
  // fees=0.1:BNB,0.02:USDT
  void Add(std::string_view key, const FeeAmounts& fees) {
    Key(key);
    text_ += fees.empty() ? "-" : "";
    for (size_t i = 0; i < fees.size(); ++i) {
      absl::StrAppend(&text_,
                      i == 0 ? "" : ",",
                      fees[i].amount.ToString(),
                      ":",
                      absl::CHexEscape(fees[i].asset));
    }
  }

 private:
  void Key(std::string_view key) { absl::StrAppend(&text_, " ", Abs(prefix_), Abs(key), "="); }
  void Absent(std::string_view key) {
    Key(key);
    text_ += '-';
  }

  std::string text_;
  std::string_view prefix_;
};

void AddHeader(EventLine& line, const EventHeader& header) {
  line.Add("sequence", header.sequence);
  line.Add("venue", header.venue);
  line.Add("venue_time_ns", header.venue_time);
  line.Add("receive_time_ns", header.receive_time);
  line.Add("source", ToString(header.source));
}

// Spot has nothing to say here.
void AddPositionWords(EventLine& line, PositionAction action, PositionSide side) {
  if (action != PositionAction::kOpen) {
    line.Add("position_action", ToString(action));
  }
  if (side != PositionSide::kNet) {
    line.Add("position_side", ToString(side));
  }
}

// Few orders have one.
void AddTrigger(EventLine& line, const Order& order) {
  if (order.trigger.has_value()) {
    line.Add("trigger", ToString(order.trigger->kind));
    line.Add("trigger_price", order.trigger->price);
    line.Add("trigger_source", ToString(order.trigger->source));
    line.Add("is_triggered", order.is_triggered);
  }
}

void AddPosition(EventLine& line, const Position& position) {
  line.Add("pair", position.pair);
  line.Add("position_side", ToString(position.side));
  line.Add("quantity", position.quantity);
  line.Add("entry_price", position.entry_price);
  line.Add("unrealised_profit", position.unrealised_profit);
  line.Add("liquidation_price", position.liquidation_price);
}

void AddOrder(EventLine& line, const Order& order) {
  line.Add("client_order_id", order.client_order_id);
  line.Add("exchange_order_id", order.exchange_order_id);
  line.Add("pair", order.pair);
  line.Add("side", ToString(order.side));
  line.Add("type", ToString(order.type));
  line.Add("time_in_force", ToString(order.time_in_force));
  line.Add("quantity", order.quantity);
  line.Add("price", order.price);
  line.Add("quote_quantity", order.quote_quantity);
  AddPositionWords(line, order.position_action, order.position_side);
  AddTrigger(line, order);
  line.Add("state", ToString(order.state));
  line.Add("is_cancel_requested", order.is_cancel_requested);
  line.Add("is_in_doubt", order.is_in_doubt);
  line.Add("filled", order.filled);
  line.Add("filled_notional", order.filled_notional);
  line.Add("fees", order.fees);
  line.Add("created_at_ns", order.created_at);
  line.Add("updated_at_ns", order.updated_at);
  line.Add("reason", order.reason);
}

void AddFill(EventLine& line, const Fill& fill) {
  line.set_prefix("fill.");
  line.Add("trade_id", fill.trade_id);
  line.Add("client_order_id", fill.client_order_id);
  line.Add("exchange_order_id", fill.exchange_order_id);
  line.Add("pair", fill.pair);
  line.Add("side", ToString(fill.side));
  line.Add("price", fill.price);
  line.Add("quantity", fill.quantity);
  line.Add("fees", fill.fees);
  line.Add("is_maker", fill.is_maker);
  AddPositionWords(line, PositionAction::kOpen, fill.position_side);
  if (fill.realised_profit.has_value()) {
    line.Add("realised_profit", fill.realised_profit);
  }
  line.Add("venue_time_ns", fill.venue_time);
  line.set_prefix("");
}

void AddQuote(EventLine& line,
              std::string_view price_key,
              std::string_view quantity_key,
              const std::optional<PriceLevel>& level) {
  line.Add(price_key, level.has_value() ? std::optional(level->price) : std::nullopt);
  line.Add(quantity_key, level.has_value() ? std::optional(level->quantity) : std::nullopt);
}

void AddFields(EventLine& line, const BookChanged& event) {
  line.Add("pair", event.pair);
  if (event.book != nullptr) {
    line.Add("last_update_id", event.book->last_update_id());
    AddQuote(line, "bid_price", "bid_quantity", event.book->best_bid());
    AddQuote(line, "ask_price", "ask_quantity", event.book->best_ask());
  }
  line.Add("is_best_changed", event.is_best_changed);
  line.Add("is_stale", event.is_stale);
}
void AddFields(EventLine& line, const PublicTrade& event) {
  line.Add("pair", event.pair);
  line.Add("trade_id", event.trade_id);
  line.Add("taker_side", ToString(event.taker_side));
  line.Add("price", event.price);
  line.Add("quantity", event.quantity);
}
void AddFields(EventLine& line, const BestQuoteChanged& event) {
  line.Add("pair", event.pair);
  line.Add("update_id", event.update_id);
  line.Add("bid_price", event.bid_price);
  line.Add("bid_quantity", event.bid_quantity);
  line.Add("ask_price", event.ask_price);
  line.Add("ask_quantity", event.ask_quantity);
}
void AddFields(EventLine& line, const CandleClosed& event) {
  line.Add("pair", event.pair);
  line.Add("interval", event.interval);
  line.Add("open_time_ns", event.open_time);
  line.Add("close_time_ns", event.close_time);
  line.Add("open", event.open);
  line.Add("high", event.high);
  line.Add("low", event.low);
  line.Add("close", event.close);
  line.Add("volume", event.volume);
  line.Add("quote_volume", event.quote_volume);
  line.Add("trade_count", event.trade_count);
}
void AddFields(EventLine& line, const OrderCreated& event) {
  AddOrder(line, event.order);
}
void AddFields(EventLine& line, const OrderFilled& event) {
  AddOrder(line, event.order);
  AddFill(line, event.fill);
  line.Add("is_after_terminal", event.is_after_terminal);
}
void AddFields(EventLine& line, const OrderCompleted& event) {
  AddOrder(line, event.order);
  line.Add("is_incomplete", event.is_incomplete);
}
void AddFields(EventLine& line, const OrderCanceled& event) {
  AddOrder(line, event.order);
}
void AddFields(EventLine& line, const OrderRejected& event) {
  AddOrder(line, event.order);
}
void AddFields(EventLine& line, const OrderExpired& event) {
  AddOrder(line, event.order);
  line.Add("is_unresolved", event.is_unresolved);
}
void AddFields(EventLine& line, const OrderCorrected& event) {
  AddOrder(line, event.order);
  line.Add("previous_state", ToString(event.previous_state));
}
void AddFields(EventLine& line, const OrderAmended& event) {
  AddOrder(line, event.order);
  line.Add("previous_quantity", event.previous_quantity);
}
void AddFields(EventLine& line, const OrderTriggered& event) {
  AddOrder(line, event.order);
}
void AddFields(EventLine& line, const AmendRejected& event) {
  AddOrder(line, event.order);
  line.Add("amend_reason", event.reason);
}
void AddFields(EventLine& line, const CancelRejected& event) {
  AddOrder(line, event.order);
  line.Add("cancel_reason", event.reason);
}
void AddFields(EventLine& line, const OrderInDoubt& event) {
  AddOrder(line, event.order);
  line.Add("doubt_reason", event.reason);
}
void AddFields(EventLine& line, const BalanceChanged& event) {
  line.Add("asset", event.asset);
  line.Add("total", event.total);
  line.Add("available", event.available);
}
void AddFields(EventLine& line, const HealthChanged& event) {
  line.Add("capability", event.capability);
  line.Add("is_healthy", event.is_healthy);
  line.Add("reason", event.reason);
}
void AddFields(EventLine& line, const ForeignOrder& event) {
  const OrderUpdate& update = event.update;
  line.Add("client_order_id", update.client_order_id);
  line.Add("exchange_order_id", update.exchange_order_id);
  line.Add("pair", update.pair);
  line.Add("state", ToString(update.state));
  line.Add("cumulative_filled", update.cumulative_filled);
  line.Add("quantity", update.quantity);
  line.Add("reason", update.reason);
}
void AddFields(EventLine& line, const ForeignFill& event) {
  AddFill(line, event.fill);
}
void AddFields(EventLine& line, const PositionChanged& event) {
  AddPosition(line, event.position);
  line.Add("previous_quantity", event.previous_quantity);
}
void AddFields(EventLine& line, const PositionMismatch& event) {
  AddPosition(line, event.position);
  line.Add("expected", event.expected);
}
void AddFields(EventLine& line, const FundingInfoChanged& event) {
  line.Add("pair", event.pair);
  line.Add("mark_price", event.funding.mark_price);
  line.Add("index_price", event.funding.index_price);
  line.Add("rate", event.funding.rate);
  line.Add("next_funding_time_ns", event.funding.next_funding_time);
  line.Add("open_interest", event.funding.open_interest);
}
void AddFields(EventLine& line, const FundingPayment& event) {
  line.Add("pair", event.pair);
  line.Add("payment_id", event.payment_id);
  line.Add("asset", event.asset);
  line.Add("amount", event.amount);
  line.Add("rate", event.rate);
}
void AddFields(EventLine& line, const LeverageChanged& event) {
  line.Add("pair", event.pair);
  line.Add("leverage", int64_t{event.setting.leverage});
  line.Add("margin_mode", ToString(event.setting.margin_mode));
  line.Add("previous_leverage", int64_t{event.previous.leverage});
  line.Add("previous_margin_mode", ToString(event.previous.margin_mode));
}
void AddFields(EventLine& line, const PositionModeChanged& event) {
  line.Add("mode", ToString(event.mode));
}
void AddFields(EventLine& line, const SettingRejected& event) {
  line.Add("pair", event.pair);
  line.Add("reason", event.reason);
}
void AddFields(EventLine& line, const Liquidation& event) {
  line.Add("pair", event.pair);
  line.Add("position_side", ToString(event.position_side));
  line.Add("side", ToString(event.side));
  line.Add("price", event.price);
  line.Add("quantity", event.quantity);
  line.Add("is_auto_deleveraging", event.is_auto_deleveraging);
}
void AddFields(EventLine& line, const MarginCall& event) {
  AddPosition(line, event.position);
  line.Add("maintenance_margin", event.maintenance_margin);
}
void AddFields(EventLine& line, const PublicLiquidation& event) {
  line.Add("pair", event.pair);
  line.Add("side", ToString(event.side));
  line.Add("price", event.price);
  line.Add("quantity", event.quantity);
}
void AddFields(EventLine& line, const Timer& event) {
  line.Add("timer_id", event.timer_id);
}

}  // namespace

std::string_view EventName(const Event& event) {
  return kEventNames[event.index()];
}

EventHeader& HeaderOf(Event& event) {
  return std::visit([](auto& alternative) -> EventHeader& { return alternative.header; }, event);
}

const EventHeader& HeaderOf(const Event& event) {
  return std::visit(
      [](const auto& alternative) -> const EventHeader& { return alternative.header; }, event);
}

std::string Describe(const Event& event) {
  EventLine line(EventName(event));
  AddHeader(line, HeaderOf(event));
  std::visit([&line](const auto& alternative) { AddFields(line, alternative); }, event);
  return line.Take();
}

}  // namespace colibri
