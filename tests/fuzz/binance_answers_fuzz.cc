// Whatever an answer holds: every parser survives it, and says OK only with what was asked for.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/binance/binance_answers.h"
#include "tests/exchanges/binance_common/order_samples.h"

namespace colibri::binance {
namespace {

void CheckTrade(const TradeUpdate& trade) {
  CHECK(trade.fill.quantity.is_positive() && trade.fill.price.is_positive());
  CHECK(!trade.fill.trade_id.empty());
}

void CheckAnswers(const std::string& body, int http_status) {
  static const InstrumentTable instruments = SampleInstruments();
  static const Order order = SampleOrder("clb-1");
  static const Order next = SampleOrder("clb-2");
  const absl::StatusOr<PlaceAnswer> placed = ParsePlaced(body, order);
  if (placed.ok()) {
    CHECK(placed->order.client_order_id == order.client_order_id);
    for (const TradeUpdate& trade : placed->trades) {
      CheckTrade(trade);
    }
  }
  const absl::StatusOr<OrderUpdate> canceled = ParseCanceled(body, order);
  CHECK(!canceled.ok() || canceled->client_order_id == order.client_order_id);
  const absl::StatusOr<OrderUpdate> amended = ParseAmended(body, order);
  CHECK(!amended.ok() || amended->quantity->is_positive());
  const absl::StatusOr<ReplaceAnswer> replaced =
      ParseReplaced({.status = http_status, .headers = {}, .body = body}, order, next);
  if (replaced.ok()) {
    CHECK(replaced->canceled.has_value() != replaced->cancel_error.has_value());
    CHECK(replaced->placed.has_value() != replaced->place_error.has_value());
  }
  const absl::StatusOr<std::vector<TradeUpdate>> trades = ParseTrades(body, instruments);
  if (trades.ok()) {
    for (const TradeUpdate& trade : *trades) {
      CheckTrade(trade);
    }
  }
  ParseCanceledAll(body, instruments.at(2)).status().IgnoreError();
  ParseOrder(body, instruments).status().IgnoreError();
  ParseOpenOrders(body, instruments).status().IgnoreError();
  ParseBalances(body).status().IgnoreError();
  ParseFees(body).status().IgnoreError();
  ParseServerTime(body).status().IgnoreError();
  ParseListenKey(body).status().IgnoreError();
}

}  // namespace
}  // namespace colibri::binance

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) {
    return 0;
  }
  constexpr int kStatuses[] = {200, 400, 409, 500};
  const std::string body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  colibri::binance::CheckAnswers(body, kStatuses[bytes[0] % 4]);
  return 0;
}
