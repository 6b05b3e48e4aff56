#include "tools/venue_sim/binance_perpetual/order_request.h"

#include <algorithm>

#include "absl/strings/numbers.h"

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr size_t kClientIdMax = 36;
constexpr int64_t kGoodTillMinMs = 600'000;
constexpr std::string_view kConditionalTypes[] = {
    "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"};

VenueError TooPrecise() {
  return {-1111, "Precision is over the maximum defined for this asset."};
}

VenueError NotRequired(std::string_view name) {
  return {-1106, StrCat("Parameter '", name, "' sent when not required.")};
}

int64_t Scaled(Decimal value, int decimals) {
  const absl::StatusOr<int64_t> scaled = value.ToScaled(decimals);
  CHECK(scaled.ok());  // the rules bound it
  return *scaled;
}

Decimal Times(Decimal a, Decimal b) {
  return Multiply(a, b, Rounding::kHalfEven).value_or(Decimal());
}

MaybeError ParseTimeInForce(const VenueState& state, const Params& params, margin::Ticket& ticket) {
  ASSIGN_OR_RETURN(const std::string word, params.Required("timeInForce"));
  if (word == "GTX") {
    ticket.type = OrderType::kLimitMaker;
  } else if (word == "IOC") {
    ticket.time_in_force = TimeInForce::kIoc;
  } else if (word == "FOK") {
    ticket.time_in_force = TimeInForce::kFok;
  } else if (word == "GTD") {
    ASSIGN_OR_RETURN(const std::string text, params.Required("goodTillDate"));
    ASSIGN_OR_RETURN(const std::optional<int64_t> time, params.Integer("goodTillDate"));
    if (*time <= state.NowMs() + kGoodTillMinMs) {
      return VenueError{-5040,
                        "The goodTillDate timestamp must be greater than the current time plus "
                        "600 seconds and smaller than 253402300799000"};
    }
    ticket.good_till_ms = *time - *time % 1000;  // whole seconds
  } else if (word != "GTC") {
    return VenueError{-1115, "Invalid timeInForce."};
  }
  return std::nullopt;
}

MaybeError ParsePriceOf(const Contract& contract,
                        const Params& params,
                        margin::Ticket& ticket,
                        OrderMemo& memo) {
  ASSIGN_OR_RETURN(memo.price_match, params.Text("priceMatch", "NONE"));
  if (memo.price_match != "NONE") {
    if (params.Has("price")) {
      return VenueError{-5038, "Price match can not be used with price."};
    }
    ASSIGN_OR_RETURN(ticket.price, MatchedPrice(contract, ticket.side, memo.price_match));
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const Decimal price, RequiredAmount(params, "price"));
  ASSIGN_OR_RETURN(ticket.price, ParsePrice(contract, price));
  return CheckPercentPrice(contract, ticket.side, ticket.price);
}

MaybeError ParseLimit(const VenueState& state,
                      const Contract& contract,
                      const Params& params,
                      margin::Ticket& ticket,
                      OrderMemo& memo) {
  RETURN_IF_VENUE_ERROR(ParseTimeInForce(state, params, ticket));
  ASSIGN_OR_RETURN(const Decimal quantity, RequiredAmount(params, "quantity"));
  ASSIGN_OR_RETURN(ticket.quantity, ParseQuantity(contract, quantity, /*is_market=*/false));
  RETURN_IF_VENUE_ERROR(ParsePriceOf(contract, params, ticket, memo));
  if (!ticket.reduce_only) {
    return CheckNotional(contract, contract.instrument.NotionalOf(ticket.price, ticket.quantity));
  }
  return std::nullopt;
}

