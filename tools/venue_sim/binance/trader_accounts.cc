#include "tools/venue_sim/binance/trader_accounts.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr Decimal kAmpleBalance = Decimal::FromInteger(1'000'000'000'000);

}  // namespace

TraderAccounts::TraderAccounts(VenueState& state) : state_(state) {
  SimAccountOptions options{.api_key = "background-maker", .balances = {}};
  for (auto& [symbol, market] : state.markets) {
    markets_.push_back(&market);
    options.balances[market.spec().base_asset] = kAmpleBalance;
    options.balances[market.spec().quote_asset] = kAmpleBalance;
  }
  maker_ = &state.ledger.Add(options, /*is_background=*/true);
  options.api_key = "background-taker";
  taker_ = &state.ledger.Add(options, /*is_background=*/true);
}

int64_t TraderAccounts::Place(
    Market& market, Who who, Side side, int64_t price, int64_t quantity, TimeInForce tif) {
  // A refusal (nothing left to pay with) is an order that does not happen.
  const OrError<PlaceResult> placed =
      state_.desk.Place(who == Who::kMaker ? *maker_ : *taker_,
                        market,
                        {.price = price, .quantity = quantity, .side = side, .time_in_force = tif});
  return placed.ok() && placed->order.is_open() ? placed->order.order_id : 0;
}

void TraderAccounts::Cancel(Market& market, int64_t order_id) {
  VenueOrder* order = maker_->orders(market.symbol()).Find(order_id);
  if (order != nullptr && order->is_open()) {
    state_.desk.Cancel(*maker_, market, *order, "");
  }
}

}  // namespace colibri::venue_sim::binance
