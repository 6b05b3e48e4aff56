// Random markets and random orders: what must hold whatever happens.

#include <map>
#include <memory>
#include <string>

#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/paper/paper_ledger.h"
#include "tests/exchanges/paper/random_paper_run.h"

namespace colibri {
namespace {

class RandomRun : public RandomPaperRun {
 public:
  RandomRun(uint64_t seed, FeeCharge charge) : RandomPaperRun(seed) {
    PaperConfig config = DelayedConfig(seed);
    config.balances = {{"USDT", D("3000")}, {"BTC", D("30")}, {"BNB", D("0.01")}};
    config.fees.emplace();
    config.fees->percent = {.maker = D("-0.00011"), .taker = D("0.00073")};
    config.fees->charge = charge;
    config.fees->third_asset = "BNB";
    config.fees->third_asset_price = P("313.37");
    const std::map<std::string, Decimal> balances = config.balances;
    Make(std::move(config));
    ledger_ = std::make_unique<PaperLedger>(balances, exchange_->events());
    EXPECT_THAT(exchange_->Open(), IsOk());
    feed_->ShowBook({{"100", "5"}, {"99.99", "8"}}, {{"100.01", "4"}, {"100.02", "6"}});
  }

  void Step() {
    switch (random_.Uniform(8)) {
      case 0:
        feed_->ShowTrade(RandomSide(), RandomPrice(-6, 7), RandomQuantity());
        break;
      case 1:
        feed_->ShowBids({{RandomPrice(-8, 0), RandomLevel()}});
        break;
      case 2:
        feed_->ShowAsks({{RandomPrice(1, 9), RandomLevel()}});
        break;
      case 3:
        feed_->ShowQuote({RandomPrice(-3, 0), RandomQuantity()},
                         {RandomPrice(1, 4), RandomQuantity()},
                         static_cast<int64_t>(random_.Uniform(3)));
        break;
      case 4:
        CancelOrAmend();
        break;
      default:
        PlaceRandom();
    }
    if (random_.Uniform(200) == 0) {
      feed_->MakeStale();
      feed_->ShowBook({{RandomPrice(-4, 0), "3"}}, {{RandomPrice(1, 5), "2"}});
    }
    clock_.AdvanceBy(absl::Milliseconds(random_.Uniform(4)));
    CheckVenue();
  }

  void Close() {
    EXPECT_EQ(exchange_->Close().open_orders_left, 0);
    EXPECT_TRUE(exchange_->open_orders().empty());
    CheckTotals();
    for (const auto& [asset, balance] : exchange_->balances()) {
      EXPECT_EQ(balance.available, balance.total) << asset;
    }
    CheckEachHasEnded();
  }

  const PaperLedger& ledger() const { return *ledger_; }

 private:
  void NoteFill(const OrderFilled& event) override {
    EXPECT_TRUE(event.order.quote_quantity.has_value() ||
                event.order.filled <= event.order.quantity);
  }

  // The venue never owes, and locks what its open orders need.
  void CheckVenue() {
    for (const std::string& asset : exchange_->venue().account().assets()) {
      const Balance balance = exchange_->venue().account().balance(asset);
      EXPECT_FALSE(balance.total.is_negative()) << asset;
      EXPECT_FALSE(balance.available.is_negative()) << asset;
      EXPECT_FALSE(balance.locked().is_negative()) << asset;
    }
  }
  void CheckTotals() {
    for (const auto& [asset, total] : ledger_->totals()) {
      EXPECT_EQ(exchange_->balance(asset).total, total) << asset;
      EXPECT_EQ(exchange_->venue().account().balance(asset).total, total) << asset;
    }
  }

  void PlaceRandom() {
    OrderRequest request = RandomRequest();
    if (request.type == OrderType::kMarket && random_.Uniform(2) == 0) {
      request.quote_quantity = Notional(D(RandomQuantity())) + Notional(D("50"));
      request.quantity = Quantity();
    }
    Place(request);
  }

  std::unique_ptr<PaperLedger> ledger_;
};

class PaperRandomTest : public testing::TestWithParam<FeeCharge> {};

TEST_P(PaperRandomTest, KeepsItsBooksWhateverHappens) {
  int fills = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(StrCat("seed ", seed));
    RandomRun run(seed, GetParam());
    for (int i = 0; i < 2000; ++i) {
      run.Step();
    }
    run.Close();
    fills += run.ledger().fills();
    if (testing::Test::HasFailure()) {
      return;
    }
  }
  EXPECT_GT(fills, 2000);
}

TEST_P(PaperRandomTest, GivesTheSameEventsForTheSameSeed) {
  const auto hash_of = [&](uint64_t seed) {
    RandomRun run(seed, GetParam());
    for (int i = 0; i < 500; ++i) {
      run.Step();
    }
    run.Close();
    return run.hash();
  };
  EXPECT_EQ(hash_of(7), hash_of(7));
  EXPECT_NE(hash_of(7), hash_of(8));
}

INSTANTIATE_TEST_SUITE_P(Charges,
                         PaperRandomTest,
                         testing::Values(FeeCharge::kDeductedFromReturns,
                                         FeeCharge::kAddedToCost,
                                         FeeCharge::kThirdAsset));

}  // namespace
}  // namespace colibri
