// Binance as the venue of a run, spot and perpetuals.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tests/auth/test_keys.h"
#include "tests/simulation/simulated_venue.h"
#include "tools/venue_sim/binance_perpetual_sim.h"
#include "tools/venue_sim/binance_sim.h"

namespace colibri::simulation {
namespace {

using venue_sim::kTestApiKey;

constexpr char kOther[] = "counterparty";
constexpr char kOtherSecret[] = "secret of the counterparty";
constexpr char kSymbol[] = "BTCUSDT";

// {"status":"FILLED","executedQty":"0.00100000","updateTime":1700000000000,...}
std::optional<OrderChecker::AtVenue> ReadOrder(const venue_sim::HttpReply& reply, absl::Time now) {
  if (reply.status != 200) {
    return std::nullopt;
  }
  const nlohmann::json order = nlohmann::json::parse(reply.body);
  const std::string status = order.at("status");
  const int64_t updated_ms = order.at("updateTime");
  return OrderChecker::AtVenue{
      .filled = Quantity(*Decimal::Parse(order.at("executedQty").get<std::string>())),
      .is_open = status == "NEW" || status == "PARTIALLY_FILLED" || status == "PENDING_NEW",
      .age = now - absl::FromUnixMillis(updated_ms)};
}

// "side=BUY&type=MARKET", or far from the market.
std::string OrderByHand(Random& random, std::string_view low, std::string_view high) {
  const bool buys = random.Uniform(2) == 0;
  const std::string side = buys ? "side=BUY&" : "side=SELL&";
  if (random.Uniform(3) == 0) {
    return side + "type=MARKET";
  }
  return StrCat(side, "type=LIMIT&timeInForce=GTC&price=", buys ? low : high);
}

template <typename View>
OrderTruth TruthOf(const View& order) {
  return {.client_order_id = order.client_order_id,
          .order_id = order.order_id,
          .status = order.status,
          .is_open = order.is_open,
          .is_filled = order.status == "FILLED",
          .quantity = order.quantity,
          .executed_quantity = order.executed_quantity,
          .executed_quote = order.executed_quote};
}

// Every fourth account has a key that is logged on with instead of signing each order.
bool HasEd25519Key(uint64_t seed) {
  return seed % 4 == 1;
}

// What both kinds have alike.
template <typename Sim>
class BinanceLike : public SimulatedVenue {
 public:
  BinanceLike(Clock& clock, typename Sim::Options options, std::string_view order_path)
      : has_ed25519_key_(!options.ed25519_public_key.empty()),
        sim_(clock, std::move(options)),
        order_path_(order_path) {}

  TradingPair pair() const override { return {"BTC", "USDT"}; }
  Credentials credentials() const override {
    return {.api_key = Secret(kTestApiKey),
            .api_secret = Secret(has_ed25519_key_ ? kEd25519Pem : venue_sim::kTestApiSecret)};
  }
  void Start() override { sim_.Start(); }
  venue_sim::SimVenue& wire() override { return sim_; }
  venue_sim::Faults& faults() override { return sim_.faults(); }
  void SetTradersPaused(bool is_paused) override { sim_.SetTradersPaused(is_paused); }
  venue_sim::SimTrafficView traffic() const override { return sim_.traffic(); }

  BookTruth book() const override {
    auto book = *sim_.book(kSymbol);
    return {.last_update_id = book.last_update_id,
            .bids = std::move(book.bids),
            .asks = std::move(book.asks)};
  }
  std::optional<OrderChecker::AtVenue> Find(const ClientOrderId& id, absl::Time now) override {
    return ReadOrder(Call("GET", StrCat("&origClientOrderId=", id.view())), now);
  }
  void CancelByHand(const ClientOrderId& id) override {
    Call("DELETE", StrCat("&origClientOrderId=", id.view()));
  }

 protected:
  venue_sim::HttpReply Call(std::string_view method, std::string_view parameters) {
    return sim_.AdminCall(
        kTestApiKey, method, StrCat(order_path_, "?symbol=", kSymbol, parameters));
  }

  const bool has_ed25519_key_;
  Sim sim_;

