// Random markets, orders, settings, fundings and crashes on a paper venue of perpetuals: what must
// hold whatever happens.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/paper/random_paper_run.h"

namespace colibri {
namespace {

// An account kept from events alone.
class Ledger {
 public:
  Ledger(Decimal start, EventBus& events) : total_(start) {
    const auto add = [this](const Fill& fill) {
      ++fills_;
      Quantity& held = held_[fill.position_side];
      held += fill.side == Side::kBuy ? fill.quantity : -fill.quantity;
      ASSERT_TRUE(fill.realised_profit.has_value());
      total_ += fill.realised_profit->value();
      for (const AssetAmount& fee : fill.fees) {
        EXPECT_EQ(fee.asset, "USDT");
        total_ -= fee.amount;
      }
    };
    subscriptions_.push_back(
        events.Subscribe<OrderFilled>([add](const OrderFilled& event) { add(event.fill); }));
    subscriptions_.push_back(
        events.Subscribe<ForeignFill>([add](const ForeignFill& event) { add(event.fill); }));
    subscriptions_.push_back(events.Subscribe<FundingPayment>([this](const FundingPayment& event) {
      EXPECT_TRUE(payments_.insert(event.payment_id.ToString()).second) << "told twice";
      total_ += event.amount;
    }));
    subscriptions_.push_back(
        events.Subscribe<Liquidation>([this](const Liquidation&) { ++liquidations_; }));
  }

  Decimal total() const { return total_; }
  Quantity held(PositionSide side) { return held_[side]; }
  int fills() const { return fills_; }
  int liquidations() const { return liquidations_; }
  int payments() const { return static_cast<int>(payments_.size()); }

 private:
  Decimal total_;
  std::map<PositionSide, Quantity> held_;
  std::set<std::string> payments_;
  int fills_ = 0;
  int liquidations_ = 0;
  std::vector<Subscription> subscriptions_;
};

struct Account {
  PositionMode position_mode = PositionMode::kOneWay;
  MarginMode margin_mode = MarginMode::kCross;
  bool has_mark = true;  // told by the venue; else the mid price
};

class RandomRun : public RandomPaperRun {
 public:
  RandomRun(uint64_t seed, const Account& account) : RandomPaperRun(seed), account_(account) {
    quantity_max_ = 30'000;
    spec_.position_modes = {PositionMode::kOneWay, PositionMode::kHedge};
    spec_.margin_modes = {MarginMode::kCross, MarginMode::kIsolated};
    spec_.fees.percent = {.maker = D("-0.00011"), .taker = D("0.00073")};
    PaperConfig config = DelayedConfig(seed);
    config.market.perpetual = {
        .position_mode = account.position_mode, .margin_mode = account.margin_mode, .leverage = 20};
    config.balances = {{"USDT", D("500")}};
    config.perpetual = {.maintenance_rate = D("0.011"),
                        .funding_rate = D("0.00031"),
                        .funding_interval = absl::Seconds(1)};
    Make(std::move(config));
    feed_->rule().collateral = "USDT";
    ledger_ = std::make_unique<Ledger>(D("500"), exchange_->events());
    EXPECT_THAT(exchange_->Open(), IsOk());
    Rebook();
  }

  void Step() {
    switch (random_.Uniform(12)) {
      case 0:
        feed_->ShowTrade(RandomSide(), RandomPrice(-6, 6), RandomQuantity());
        break;
      case 1:
        feed_->ShowBids({{RandomPrice(-8, 0), RandomLevel()}});
        break;
      case 2:
        feed_->ShowAsks({{RandomPrice(1, 9), RandomLevel()}});
        break;
      case 3:
        Move(static_cast<int64_t>(random_.Uniform(41)) - 20);
        break;
      case 4:
        CancelOrAmend();
        break;
      case 5:
        ChangeSettings();
        break;
      default:
        PlaceRandom();
    }
    if (random_.Uniform(150) == 0) {
      Move(static_cast<int64_t>(random_.Uniform(2401)) - 1200);  // up to 12 %
    }
    clock_.AdvanceBy(absl::Milliseconds(random_.Uniform(12)));
    CheckVenue();
  }

  void Close() {
    exchange_->CancelAll(std::nullopt).IgnoreError();
    clock_.AdvanceBy(absl::Milliseconds(100));
    Rebook();
    for (int i = 0; i < 20 && !positions().empty(); ++i) {
      for (const Position& position : positions()) {
        Place({.pair = pair(),
               .side = position.quantity.is_positive() ? Side::kSell : Side::kBuy,
               .type = OrderType::kMarket,
               .quantity = Quantity(Abs(position.quantity.value())),
               .position_action = PositionAction::kClose});
      }
      clock_.AdvanceBy(absl::Milliseconds(100));
      Rebook();
    }
    EXPECT_TRUE(positions().empty());
    EXPECT_EQ(exchange_->Close().open_orders_left, 0);
    CheckTotals();
    const Balance balance = exchange_->balance("USDT");
    EXPECT_EQ(balance.available, balance.total);
    EXPECT_FALSE(balance.total.is_negative());
    EXPECT_EQ(exchange_->perpetual()->mismatches(), 0);
    CheckEachHasEnded();
  }

