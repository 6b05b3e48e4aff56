#include "tools/venue_sim/binance_common/traders.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace colibri::venue_sim::binance {
namespace {

constexpr double kBasisPoint = 1e-4;
constexpr double kSweepShare = 0.3;   // of the trades
constexpr double kReversion = 0.002;  // of the distance to the start, in a second
constexpr int kRefillsPerStep = 40;
constexpr size_t kSweepLevelsMax = 500;
constexpr double kSweepBpsMax = 40;

// What one unit of the quote asset is worth in USDT, by the start prices.
double QuoteRate(const std::vector<Market*>& markets, const std::string& quote_asset) {
  const auto found = std::find_if(markets.begin(), markets.end(), [&](const Market* market) {
    return market->symbol() == quote_asset + "USDT";
  });
  return found == markets.end() ? 1.0 : (*found)->spec().start_price.ToDouble();
}

}  // namespace

Traders::Traders(Clock& clock,
                 SimTraderOptions options,
                 std::vector<Market*> markets,
                 TraderDesk& desk,
                 uint64_t seed)
    : clock_(clock), options_(options), desk_(desk), random_(seed) {
  for (Market* given : markets) {
    Market& market = *given;
    const double value = options_.level_quote_value / QuoteRate(markets, market.spec().quote_asset);
    const double price = market.spec().start_price.ToDouble();
    Ladder& ladder = ladders_.emplace_back();
    ladder.market = &market;
    ladder.start = static_cast<double>(market.last_price());
    ladder.fair = ladder.start;
    ladder.gap_bps = std::max(options_.level_gap_bps,
                              static_cast<double>(market.tick()) / ladder.start / kBasisPoint);
    ladder.mean_quantity =
        value / price * static_cast<double>(Decimal::PowerOfTen(market.quantity_decimals()));
  }
}

void Traders::FillBooks() {
  for (Ladder& ladder : ladders_) {
    const SimTraderOptions& options = options_;
    for (int level = 0; level < options.levels; ++level) {
      const double distance =
          options.spread_bps / 2 + ladder.gap_bps * (level + random_.UniformReal() / 2);
      Quote(ladder, Side::kBuy, distance);
      Quote(ladder, Side::kSell, distance);
    }
    TakeBest(ladder);
  }
}

void Traders::Start() {
  timer_ = clock_.ScheduleAfter(kStep, [this] { OnStep(); });
}

void Traders::Stop() {
  clock_.CancelTimer(std::exchange(timer_, 0));
}

void Traders::OnStep() {
  timer_ = clock_.ScheduleAfter(kStep, [this] { OnStep(); });
  if (is_paused_) {
    return;
  }
  const SimTraderOptions& options = options_;
  for (Ladder& ladder : ladders_) {
    MoveFair(ladder);
    DropStale(ladder);
    TakeBeyondFair(ladder);
    Refill(ladder, kRefillsPerStep);
    for (int i = CountFor(options.quotes_per_second); i > 0; --i) {
      Requote(ladder);
    }
    for (int i = CountFor(options.trades_per_second); i > 0; --i) {
      if (random_.UniformReal() < kSweepShare) {
        Sweep(ladder);
      } else {
        TakeBest(ladder);
      }
    }
  }
}

void Traders::MoveFair(Ladder& ladder) {
  const SimTraderOptions& options = options_;
  const double seconds = absl::ToDoubleSeconds(kStep);
  ladder.fair *= 1 + options.volatility_bps * kBasisPoint * std::sqrt(seconds) * Normal();
  ladder.fair += (ladder.start - ladder.fair) * kReversion * seconds;
  ladder.fair =
      std::clamp(ladder.fair, ladder.start * (1 - options.band), ladder.start * (1 + options.band));
}

// Levels fill from the best, so the ones that are gone come first.
template <typename Levels>
void Traders::DropFilled(Ladder& ladder, Levels& levels) {
  while (!levels.empty() &&
         !ladder.market->engine.Find(static_cast<uint64_t>(levels.begin()->second)).has_value()) {
    levels.erase(levels.begin());
  }
}

