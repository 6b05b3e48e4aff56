#include "tools/venue_sim/binance_perpetual/trader_accounts.h"

namespace colibri::venue_sim::binance_perpetual {

TraderAccounts::TraderAccounts(VenueState& state)
    : state_(state),
      maker_(state.exchange.AddAccount("background-maker", /*is_background=*/true)),
      taker_(state.exchange.AddAccount("background-taker", /*is_background=*/true)) {
  for (auto& [symbol, contract] : state.contracts) {
    markets_.push_back(&contract.market);
  }
}

int64_t TraderAccounts::Place(
    Market& market, Who who, Side side, int64_t price, int64_t quantity, TimeInForce tif) {
  // A refusal (the symbol is closed) is an order that does not happen.
  const margin::PlaceResult placed = state_.exchange.Place(
      who == Who::kMaker ? maker_ : taker_,
      state_.ContractOf(market.symbol()).instrument,
      {.side = side, .time_in_force = tif, .price = price, .quantity = quantity});
  return placed.ok() && placed.order.is_open() ? placed.order.order_id : 0;
}

void TraderAccounts::Cancel(Market& market, int64_t order_id) {
  margin::MarginOrder* order = maker_.orders(market.symbol()).Find(order_id);
  if (order != nullptr && order->is_open()) {
    state_.exchange.Cancel(maker_, state_.ContractOf(market.symbol()).instrument, *order);
  }
}

}  // namespace colibri::venue_sim::binance_perpetual
