// Hyperliquid's perpetuals, and its spot, as the venue of a run.
#include "core/strings.h"
#include "exchanges/hyperliquid_common/cloid.h"
#include "tests/simulation/simulated_venue.h"
#include "tools/venue_sim/hyperliquid_sim.h"

namespace colibri::simulation {
namespace {

using venue_sim::kSecondWallet;
using venue_sim::kTestAgent;
using venue_sim::kTestWallet;

constexpr char kPerpetualCoin[] = "BTC";
constexpr char kSpotCoin[] = "@7";  // UBTC/USDC
constexpr int kSpotIndex = 7;
constexpr int kQuoteToken = 0;
constexpr int kBaseToken = 2;
constexpr char kCollateral[] = "USDC";
// The venue shows no more of a book.
constexpr size_t kBookDepth = 20;

venue_sim::HyperliquidSimOptions CommonOptions(uint64_t seed) {
  venue_sim::HyperliquidSimOptions options;
  options.seed = seed;
  options.traders = SlowTraders();
  options.book_interval = absl::Seconds(1);  // what a run costs is mostly its books
  std::erase_if(options.coins,
                [](const venue_sim::HyperliquidCoin& coin) { return coin.name != kPerpetualCoin; });
  return options;
}

venue_sim::HyperliquidSimOptions PerpetualOptions(uint64_t seed) {
  venue_sim::HyperliquidSimOptions options = CommonOptions(seed);
  options.pairs.clear();  // nor is what is not watched
  options.funding_interval = absl::Minutes(3);
  // Little enough that a shock liquidates.
  options.accounts = {{.address = kTestWallet.address,
                       .agents = {kTestAgent.address},
                       .balance = Decimal::FromInteger(3000)},
                      {.address = kSecondWallet.address}};
  return options;
}

venue_sim::HyperliquidSimOptions SpotOptions(uint64_t seed) {
  venue_sim::HyperliquidSimOptions options = CommonOptions(seed);
  std::erase_if(options.pairs, [](const venue_sim::HyperliquidSpotPair& pair) {
    return pair.index != kSpotIndex;
  });
  options.accounts = {{.address = kTestWallet.address,
                       .agents = {kTestAgent.address},
                       .balance = Decimal::FromInteger(3000),
                       .spot_balances = {{kQuoteToken, Decimal::FromInteger(100'000)},
                                         {kBaseToken, Decimal::FromInteger(2)}}},
                      {.address = kSecondWallet.address}};
  return options;
}

class Hyperliquid : public SimulatedVenue {
 public:
  Credentials credentials() const override {
    return {
        .wallet_key = Secret(signs_with_agent_ ? kTestAgent.private_key : kTestWallet.private_key),
        .account_address = kTestWallet.address};
  }
  void Start() override { sim_.Start(); }
  venue_sim::SimVenue& wire() override { return sim_; }
  const WireDialect& dialect() const override { return HyperliquidDialect(); }
  venue_sim::Faults& faults() override { return sim_.faults(); }
  void SetTradersPaused(bool is_paused) override { sim_.SetTradersPaused(is_paused); }

  VenueTruth truth() const override {
    const venue_sim::HyperliquidAccountView account = *sim_.account(kTestWallet.address);
    VenueTruth truth;
    for (const venue_sim::HyperliquidOrderView& order : account.orders) {
      truth.orders.push_back(
          {.client_order_id = hyperliquid::ClientOrderIdOf(order.cloid).ToString(),
           .order_id = order.oid,
           .status = order.status,
           .is_open = order.is_open,
           .is_filled = order.status == "filled",
           .quantity = order.full_size,
           .executed_quantity = order.full_size - order.size,
           .executed_quote = order.filled_quote});
    }
    for (const venue_sim::HyperliquidFillView& fill : account.fills) {
      truth.trades.push_back({.trade_id = fill.tid,
                              .order_id = fill.oid,
                              .side = fill.is_buy ? Side::kBuy : Side::kSell,
                              .fee_asset = fill.fee_token,
                              .fee = fill.fee});
    }
    AddAccount(account, truth);
    return truth;
  }

  BookTruth book() const override {
    venue_sim::HyperliquidBookView book = *sim_.book(coin_);
    book.bids.resize(std::min(book.bids.size(), kBookDepth));
    book.asks.resize(std::min(book.asks.size(), kBookDepth));
    return {.last_update_id = sim_.block_time_ms(),
            .bids = std::move(book.bids),
            .asks = std::move(book.asks)};
  }

  venue_sim::SimTrafficView traffic() const override {
    venue_sim::SimTrafficView traffic = sim_.traffic();
    std::map<std::string, int> repeated;
    for (const auto& [cloid, times] : traffic.repeated_client_order_ids) {
      repeated[hyperliquid::ClientOrderIdOf(cloid).ToString()] = times;
    }
    traffic.repeated_client_order_ids = std::move(repeated);
    return traffic;
  }

  std::optional<OrderChecker::AtVenue> Find(const ClientOrderId& id, absl::Time now) override {
    const std::optional<venue_sim::HyperliquidOrderView> order =
        sim_.FindOrder(kTestWallet.address, hyperliquid::CloidOf(id));
    if (!order.has_value()) {
      return std::nullopt;
    }
    return OrderChecker::AtVenue{.filled = Quantity(order->full_size - order->size),
                                 .is_open = order->is_open,
                                 .age = now - absl::FromUnixMillis(order->status_time_ms)};
  }

  // With an id of another making, or without one.
  void PlaceByHand(Random& random) override {
    const bool buys = random.Uniform(2) == 0;
    const bool is_market = random.Uniform(3) == 0;
    const std::string price = is_market ? (buys ? "75000" : "45000") : (buys ? "55000" : "65000");
    const bool waits = coin_ == kPerpetualCoin && random.Uniform(4) == 0;
    const std::string digits = waits || random.Uniform(2) == 0 ? Digits(random) : std::string();
    const std::string cloid = digits.empty() ? "" : StrCat(",\"c\":\"0x", digits, "\"");
    if (waits) {
      waiting_by_hand_.push_back(StrCat("0x", digits));
    }
    const std::string terms =
        waits ? StrCat(R"({"trigger":{"isMarket":true,"triggerPx":")",
                       buys ? "60150" : "59850",
                       R"(","tpsl":"sl"}})")
              : StrCat(R"({"limit":{"tif":")", is_market ? "Ioc" : "Gtc", "\"}}");
    sim_.AdminAction(kTestWallet.address,
                     StrCat("{\"type\":\"order\",\"orders\":[{\"a\":",
                            asset_,
                            ",\"b\":",
                            buys ? "true" : "false",
                            ",\"p\":\"",
                            price,
                            R"(","s":"0.002","r":false,"t":)",
                            terms,
                            cloid,
                            "}],\"grouping\":\"na\"}"));
  }

  void CancelByHand(const ClientOrderId& id) override { Cancel(hyperliquid::CloidOf(id)); }
  void WithdrawHand() override {
    for (const std::string& cloid : waiting_by_hand_) {
      Cancel(cloid);
    }
  }

 protected:
  // The coin and asset that are traded.
  Hyperliquid(Clock& clock,
              venue_sim::HyperliquidSimOptions options,
              std::string_view coin,
              int asset)
      : signs_with_agent_(options.seed % 2 == 0),
        sim_(clock, std::move(options)),
        coin_(coin),
        asset_(asset) {}

  // Balances, and what else only one kind of market has.
  virtual void AddAccount(const venue_sim::HyperliquidAccountView& account,
                          VenueTruth& truth) const = 0;

  venue_sim::HyperliquidSim& sim() { return sim_; }

 private:
  void Cancel(std::string_view cloid) {
    sim_.AdminAction(kTestWallet.address,
                     StrCat(R"({"type":"cancelByCloid","cancels":[{"asset":)",
                            asset_,
                            R"(,"cloid":")",
                            cloid,
                            "\"}]}"));
  }

  static std::string Digits(Random& random) {
    std::string digits;
    for (int i = 0; i < 32; ++i) {
      digits.push_back("0123456789abcdef"[random.Uniform(16)]);
    }
    return digits;
  }

  std::vector<std::string> waiting_by_hand_;  // cloids
  bool signs_with_agent_;
  venue_sim::HyperliquidSim sim_;
  std::string coin_;
  int asset_;
};

