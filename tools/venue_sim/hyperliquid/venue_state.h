// What the endpoints of the venue work on.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/binance_common/event_hold.h"
#include "tools/venue_sim/binance_common/rate_limits.h"
#include "tools/venue_sim/binance_common/traffic.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/hyperliquid/asset.h"
#include "tools/venue_sim/hyperliquid/hub.h"
#include "tools/venue_sim/hyperliquid/nonces.h"
#include "tools/venue_sim/hyperliquid/user.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::hyperliquid {

struct VenueState {
  VenueState(Clock& clock,
             HyperliquidSimOptions options,
             Faults& faults,
             margin::MarginObserver& observer);
  VenueState(const VenueState&) = delete;
  VenueState& operator=(const VenueState&) = delete;

  // The venue's own time, with its skew; and that of the block it is in, which never goes back: the
  // blocks of a chain stand still until a clock that was set back has caught up.
  int64_t NowMs() const;
  int64_t BlockMs() const;

  User& AddUser(const HyperliquidAccount& account);
  // Null when unknown; the address in any case of letters.
  User* FindUser(std::string_view address) const;
  User* UserOf(margin::AccountId account) const;
  // The account that this address signs for by itself: its own, or its master's. Null: none.
  User* UserOfSigner(std::string_view signer) const;
  // A perpetual or a spot pair; null when there is none.
  Asset* FindAsset(std::string_view coin);
  Asset* AssetAt(uint64_t id);
  // A perpetual; null when there is none.
  Asset* FindPerpetual(std::string_view coin);
  Asset* PerpetualAt(uint64_t id) { return id < assets.size() ? &assets[id] : nullptr; }
  Asset& AssetOf(const margin::Instrument& instrument) { return *FindAsset(instrument.symbol()); }
  // Of a background trader's side of a trade.
  Address BackgroundAddress(bool is_taker) const;
  // Of the transaction that this number stands for: 0x and 64 hex digits.
  std::string HashOf(uint64_t number) const;
  int64_t FreeOid(Asset& asset) { return asset.instrument.next_order_id++; }
  [[nodiscard]] margin::PlaceResult Place(margin::MarginAccount& account,
                                          Asset& asset,
                                          margin::Ticket ticket);
  // The order must be open.
  void Cancel(margin::MarginAccount& account, Asset& asset, margin::MarginOrder& order);

  Clock& clock;
  HyperliquidSimOptions options;
  Faults& faults;
  Random random;
  margin::MarginExchange exchange;
  SpotExchange spot;
  std::deque<Asset> assets;       // perpetuals, by id
  std::deque<Asset> spot_assets;  // in the order in which the venue lists them
  std::vector<std::unique_ptr<User>> users;
  binance::RateLimits limits;  // weight by address of the internet
  binance::Traffic traffic;
  Nonces nonces;
  Hub hub;
  binance::EventHold hold;
  // While it is set, events of users wait for the end of the action.
  bool defers_events = false;
  mutable int64_t last_block_ms = 0;
};

}  // namespace colibri::venue_sim::hyperliquid