MaybeError ParseMarket(const Contract& contract, const Params& params, margin::Ticket& ticket) {
  ticket.type = OrderType::kMarket;
  for (const std::string_view name : {"timeInForce", "price", "goodTillDate"}) {
    if (params.Has(name)) {
      return NotRequired(name);
    }
  }
  ASSIGN_OR_RETURN(const Decimal quantity, RequiredAmount(params, "quantity"));
  ASSIGN_OR_RETURN(ticket.quantity, ParseQuantity(contract, quantity, /*is_market=*/true));
  if (!ticket.reduce_only) {
    return CheckNotional(contract, contract.instrument.NotionalAtMark(ticket.quantity));
  }
  return std::nullopt;
}

}  // namespace

OrError<Decimal> RequiredAmount(const Params& params, std::string_view name) {
  ASSIGN_OR_RETURN(const std::optional<Decimal> amount, params.Amount(name));
  if (!amount.has_value()) {
    return binance::MissingParameter(name);
  }
  return *amount;
}

OrError<int64_t> ParseQuantity(const Contract& contract, Decimal quantity, bool is_market) {
  const SimSymbol& spec = contract.spec.market;
  if (!quantity.is_positive()) {
    return VenueError{-4003, "Quantity less than or equal to zero."};
  }
  if (quantity.decimals() > contract.spec.quantity_precision) {
    return TooPrecise();
  }
  if (quantity < spec.min_quantity) {
    return VenueError{-4004, "Quantity less than min quantity."};
  }
  if (quantity > (is_market ? spec.max_market_quantity : spec.max_quantity)) {
    return VenueError{-4005, "Quantity greater than max quantity."};
  }
  if (!quantity.IsMultipleOf(spec.step_size)) {
    return VenueError{-4023, "Qty not increased by step size."};
  }
  return Scaled(quantity, contract.instrument.quantity_decimals());
}

OrError<int64_t> ParsePrice(const Contract& contract, Decimal price) {
  const SimSymbol& spec = contract.spec.market;
  if (price.decimals() > contract.spec.price_precision) {
    return TooPrecise();
  }
  if (price < spec.min_price) {
    return VenueError{-4013, "Price less than min price."};
  }
  if (price > spec.max_price) {
    return VenueError{-4002, "Price greater than max price."};
  }
  if (!price.IsMultipleOf(spec.tick_size)) {
    return VenueError{-4014, "Price not increased by tick size."};
  }
  return Scaled(price, contract.instrument.price_decimals());
}

MaybeError CheckPercentPrice(const Contract& contract, Side side, int64_t price) {
  const Decimal mark = contract.instrument.mark;
  const Decimal up = Times(mark, contract.spec.multiplier_up);
  const Decimal down = Times(mark, contract.spec.multiplier_down);
  const Decimal given = contract.instrument.PriceOf(price);
  if (side == Side::kBuy && given > up) {
    return VenueError{-4016,
                      StrCat("Limit price can't be higher than ", contract.PriceText(up), ".")};
  }
  if (side == Side::kSell && given < down) {
    return VenueError{-4024,
                      StrCat("Limit price can't be lower than ", contract.PriceText(down), ".")};
  }
  return std::nullopt;
}

MaybeError CheckNotional(const Contract& contract, Decimal notional) {
  const Decimal least = contract.spec.market.min_notional;
  if (notional >= least) {
    return std::nullopt;
  }
  return VenueError{-4164,
                    StrCat("Order's notional must be no smaller than ",
                           least.ToString(),
                           " (unless you choose reduce only).")};
}

OrError<std::string> ParseClientId(const Params& params, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, params.Text(name));
  if (text.size() > kClientIdMax) {
    return VenueError{-4015, "Client order id length should not be more than 36 chars"};
  }
  const bool is_legal = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == ':' || c == '/' || c == '_' || c == '-';
  });
  if (!is_legal) {
    return binance::IllegalCharacters(name, "^[\\.A-Z\\:/a-z0-9_-]{1,36}$");
  }
  return text;
}

