// One perpetual or spot pair of the venue: what it is, its instrument, its market data, and the
// rules for prices and sizes.
//
//   asset.IsPrice(*Decimal::Parse("60321.5"))   // false: six significant figures
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/venue_sim/hyperliquid/common.h"
#include "tools/venue_sim/hyperliquid/spot_exchange.h"
#include "tools/venue_sim/hyperliquid_options.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::hyperliquid {

// A public trade.
struct Tape {
  int64_t id = 0;
  int64_t price = 0;
  int64_t size = 0;
  Side taker_side = Side::kBuy;
  int64_t time_ms = 0;
  Address buyer = {};
  Address seller = {};
};

struct PaidFunding {
  int64_t time_ms = 0;
  Decimal rate = {};
  Decimal premium = {};
};

struct Asset {
  static constexpr int kFirstSpotId = 10'000;
  static constexpr size_t kTapeKept = 500;
  static constexpr size_t kFundingsKept = 5000;

  Asset(int id, HyperliquidCoin coin, margin::Instrument& instrument, int64_t now_ms);
  Asset(SpotMarket& market, int64_t now_ms);

  const std::string& name() const { return coin.name; }
  bool is_spot() const { return spot != nullptr; }
  bool IsPrice(Decimal price) const;
  // The nearest price in the direction: down or up.
  Decimal RoundPrice(Decimal price, Rounding rounding) const;
  std::string PriceText(int64_t price) const { return NumberText(instrument.PriceOf(price)); }
  std::string SizeText(int64_t size) const { return NumberText(instrument.QuantityOf(size)); }
  // The mark price as it is shown: a price that an order could have.
  Decimal shown_mark() const;
  // Of the best bid and ask; nothing when a side is empty.
  std::optional<Decimal> middle() const;
  // How far the middle is above the index, relative to it.
  Decimal premium() const;

  int id;                      // by which orders name it
  HyperliquidCoin coin;        // of spot: its name and the size decimals of the base
  SpotMarket* spot = nullptr;  // null: a perpetual
  margin::Instrument& instrument;
  Market market;
  std::deque<Tape> tape;     // oldest first, the last kTapeKept
  std::vector<Tape> untold;  // since the last block
  // Whose side of a trade that is under way is no background trader's.
  std::map<std::pair<int64_t, Side>, Address> owners;
  std::deque<PaidFunding> fundings;  // oldest first, the last kFundingsKept
  bool has_new_top = false;
  bool has_pinned_prices = false;
};

// What the margin exchange is told of a coin.
margin::InstrumentSpec InstrumentSpecOf(const HyperliquidCoin& coin, absl::Duration funding);

// At most five significant figures and this many decimals; whole numbers always.
bool IsPrice(Decimal price, int decimals_max);
Decimal RoundPrice(Decimal price, int decimals_max, Rounding rounding);
// Of the last of this many significant figures.
Decimal FigureUnit(Decimal value, int figures);
// To this many significant figures.
Decimal RoundFigures(Decimal value, int figures, Rounding rounding);

}  // namespace colibri::venue_sim::hyperliquid
