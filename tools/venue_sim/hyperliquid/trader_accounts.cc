#include "tools/venue_sim/hyperliquid/trader_accounts.h"

namespace colibri::venue_sim::hyperliquid {

TraderAccounts::TraderAccounts(VenueState& state)
    : state_(state),
      maker_(state.exchange.AddAccount("background-maker", /*is_background=*/true)),
      taker_(state.exchange.AddAccount("background-taker", /*is_background=*/true)) {
  for (Asset& asset : state.assets) {
    if (!asset.coin.is_delisted) {
      markets_.push_back(&asset.market);
    }
  }
  for (Asset& asset : state.spot_assets) {
    if (asset.spot->pair.has_traders) {
      spot_markets_.push_back(&asset.market);
    }
  }
}

int64_t TraderAccounts::Place(
    Market& market, Who who, Side side, int64_t price, int64_t quantity, TimeInForce tif) {
  Asset& asset = *state_.FindAsset(market.symbol());
  const Decimal allowed = asset.RoundPrice(asset.instrument.PriceOf(price),
                                           side == Side::kBuy ? Rounding::kDown : Rounding::kUp);
  // A refusal is an order that does not happen.
  const margin::PlaceResult placed =
      state_.Place(who == Who::kMaker ? maker_ : taker_,
                   asset,
                   {.side = side,
                    .time_in_force = tif,
                    .price = *allowed.ToScaled(asset.instrument.price_decimals()),
                    .quantity = quantity});
  return placed.ok() && placed.order.is_open() ? placed.order.order_id : 0;
}

void TraderAccounts::Cancel(Market& market, int64_t order_id) {
  margin::MarginOrder* order = maker_.orders(market.symbol()).Find(order_id);
  if (order != nullptr && order->is_open()) {
    state_.Cancel(maker_, *state_.FindAsset(market.symbol()), *order);
  }
}

}  // namespace colibri::venue_sim::hyperliquid
