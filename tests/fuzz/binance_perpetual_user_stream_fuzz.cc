// Whatever a private frame of USD-M holds: the parser survives it, and what it tells is consistent.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/binance_perpetual/binance_perpetual_user_stream.h"
#include "tests/exchanges/binance_common/order_samples.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::PrivateMessage;
  using colibri::binance::perpetual::BinancePerpetualUserStream;
  static const colibri::InstrumentTable instruments = colibri::binance::SampleInstruments();
  static BinancePerpetualUserStream source({}, {}, instruments);
  const std::string frame(reinterpret_cast<const char*>(bytes), size);
  const absl::StatusOr<PrivateMessage> message = source.Parse(frame);
  if (!message.ok()) {
    return 0;
  }
  const bool is_empty = message->trades.empty() && message->orders.empty() &&
                        message->balances.empty() && message->positions.empty() &&
                        message->leverages.empty() && message->margin_calls.empty() &&
                        !message->is_funding_due;
  CHECK((message->kind == PrivateMessage::Kind::kUpdate) == !is_empty);
  CHECK(message->liquidations.size() <= message->trades.size());
  for (const colibri::TradeUpdate& trade : message->trades) {
    CHECK(trade.fill.quantity.is_positive() && trade.fill.price.is_positive());
    CHECK(!trade.fill.trade_id.empty() && !trade.fill.exchange_order_id.empty());
  }
  for (const colibri::OrderUpdate& order : message->orders) {
    CHECK(!order.exchange_order_id.empty() && !order.cumulative_filled->is_negative());
  }
  for (const colibri::BalanceUpdate& balance : message->balances) {
    CHECK(balance.is_total_only);
  }
  for (const colibri::Position& position : message->positions) {
    CHECK(instruments.FindPair(position.pair) != nullptr);
  }
  return 0;
}
