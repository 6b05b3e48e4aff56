// Whatever an answer holds: every parser survives it, and says OK only with what was asked for; a
// refusal that is found is no success.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/hyperliquid_common/hyperliquid_errors.h"
#include "exchanges/hyperliquid_common/hyperliquid_order_answers.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_answers.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

namespace colibri::hyperliquid {
namespace {

void CheckError(const VenueError& error) {
  CHECK(!error.status.ok());
  CHECK(error.status.message().size() < 400);
  CHECK(!error.retry_after.has_value() || *error.retry_after >= absl::ZeroDuration());
}

void CheckActions(const HttpResponse& response) {
  static const Order order = SampleOrder("clb1");
  static const Order next = SampleOrder("clb2");
  CheckError(ClassifyError(response));
  CHECK(response.status < 500 || ClassifyError(response).outcome == Outcome::kUnknown);
  if (const std::optional<VenueError> error = FindError(response)) {
    CheckError(*error);
    CHECK(!ParsePlaced(response.body, order).ok());
    CHECK(!ParseCanceled(response.body, order).ok());
  }
  const absl::StatusOr<PlaceAnswer> placed = ParsePlaced(response.body, order);
  CHECK(!placed.ok() || placed->order.client_order_id == order.client_order_id);
  const absl::StatusOr<ReplaceAnswer> replaced = ParseReplaced(response, order, next);
  if (replaced.ok()) {
    CHECK(replaced->canceled.has_value() != replaced->cancel_error.has_value());
    CHECK(replaced->placed.has_value() != replaced->place_error.has_value());
  }
}

void CheckReads(const std::string& body) {
  static const InstrumentTable instruments = SampleInstruments();
  const absl::StatusOr<std::vector<TradeUpdate>> trades = ParseTrades(body, instruments);
  if (trades.ok()) {
    for (size_t i = 0; i < trades->size(); ++i) {
      const Fill& fill = (*trades)[i].fill;
      CHECK(fill.quantity.is_positive() && fill.price.is_positive() && !fill.trade_id.empty());
      CHECK(i == 0 || (*trades)[i - 1].fill.venue_time <= fill.venue_time);
    }
  }
  const absl::StatusOr<VenueRules> rules = perpetual::ParseRules(body);
  if (rules.ok()) {
    for (const TradingRule& rule : rules->rules) {
      CHECK(rule.price_increment.is_positive() && rule.quantity_increment.is_positive());
    }
  }
  ParseOrder(body, instruments).status().IgnoreError();
  ParseOpenOrders(body, instruments).status().IgnoreError();
  perpetual::ParseBalances(body, instruments).status().IgnoreError();
  perpetual::ParsePositions(body, instruments).status().IgnoreError();
  perpetual::ParseLeverage(body).status().IgnoreError();
  perpetual::ParseFundingInfo(body, instruments.at(1)).status().IgnoreError();
  perpetual::ParseFundingPayments(body, instruments).status().IgnoreError();
  perpetual::ParseFees(body).status().IgnoreError();
  ParseServerTime(body).status().IgnoreError();
}

}  // namespace
}  // namespace colibri::hyperliquid

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) {
    return 0;
  }
  constexpr int kStatuses[] = {200, 400, 429, 500};
  const std::string body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  colibri::hyperliquid::CheckActions(
      {.status = kStatuses[bytes[0] % 4], .headers = {{"retry-after", body}}, .body = body});
  colibri::hyperliquid::CheckReads(body);
  return 0;
}