OrError<margin::PositionSide> ParseSideOfPosition(const User& user, const Params& params) {
  ASSIGN_OR_RETURN(const std::string word, params.Text("positionSide", "BOTH"));
  const std::optional<margin::PositionSide> side = ParsePositionSide(word);
  if (!side.has_value()) {
    return VenueError{-4060, "Invalid position side."};
  }
  if ((*side == margin::PositionSide::kNet) == user.account.is_two_sided) {
    return ErrorOf(margin::Refusal::kPositionSide);
  }
  return *side;
}

// OPPONENT takes the best of the other side, QUEUE the best of the own; a number is the level.
OrError<int64_t> MatchedPrice(const Contract& contract, Side side, std::string_view mode) {
  const bool is_opponent = mode.starts_with("OPPONENT");
  if (!is_opponent && !mode.starts_with("QUEUE")) {
    return VenueError{-5037, "Invalid price match"};
  }
  const std::string_view number = mode.substr(is_opponent ? 8 : 5);
  size_t level = 1;
  if (!number.empty()) {
    if (number != "_5" && number != "_10" && number != "_20") {
      return VenueError{-5037, "Invalid price match"};
    }
    CHECK(absl::SimpleAtoi(Abs(number.substr(1)), &level));
  }
  const std::vector<BookLevel> levels =
      contract.instrument.book.Levels(is_opponent ? Opposite(side) : side, level);
  if (levels.size() < level) {
    return VenueError{-5041, "No depth matches this BBO order"};
  }
  return levels.back().price;
}

OrError<margin::Ticket> ParseTicket(VenueState& state,
                                    User& user,
                                    const Contract& contract,
                                    const Params& params) {
  margin::Ticket ticket;
  OrderMemo memo;
  ASSIGN_OR_RETURN(const std::string side_word, params.Required("side"));
  const std::optional<Side> side = ParseSideWord(side_word);
  if (!side.has_value()) {
    return VenueError{-1117, "Invalid side."};
  }
  ticket.side = *side;
  ASSIGN_OR_RETURN(const std::string type, params.Required("type"));
  if (std::find(std::begin(kConditionalTypes), std::end(kConditionalTypes), type) !=
      std::end(kConditionalTypes)) {
    return VenueError{-4120,
                      "Order type not supported for this endpoint. Please use the Algo Order API "
                      "endpoints instead."};
  }
  if (type != "LIMIT" && type != "MARKET") {
    return VenueError{-1116, "Invalid orderType."};
  }
  ASSIGN_OR_RETURN(ticket.position_side, ParseSideOfPosition(user, params));
  if (params.Has("reduceOnly") && user.account.is_two_sided) {
    return NotRequired("reduceonly");
  }
  ASSIGN_OR_RETURN(ticket.reduce_only, params.Flag("reduceOnly", false));
  ASSIGN_OR_RETURN(ticket.client_order_id, ParseClientId(params, "newClientOrderId"));
  ASSIGN_OR_RETURN(const std::string prevention_word,
                   params.Text("selfTradePreventionMode", "NONE"));
  const std::optional<SelfTradePrevention> prevention = ParsePrevention(prevention_word);
  if (!prevention.has_value()) {
    return VenueError{-5039, "Invalid self trade prevention mode"};
  }
  ticket.prevention = *prevention;
  if (type == "MARKET") {
    RETURN_IF_VENUE_ERROR(ParseMarket(contract, params, ticket));
  } else {
    RETURN_IF_VENUE_ERROR(ParseLimit(state, contract, params, ticket, memo));
  }
  if (static_cast<int>(user.account.orders(contract.symbol()).open.size()) >=
      contract.spec.market.max_num_orders) {
    return VenueError{-2025, "Reach max open order limit."};
  }
  if (ticket.client_order_id.empty()) {
    ticket.client_order_id = binance::RandomId(state.random, 22);
  }
  ticket.memo = memo.ToText();
  return ticket;
}

}  // namespace colibri::venue_sim::binance_perpetual