void Traders::DropStale(Ladder& ladder) {
  DropFilled(ladder, ladder.bids);
  DropFilled(ladder, ladder.asks);
  const double margin = options_.spread_bps / 4 * kBasisPoint * ladder.fair;
  while (!ladder.bids.empty() &&
         static_cast<double>(ladder.bids.begin()->first) > ladder.fair - margin) {
    Cancel(ladder, ladder.bids.begin()->second);
    ladder.bids.erase(ladder.bids.begin());
    DropFilled(ladder, ladder.bids);
  }
  while (!ladder.asks.empty() &&
         static_cast<double>(ladder.asks.begin()->first) < ladder.fair + margin) {
    Cancel(ladder, ladder.asks.begin()->second);
    ladder.asks.erase(ladder.asks.begin());
    DropFilled(ladder, ladder.asks);
  }
}

// The best level first when it is missing, then anywhere within the ladder.
void Traders::Refill(Ladder& ladder, int count_max) {
  const SimTraderOptions& options = options_;
  const double half = options.spread_bps / 2;
  // Twice as far as the levels need, as some prices are drawn twice.
  const double reach = 2 * ladder.gap_bps * options.levels;
  const auto distance_to = [&](int64_t price) {
    return std::abs(static_cast<double>(price) / ladder.fair - 1) / kBasisPoint;
  };
  const auto refill = [&](Side side, auto& levels) {
    for (int i = 0; i < count_max; ++i) {
      DropFilled(ladder, levels);
      const double gap = ladder.gap_bps;
      if (levels.empty() || distance_to(levels.begin()->first) > half + 2 * gap) {
        Quote(ladder, side, half + gap * random_.UniformReal());
      } else if (static_cast<int>(levels.size()) < options.levels) {
        // Near the top more often than far away.
        const double share = random_.UniformReal();
        Quote(ladder, side, half + reach * share * share);
      } else {
        return;
      }
    }
  };
  refill(Side::kBuy, ladder.bids);
  refill(Side::kSell, ladder.asks);
}

// Replaces or takes away a level; what is missing comes back elsewhere with the next refill.
void Traders::Requote(Ladder& ladder) {
  const bool is_bid = random_.UniformReal() < 0.5;
  const auto requote = [&](auto& levels, Side side) {
    DropFilled(ladder, levels);
    if (levels.size() < 2) {
      return;
    }
    const double share = random_.UniformReal();
    const auto index = static_cast<int64_t>(share * share * static_cast<double>(levels.size()));
    const auto level = std::next(levels.begin(), index);
    const double distance =
        std::abs(static_cast<double>(level->first) / ladder.fair - 1) / kBasisPoint;
    Cancel(ladder, level->second);
    levels.erase(level);
    if (random_.UniformReal() < 0.7) {
      Quote(ladder, side, distance);
    }
  };
  if (is_bid) {
    requote(ladder.bids, Side::kBuy);
  } else {
    requote(ladder.asks, Side::kSell);
  }
}

void Traders::TakeBest(Ladder& ladder) {
  const Side side = random_.UniformReal() < 0.5 ? Side::kBuy : Side::kSell;
  const MatchingEngine& engine = ladder.market->engine;
  const std::optional<int64_t> best = side == Side::kBuy ? engine.best_ask() : engine.best_bid();
  if (best.has_value()) {
    Take(ladder, side, *best, RandomQuantity(ladder, ladder.mean_quantity / 3));
  }
}

