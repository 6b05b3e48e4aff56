#include "connector/order_checks.h"

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

absl::StatusOr<OrderRequest> QuantiseOrder(const OrderRequest& request,
                                           const TradingRule* rule,
                                           std::optional<Price> mid_price) {
  if (rule == nullptr) {
    return absl::FailedPreconditionError(
        StrCat("the trading rules of ", request.pair, " are not known yet"));
  }
  OrderRequest quantised = request;
  if (request.price.has_value()) {
    quantised.price = QuantizePrice(*rule, request.side, *request.price);
  }
  quantised.quantity = QuantizeQuantity(*rule, request.quantity);
  RETURN_IF_ERROR(CheckOrder(*rule, quantised, mid_price));
  return quantised;
}

absl::Status CheckOpenOrders(const TradingPair& pair, int open, int limit) {
  if (limit > 0 && open >= limit) {
    return absl::FailedPreconditionError(
        StrCat(open, " orders are open on ", pair, ", and the venue allows no more"));
  }
  return absl::OkStatus();
}

absl::Status CheckAvailable(const OrderCost& cost, Decimal available, Decimal released) {
  const absl::StatusOr<Decimal> with_released = CheckedAdd(available, released);
  if (cost.amount > with_released.value_or(available)) {
    return absl::FailedPreconditionError(StrCat("not enough ",
                                                cost.asset,
                                                ": the order takes ",
                                                cost.amount,
                                                ", available are ",
                                                available));
  }
  return absl::OkStatus();
}

absl::Status CheckClientOrderId(const ClientOrderId& id,
                                const VenueSpec& spec,
                                const ClientOrderTracker& tracker) {
  const std::string_view text = id.view();
  const bool is_within =
      spec.client_order_id_alphabet.empty() ||
      text.find_first_not_of(spec.client_order_id_alphabet) == std::string_view::npos;
  if (text.empty() || text.size() > spec.client_order_id_length_max || !is_within) {
    return absl::InvalidArgumentError(StrCat("client order id \"",
                                             text,
                                             "\": ",
                                             spec.name,
                                             " takes 1 to ",
                                             spec.client_order_id_length_max,
                                             " characters of ",
                                             spec.client_order_id_alphabet));
  }
  if (tracker.Find(id) != nullptr) {
    return absl::InvalidArgumentError(
        StrCat("client order id \"", text, "\" was used already: choose another, or give none"));
  }
  return absl::OkStatus();
}

Order OrderOf(const OrderRequest& request, const ClientOrderId& id, absl::Time now) {
  Order order;
  order.client_order_id = id;
  order.pair = request.pair;
  order.side = request.side;
  order.type = request.type;
  order.time_in_force = request.time_in_force;
  order.quantity = request.quantity;
  order.price = request.price;
  order.quote_quantity = request.quote_quantity;
  order.position_action = request.position_action;
  order.created_at = now;
  order.updated_at = now;
  return order;
}

}  // namespace colibri