  Ledger& ledger() { return *ledger_; }

 private:
  void NoteFill(const OrderFilled& event) override {
    if (event.order.position_action == PositionAction::kClose) {
      const Quantity held = ledger_->held(event.fill.position_side);  // after it
      const bool is_turned =
          event.fill.side == Side::kBuy ? held.is_positive() : held.is_negative();
      EXPECT_FALSE(is_turned) << "an order that closes turned the position";
    }
  }

  // At the venue, without delays: its own books are right at every moment.
  void CheckVenue() {
    const Balance balance = exchange_->venue().account().balance("USDT");
    EXPECT_FALSE(balance.available.is_negative());
    for (const PositionSide side :
         {PositionSide::kNet, PositionSide::kLong, PositionSide::kShort}) {
      const bool is_of_mode =
          (side == PositionSide::kNet) == (account_.position_mode == PositionMode::kOneWay);
      const Quantity held = exchange_->perpetual()->position(pair(), side).quantity;
      EXPECT_TRUE(is_of_mode || held.is_zero());
      EXPECT_FALSE(side == PositionSide::kLong && held.is_negative());
      EXPECT_FALSE(side == PositionSide::kShort && held.is_positive());
      EXPECT_EQ(held, ledger_->held(side)) << "the position is not the sum of its fills";
    }
    EXPECT_EQ(exchange_->balance("USDT").total, ledger_->total());
  }
  void CheckTotals() {
    EXPECT_EQ(exchange_->balance("USDT").total, ledger_->total());
    EXPECT_EQ(exchange_->venue().account().balance("USDT").total, ledger_->total());
  }
  std::vector<Position> positions() const { return exchange_->perpetual()->positions(); }

  // The whole market goes by so many ticks.
  void Move(int64_t ticks) {
    center_ = std::max<int64_t>(center_ + ticks, 2000);
    Rebook();
  }
  void Rebook() {
    feed_->ShowBook({{RandomPrice(-2, 0), "5"}, {RandomPrice(-20, -10), "40"}},
                    {{RandomPrice(1, 3), "4"}, {RandomPrice(11, 21), "60"}});
    if (account_.has_mark) {
      feed_->ShowMark(RandomPrice(-3, 4), "0.0001", kStart);
    }
  }
  void PlaceRandom() {
    OrderRequest request = RandomRequest();
    request.position_action =
        random_.Uniform(3) == 0 ? PositionAction::kClose : PositionAction::kOpen;
    Place(request);
  }
  void ChangeSettings() {
    LeverageSetting setting = exchange_->perpetual()->leverage(pair());
    setting.leverage = static_cast<int>(random_.Uniform(45)) + 1;
    EXPECT_THAT(exchange_->perpetual()->SetLeverage(pair(), setting), IsOk());
  }

  Account account_;
  std::unique_ptr<Ledger> ledger_;
};

class PaperPerpetualRandomTest : public testing::TestWithParam<Account> {};

TEST_P(PaperPerpetualRandomTest, ConservesTheCollateralWhateverHappens) {
  int fills = 0;
  int liquidations = 0;
  int payments = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(StrCat("seed ", seed));
    RandomRun run(seed, GetParam());
    for (int i = 0; i < 1500; ++i) {
      run.Step();
    }
    run.Close();
    fills += run.ledger().fills();
    liquidations += run.ledger().liquidations();
    payments += run.ledger().payments();
    if (testing::Test::HasFailure()) {
      return;
    }
  }
  EXPECT_GT(fills, 1000);
  EXPECT_GT(liquidations, 10);
  EXPECT_GT(payments, 20);
}

TEST_P(PaperPerpetualRandomTest, GivesTheSameEventsForTheSameSeed) {
  const auto hash_of = [&](uint64_t seed) {
    RandomRun run(seed, GetParam());
    for (int i = 0; i < 500; ++i) {
      run.Step();
    }
    return run.hash();
  };
  EXPECT_EQ(hash_of(7), hash_of(7));
  EXPECT_NE(hash_of(7), hash_of(8));
}

INSTANTIATE_TEST_SUITE_P(Accounts,
                         PaperPerpetualRandomTest,
                         testing::Values(Account{},
                                         Account{.margin_mode = MarginMode::kIsolated},
                                         Account{.position_mode = PositionMode::kHedge},
                                         Account{.position_mode = PositionMode::kHedge,
                                                 .margin_mode = MarginMode::kIsolated},
                                         Account{.has_mark = false}));

}  // namespace
}  // namespace colibri
