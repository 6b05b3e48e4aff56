// Whatever a private frame holds: the parser survives it, and what it tells is consistent.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_user_stream.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::PrivateMessage;
  static const colibri::InstrumentTable instruments = colibri::hyperliquid::SampleInstruments();
  static const std::unique_ptr<colibri::UserStreamDataSource> source =
      colibri::hyperliquid::perpetual::MakePerpetualUserStream(
          {}, std::string(colibri::hyperliquid::kSampleAccount), instruments);
  const absl::StatusOr<PrivateMessage> message =
      source->Parse({reinterpret_cast<const char*>(bytes), size});
  if (!message.ok()) {
    return 0;
  }
  CHECK((message->kind == PrivateMessage::Kind::kLoginRefused) == !message->status.ok());
  const bool is_update = message->kind == PrivateMessage::Kind::kUpdate;
  CHECK(is_update || (message->trades.empty() && message->orders.empty() &&
                      message->balances.empty() && message->positions.empty()));
  CHECK(message->liquidations.size() <= message->trades.size());
  for (const colibri::TradeUpdate& trade : message->trades) {
    CHECK(trade.fill.quantity.is_positive() && trade.fill.price.is_positive());
    CHECK(!trade.fill.trade_id.empty() && !trade.fill.exchange_order_id.empty());
  }
  for (const colibri::OrderUpdate& order : message->orders) {
    CHECK(!order.exchange_order_id.empty());
    CHECK(!order.cumulative_filled.has_value() || !order.cumulative_filled->is_negative());
  }
  return 0;
}