 private:
  std::string_view order_path_;
};

venue_sim::BinanceSimOptions SpotOptions(uint64_t seed) {
  venue_sim::BinanceSimOptions options;
  options.seed = seed;
  std::erase_if(options.symbols,
                [](const venue_sim::SimSymbol& symbol) { return symbol.symbol != kSymbol; });
  options.traders = SlowTraders();
  options.ed25519_public_key = HasEd25519Key(seed) ? kEd25519PublicKey : std::string_view();
  options.accounts.push_back({.api_key = kOther, .api_secret = kOtherSecret});
  return options;
}

class Spot final : public BinanceLike<venue_sim::BinanceSim> {
 public:
  Spot(Clock& clock, uint64_t seed) : BinanceLike(clock, SpotOptions(seed), "/api/v3/order") {}

  const WireDialect& dialect() const override { return BinanceSpotDialect(); }

  VenueTruth truth() const override {
    const venue_sim::SimAccountView account = *sim_.account(kTestApiKey);
    VenueTruth truth;
    for (const venue_sim::SimOrderView& order : account.orders) {
      truth.orders.push_back(TruthOf(order));
    }
    for (const venue_sim::SimTradeView& trade : account.trades) {
      truth.trades.push_back({.trade_id = trade.trade_id,
                              .order_id = trade.order_id,
                              .side = trade.is_buyer ? Side::kBuy : Side::kSell,
                              .fee_asset = trade.fee_asset,
                              .fee = trade.fee});
    }
    for (const auto& [asset, balance] : account.balances) {
      truth.balances[asset] = {.total = balance.total(), .available = balance.free};
    }
    return truth;
  }

  void Configure(ExchangeConfig& /*config*/) const override {}
  void PlaceByHand(Random& random) override {
    Call("POST", StrCat("&quantity=0.002&", OrderByHand(random, "50000", "70000")));
  }
  void Shock(Random& /*random*/) override {}
};

venue_sim::BinancePerpetualSimOptions PerpetualOptions(uint64_t seed) {
  venue_sim::BinancePerpetualSimOptions options;
  options.seed = seed;
  std::erase_if(options.symbols, [](const venue_sim::PerpetualSymbol& symbol) {
    return symbol.market.symbol != kSymbol;
  });
  options.traders = SlowTraders();
  options.ed25519_public_key = HasEd25519Key(seed) ? kEd25519PublicKey : std::string_view();
  options.accounts.push_back({.api_key = kOther, .api_secret = kOtherSecret});
  options.funding_interval = absl::Minutes(3);
  options.renames_triggered_orders = seed % 3 == 0;
  // Little enough that a shock liquidates.
  options.balances = {{"USDT", Decimal::FromInteger(3000)}};
  return options;
}

class Perpetual final : public BinanceLike<venue_sim::BinancePerpetualSim> {
 public:
  Perpetual(Clock& clock, uint64_t seed)
      : BinanceLike(clock, PerpetualOptions(seed), "/fapi/v1/order"),
        mode_(seed % 2 == 0 ? PositionMode::kHedge : PositionMode::kOneWay) {}

  const WireDialect& dialect() const override { return BinancePerpetualDialect(); }

  VenueTruth truth() const override {
    const venue_sim::PerpetualAccountView account = *sim_.account(kTestApiKey);
    VenueTruth truth;
    truth.has_positions = true;
    for (const venue_sim::PerpetualOrderView& order : account.orders) {
      truth.orders.push_back(TruthOf(order));
    }
    AddConditional(account, truth);
    for (const venue_sim::margin::MarginTrade& trade : account.trades) {
      truth.trades.push_back({.trade_id = trade.trade_id,
                              .order_id = trade.order_id,
                              .side = trade.side,
                              .fee_asset = trade.fee_asset,
                              .fee = trade.fee});
    }
    for (const auto& [asset, figures] : account.collateral) {
      truth.balances[asset] = {.total = figures.wallet, .available = figures.available()};
    }
    for (const venue_sim::PerpetualPositionView& position : account.positions) {
      const PositionSide side = position.position_side == "LONG"    ? PositionSide::kLong
                                : position.position_side == "SHORT" ? PositionSide::kShort
                                                                    : PositionSide::kNet;
      truth.positions[side] = {.quantity = Quantity(position.quantity),
                               .entry_price = Price(position.entry_price)};
    }
    for (const venue_sim::margin::Income& income : account.income) {
      if (income.type == venue_sim::margin::IncomeType::kFunding) {
        const PaymentId id = PaymentId::FromNumber(static_cast<uint64_t>(income.id));
        truth.funding[FundingName(id, absl::FromUnixMillis(income.time_ms))] += income.amount;
      }
    }
    return truth;
  }

