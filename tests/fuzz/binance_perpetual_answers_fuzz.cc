// Whatever an answer holds: every parser of USD-M survives it, and says OK only with what was asked
// for.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/binance_perpetual/binance_perpetual_answers.h"
#include "tests/exchanges/binance_common/order_samples.h"

namespace colibri::binance::perpetual {
namespace {

void CheckAnswers(const std::string& body) {
  static const InstrumentTable instruments = SampleInstruments();
  static const Order order = SampleOrder("clb-1");
  const absl::StatusOr<PlaceAnswer> placed = ParsePlaced(body, order);
  CHECK(!placed.ok() || placed->order.client_order_id == order.client_order_id);
  const absl::StatusOr<OrderUpdate> canceled = ParseCanceled(body, order);
  CHECK(!canceled.ok() || canceled->client_order_id == order.client_order_id);
  const absl::StatusOr<OrderUpdate> amended = ParseAmended(body, order);
  CHECK(!amended.ok() || amended->quantity->is_positive());
  const absl::StatusOr<LeverageSetting> setting = ParseLeverage(body, instruments.at(2));
  CHECK(!setting.ok() || (setting->leverage >= 1 && setting->leverage <= 1000));
  const absl::StatusOr<FundingInfo> info = ParseFundingInfo(body, instruments.at(2));
  CHECK(!info.ok() || info->mark_price.is_positive());
  const absl::StatusOr<std::vector<Position>> positions = ParsePositions(body, instruments);
  if (positions.ok()) {
    for (const Position& position : *positions) {
      CHECK(instruments.FindPair(position.pair) != nullptr && !position.entry_price.is_negative());
    }
  }
  const auto payments = ParseFundingPayments(body, instruments);
  if (payments.ok()) {
    for (size_t i = 1; i < payments->size(); ++i) {
      CHECK((*payments)[i - 1].venue_time <= (*payments)[i].venue_time);
    }
  }
  const absl::StatusOr<std::vector<TradeUpdate>> trades = ParseTrades(body, instruments);
  if (trades.ok()) {
    for (const TradeUpdate& trade : *trades) {
      CHECK(trade.fill.quantity.is_positive() && trade.fill.price.is_positive());
    }
  }
  ParseBalances(body).status().IgnoreError();
  ParseFees(body).status().IgnoreError();
  ParsePositionMode(body).status().IgnoreError();
  CheckCanceledAll(body).IgnoreError();
}

}  // namespace
}  // namespace colibri::binance::perpetual

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  colibri::binance::perpetual::CheckAnswers(
      std::string(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
