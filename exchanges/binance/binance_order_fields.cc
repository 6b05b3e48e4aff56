#include "exchanges/binance/binance_order_fields.h"

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance/binance_answers.h"

namespace colibri::binance {

absl::StatusOr<OrderState> ParseOrderState(std::string_view status) {
  struct Row {
    std::string_view status;
    OrderState state;
  };
  constexpr Row kRows[] = {
      {"NEW", OrderState::kOpen},
      {"PENDING_NEW", OrderState::kPendingCreate},  // a leg of an order list that waits
      {"PARTIALLY_FILLED", OrderState::kPartiallyFilled},
      {"FILLED", OrderState::kFilled},
      {"CANCELED", OrderState::kCanceled},
      {"PENDING_CANCEL", OrderState::kOpen},  // unused today
      {"REJECTED", OrderState::kRejected},
      {"EXPIRED", OrderState::kExpired},
      {"EXPIRED_IN_MATCH", OrderState::kExpired},
  };
  for (const Row& row : kRows) {
    if (row.status == status) {
      return row.state;
    }
  }
  return absl::DataLossError(StrCat("Binance order status ", Excerpt(status), " is not known"));
}

ClientOrderId ToClientOrderId(std::string_view text) {
  return text.size() <= ClientOrderId::kMaxLength ? ClientOrderId(text) : ClientOrderId();
}

absl::StatusOr<ExchangeOrderId> ReadExchangeOrderId(const JsonFields& fields,
                                                    std::string_view key) {
  ASSIGN_OR_RETURN(const int64_t id, fields.Count(key));
  return ExchangeOrderId::FromNumber(static_cast<uint64_t>(id));
}

absl::StatusOr<FeeAmounts> ReadFee(const JsonFields& fields,
                                   std::string_view amount_key,
                                   std::string_view asset_key) {
  FeeAmounts fees;
  ASSIGN_OR_RETURN(const Decimal amount, fields.Number(amount_key));
  if (amount.is_zero()) {
    return fees;
  }
  ASSIGN_OR_RETURN(const std::string_view asset, fields.Text(asset_key));
  fees.push_back({.asset = std::string(asset), .amount = amount});
  return fees;
}

absl::StatusOr<BalanceUpdate> ReadBalance(const JsonFields& fields,
                                          std::string_view asset_key,
                                          std::string_view free_key,
                                          std::string_view locked_key) {
  BalanceUpdate update;
  ASSIGN_OR_RETURN(const std::string_view asset, fields.Text(asset_key));
  ASSIGN_OR_RETURN(const Decimal free, fields.Number(free_key));
  ASSIGN_OR_RETURN(const Decimal locked, fields.Number(locked_key));
  const absl::StatusOr<Decimal> total = CheckedAdd(free, locked);
  if (!total.ok()) {
    return fields.Missing(free_key, "an amount that can be added up");
  }
  update.asset = std::string(asset);
  update.balance = {.total = *total, .available = free};
  return update;
}

std::string EndReason(std::string_view status,
                      std::string_view reject_reason,
                      std::string_view expiry_reason) {
  std::string reason;
  const auto add = [&reason](std::string_view words) {
    if (!words.empty() && words != "NONE") {
      reason.append(reason.empty() ? "" : ", ").append(words.substr(0, 100));
    }
  };
  if (status == "EXPIRED_IN_MATCH") {
    add("self-trade prevention");
  }
  add(reject_reason);
  add(expiry_reason);
  return reason;
}

}  // namespace colibri::binance