class HyperliquidPerpetual final : public Hyperliquid {
 public:
  HyperliquidPerpetual(Clock& clock, uint64_t seed)
      : Hyperliquid(clock, PerpetualOptions(seed), kPerpetualCoin, /*asset=*/0),
        margin_mode_(seed / 2 % 2 == 0 ? MarginMode::kCross : MarginMode::kIsolated) {}

  TradingPair pair() const override { return {kPerpetualCoin, "USD"}; }

  void Configure(ExchangeConfig& config) const override {
    config.perpetual.leverage = 10;
    config.perpetual.margin_mode = margin_mode_;
  }

  void Shock(Random& random) override {
    const Decimal price = Decimal::FromInteger(random.Uniform(2) == 0 ? 48'000 : 72'000);
    sim().SetPrices(kPerpetualCoin, price, price);
  }

 private:
  void AddAccount(const venue_sim::HyperliquidAccountView& account,
                  VenueTruth& truth) const override {
    truth.has_positions = true;
    truth.balances[kCollateral] = {.total = account.figures.wallet,
                                   .available = account.figures.available()};
    for (const venue_sim::HyperliquidPositionView& position : account.positions) {
      truth.positions[PositionSide::kNet] = {.quantity = Quantity(position.size),
                                             .entry_price = Price(position.entry_price)};
    }
    for (const venue_sim::HyperliquidFundingView& payment : account.fundings) {
      truth.funding[FundingName({}, absl::FromUnixMillis(payment.time_ms))] += payment.amount;
    }
  }

  MarginMode margin_mode_;
};

class HyperliquidSpot final : public Hyperliquid {
 public:
  HyperliquidSpot(Clock& clock, uint64_t seed)
      : Hyperliquid(clock, SpotOptions(seed), kSpotCoin, /*asset=*/10'000 + kSpotIndex) {}

  TradingPair pair() const override { return {"UBTC", "USDC"}; }
  void Configure(ExchangeConfig& /*config*/) const override {}
  void Shock(Random& /*random*/) override {}

 private:
  void AddAccount(const venue_sim::HyperliquidAccountView& account,
                  VenueTruth& truth) const override {
    for (const venue_sim::HyperliquidSpotBalanceView& balance : account.spot) {
      truth.balances[balance.name] = {.total = balance.total,
                                      .available = balance.total - balance.hold};
    }
  }
};

}  // namespace

std::unique_ptr<SimulatedVenue> MakeHyperliquidPerpetual(Clock& clock, uint64_t seed) {
  return std::make_unique<HyperliquidPerpetual>(clock, seed);
}

std::unique_ptr<SimulatedVenue> MakeHyperliquidSpot(Clock& clock, uint64_t seed) {
  return std::make_unique<HyperliquidSpot>(clock, seed);
}

}  // namespace colibri::simulation