void Traders::Sweep(Ladder& ladder) {
  const Side side = random_.UniformReal() < 0.5 ? Side::kBuy : Side::kSell;
  const MatchingEngine& engine = ladder.market->engine;
  const std::optional<int64_t> best = side == Side::kBuy ? engine.best_ask() : engine.best_bid();
  if (!best.has_value()) {
    return;
  }
  const double reach = std::min(Exponential(options_.sweep_bps), kSweepBpsMax) * kBasisPoint;
  const auto distance = static_cast<int64_t>(static_cast<double>(*best) * reach);
  const int64_t limit = side == Side::kBuy ? *best + distance : *best - distance;
  int64_t quantity = 0;
  for (const BookLevel& level : engine.Levels(Opposite(side), kSweepLevelsMax)) {
    if (side == Side::kBuy ? level.price > limit : level.price < limit) {
      break;
    }
    quantity += level.quantity;
  }
  Take(ladder, side, limit, quantity);
}

// Whoever offers below the fair price, or bids above it, is served.
void Traders::TakeBeyondFair(Ladder& ladder) {
  const MatchingEngine& engine = ladder.market->engine;
  const auto total = [&](Side side, auto is_beyond) {
    int64_t quantity = 0;
    for (const BookLevel& level : engine.Levels(side, kSweepLevelsMax)) {
      if (!is_beyond(static_cast<double>(level.price))) {
        break;
      }
      quantity += level.quantity;
    }
    return quantity;
  };
  const auto limit = static_cast<int64_t>(ladder.fair);
  if (const int64_t cheap = total(Side::kSell, [&](double price) { return price <= ladder.fair; });
      cheap > 0) {
    Take(ladder, Side::kBuy, limit, cheap);
  }
  if (const int64_t dear =
          total(Side::kBuy, [&](double price) { return price >= ladder.fair + 1; });
      dear > 0) {
    Take(ladder, Side::kSell, limit + 1, dear);
  }
}

void Traders::Quote(Ladder& ladder, Side side, double distance_bps) {
  Market& market = *ladder.market;
  const double offset = ladder.fair * distance_bps * kBasisPoint;
  const auto wanted =
      static_cast<int64_t>(side == Side::kBuy ? ladder.fair - offset : ladder.fair + offset + 1);
  const int64_t price = std::max(wanted - wanted % market.tick(), market.tick());
  const auto is_taken = [&] {
    return side == Side::kBuy ? ladder.bids.contains(price) : ladder.asks.contains(price);
  };
  if (is_taken()) {
    return;
  }
  const int64_t order_id = desk_.Place(market,
                                       TraderDesk::Who::kMaker,
                                       side,
                                       price,
                                       RandomQuantity(ladder, ladder.mean_quantity),
                                       TimeInForce::kGtc);
  if (order_id == 0) {
    return;
  }
  if (side == Side::kBuy) {
    ladder.bids[price] = order_id;
  } else {
    ladder.asks[price] = order_id;
  }
}

void Traders::Cancel(Ladder& ladder, int64_t order_id) {
  desk_.Cancel(*ladder.market, order_id);
}

int64_t Traders::FairPrice(const Market& market) const {
  for (const Ladder& ladder : ladders_) {
    if (ladder.market == &market) {
      return static_cast<int64_t>(ladder.fair);
    }
  }
  return market.last_price();
}

void Traders::Take(Ladder& ladder, Side side, int64_t limit, int64_t quantity) {
  if (quantity <= 0 || limit <= 0) {
    return;
  }
  desk_.Place(*ladder.market, TraderDesk::Who::kTaker, side, limit, quantity, TimeInForce::kIoc);
}

int64_t Traders::RandomQuantity(const Ladder& ladder, double mean) {
  const int64_t step = ladder.market->step();
  const auto quantity = static_cast<int64_t>(Exponential(mean));
  return std::max(quantity - quantity % step, step);
}

int Traders::CountFor(double rate_per_second) {
  return static_cast<int>(rate_per_second * absl::ToDoubleSeconds(kStep) + random_.UniformReal());
}

// The sum of twelve uniforms is near enough to a normal for a market.
double Traders::Normal() {
  double sum = -6;
  for (int i = 0; i < 12; ++i) {
    sum += random_.UniformReal();
  }
  return sum;
}

double Traders::Exponential(double mean) {
  return -mean * std::log1p(-random_.UniformReal());
}

}  // namespace colibri::venue_sim::binance
