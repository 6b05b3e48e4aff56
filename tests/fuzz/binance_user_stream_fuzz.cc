// Whatever a private frame holds: the parser survives it, and what it tells is consistent.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/binance/binance_user_stream_data_source.h"
#include "tests/exchanges/binance_common/order_samples.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::PrivateMessage;
  static const colibri::InstrumentTable instruments = colibri::binance::SampleInstruments();
  static colibri::binance::BinanceUserStreamDataSource source({}, {}, instruments);
  const std::string frame(reinterpret_cast<const char*>(bytes), size);
  const absl::StatusOr<PrivateMessage> message = source.Parse(frame);
  if (!message.ok()) {
    return 0;
  }
  const bool is_empty =
      message->trades.empty() && message->orders.empty() && message->balances.empty();
  CHECK((message->kind == PrivateMessage::Kind::kUpdate) == !is_empty);
  CHECK((message->kind == PrivateMessage::Kind::kLoginRefused) <= !message->status.ok());
  for (const colibri::TradeUpdate& trade : message->trades) {
    CHECK(trade.fill.quantity.is_positive() && trade.fill.price.is_positive());
    CHECK(!trade.fill.trade_id.empty() && !trade.fill.exchange_order_id.empty());
  }
  for (const colibri::OrderUpdate& order : message->orders) {
    CHECK(!order.exchange_order_id.empty() && !order.cumulative_filled->is_negative());
  }
  return 0;
}