  // What waits, by its own record; what has triggered, by that of the order that it became.
  std::optional<OrderChecker::AtVenue> Find(const ClientOrderId& id, absl::Time now) override {
    const venue_sim::HttpReply reply =
        sim_.AdminCall(kTestApiKey, "GET", StrCat("/fapi/v1/algoOrder?clientAlgoId=", id.view()));
    if (reply.status != 200) {
      return BinanceLike::Find(id, now);
    }
    const nlohmann::json algo = nlohmann::json::parse(reply.body);
    const std::string order_id = algo.at("actualOrderId");
    if (!order_id.empty()) {
      return ReadOrder(Call("GET", StrCat("&orderId=", order_id)), now);
    }
    const int64_t updated_ms = algo.at("updateTime");
    return OrderChecker::AtVenue{.filled = Quantity(),
                                 .is_open = IsWaiting(algo.at("algoStatus").get<std::string>()),
                                 .age = now - absl::FromUnixMillis(updated_ms)};
  }
  void CancelByHand(const ClientOrderId& id) override {
    sim_.AdminCall(kTestApiKey, "DELETE", StrCat("/fapi/v1/algoOrder?clientAlgoId=", id.view()));
    BinanceLike::CancelByHand(id);
  }
  void Configure(ExchangeConfig& config) const override {
    config.perpetual.position_mode = mode_;
    config.perpetual.leverage = 10;
  }
  void PlaceByHand(Random& random) override {
    std::string order = OrderByHand(random, "55000", "65000");
    if (mode_ == PositionMode::kHedge) {
      order += order.starts_with("side=BUY") ? "&positionSide=LONG" : "&positionSide=SHORT";
    }
    if (random.Uniform(4) == 0) {
      const bool buys = order.starts_with("side=BUY");
      const size_t type = order.find("type=");
      sim_.AdminCall(kTestApiKey,
                     "POST",
                     StrCat("/fapi/v1/algoOrder?algoType=CONDITIONAL&symbol=",
                            kSymbol,
                            "&quantity=0.002&type=STOP_MARKET&triggerPrice=",
                            buys ? "60150" : "59850",
                            "&",
                            order.substr(0, type - 1),
                            mode_ == PositionMode::kHedge
                                ? (buys ? "&positionSide=LONG" : "&positionSide=SHORT")
                                : ""));
      return;
    }
    Call("POST", StrCat("&quantity=0.002&", order));
  }
  void Shock(Random& random) override {
    const Decimal price = Decimal::FromInteger(random.Uniform(2) == 0 ? 48'000 : 72'000);
    sim_.SetPrices(kSymbol, price, price);
  }

 private:
  static bool IsWaiting(std::string_view status) {
    return status == "NEW" || status == "TRIGGERING";
  }

  static void AddConditional(const venue_sim::PerpetualAccountView& account, VenueTruth& truth) {
    for (const venue_sim::PerpetualAlgoView& algo : account.algos) {
      const auto became =
          std::find_if(truth.orders.begin(), truth.orders.end(), [&](const OrderTruth& order) {
            return order.order_id == algo.order_id;
          });
      if (became != truth.orders.end()) {
        became->client_order_id = algo.client_algo_id;
      } else {
        truth.orders.push_back({.client_order_id = algo.client_algo_id,
                                .order_id = 0,
                                .status = algo.status,
                                .is_open = IsWaiting(algo.status),
                                .is_filled = false,
                                .quantity = algo.quantity,
                                .executed_quantity = Decimal(),
                                .executed_quote = Decimal()});
      }
    }
  }

  PositionMode mode_;
};

}  // namespace

std::unique_ptr<SimulatedVenue> MakeBinanceSpot(Clock& clock, uint64_t seed) {
  return std::make_unique<Spot>(clock, seed);
}

std::unique_ptr<SimulatedVenue> MakeBinancePerpetual(Clock& clock, uint64_t seed) {
  return std::make_unique<Perpetual>(clock, seed);
}

}  // namespace colibri::simulation
