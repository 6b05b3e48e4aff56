#include "connector/order_checks.h"

#include <algorithm>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

template <typename Choice>
std::string WordsOf(const std::vector<Choice>& choices) {
  std::string words;
  for (const Choice choice : choices) {
    words += StrCat(words.empty() ? "" : ", ", ToString(choice));
  }
  return words;
}

template <typename Choice>
bool Has(const std::vector<Choice>& choices, Choice wanted) {
  return std::find(choices.begin(), choices.end(), wanted) != choices.end();
}

}  // namespace

absl::Status QuantiseOrder(const TradingRule* rule,
                           std::optional<Price> mid_price,
                           OrderRequest& request) {
  if (rule == nullptr) {
    return absl::FailedPreconditionError(
        StrCat("the trading rules of ", request.pair, " are not known yet"));
  }
  if (request.price.has_value()) {
    request.price = QuantizePrice(*rule, request.side, *request.price);
  }
  request.quantity = QuantizeQuantity(*rule, request.quantity);
  const std::optional<Price> reference =
      request.trigger.has_value() ? std::optional(request.trigger->price) : mid_price;
  return CheckOrder(*rule, request, reference);
}

absl::Status CheckTrigger(const OrderRequest& request,
                          const VenueSpec& spec,
                          const TradingRule& rule) {
  if (!request.trigger.has_value()) {
    return absl::OkStatus();
  }
  const OrderTrigger& trigger = *request.trigger;
  const auto refuse = [&](auto... words) {
    return absl::InvalidArgumentError(
        StrCat("trigger of an order on ", request.pair, ": ", words...));
  };
  if (spec.trigger_kinds.empty()) {
    return refuse(spec.name, " takes no conditional orders; leave trigger");
  }
  if (!Has(spec.trigger_kinds, trigger.kind) || !Has(spec.trigger_sources, trigger.source)) {
    return refuse(spec.name,
                  " has no ",
                  ToString(trigger.kind),
                  " by ",
                  ToString(trigger.source),
                  " price; it has ",
                  WordsOf(spec.trigger_kinds),
                  " by ",
                  WordsOf(spec.trigger_sources),
                  " price");
  }
  const bool is_plain = request.type != OrderType::kLimitMaker &&
                        request.time_in_force == TimeInForce::kGtc &&
                        !request.quote_quantity.has_value();
  if (!is_plain) {
    return refuse("a conditional order is market, or limit with gtc, and has a quantity");
  }
  if (!trigger.price.is_positive()) {
    return refuse("trigger price ", trigger.price, " must be positive");
  }
  const Price increment = PriceIncrementAt(rule, trigger.price);
  if (increment.is_positive() && !trigger.price.value().IsMultipleOf(increment.value())) {
    return refuse("trigger price ",
                  trigger.price,
                  " is not a multiple of price_increment ",
                  increment,
                  "; ",
                  QuantizePrice(rule, Side::kBuy, trigger.price),
                  " or ",
                  QuantizePrice(rule, Side::kSell, trigger.price),
                  " is");
  }
  return absl::OkStatus();
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
  order.trigger = request.trigger;
  order.created_at = now;
  order.updated_at = now;
  return order;
}

}  // namespace colibri
