// Random markets and random orders: what must hold whatever happens.

#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"

#include "core/random.h"
#include "core/simulated_clock.h"
#include "core/strings.h"
#include "exchanges/paper/paper_exchange.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/exchanges/paper/paper_ledger.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

const TradingPair kPair = {"BTC", "USDT"};

class RandomRun {
 public:
  RandomRun(uint64_t seed, FeeCharge charge) : random_(seed) {
    FeeSchema fees;
    fees.percent = {.maker = D("-0.00011"), .taker = D("0.00073")};
    fees.charge = charge;
    fees.third_asset = "BNB";
    fees.third_asset_price = P("313.37");
    PaperConfig config = {
        .market = {.venue = "fake", .pairs = {kPair}},
        .balances = {{"USDT", D("3000")}, {"BTC", D("30")}, {"BNB", D("0.01")}},
        .fees = fees,
        .delay_to_venue = {.least = absl::Milliseconds(3), .jitter = absl::Milliseconds(9)},
        .delay_from_venue = {.least = absl::Milliseconds(2), .jitter = absl::Milliseconds(5)},
        .seed = seed,
        .open_orders_max = 12};
    spec_.name = "fake";
    auto feed = std::make_unique<FakeFeed>();
    feed_ = feed.get();
    const std::map<std::string, Decimal> balances = config.balances;
    exchange_ = std::make_unique<PaperExchange>(std::move(config), spec_, std::move(feed), clock_);
    ledger_ = std::make_unique<PaperLedger>(balances, exchange_->events());
    log_ = exchange_->events().SubscribeAll([this](const Event& event) { Note(event); });
    EXPECT_THAT(exchange_->Open(), IsOk());
    feed_->ShowBook({{"100", "5"}, {"99.99", "8"}}, {{"100.01", "4"}, {"100.02", "6"}});
  }

  void Step() {
    switch (random_.Uniform(8)) {
      case 0:
        feed_->ShowTrade(RandomSide(), RandomPrice(), RandomQuantity());
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
        Place();
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
    EXPECT_EQ(ended_.size(), placed_);
  }

  std::string hash() const { return std::to_string(hash_); }
  const PaperLedger& ledger() const { return *ledger_; }

 private:
  void Note(const Event& event) {
    for (const char c : Describe(event)) {
      hash_ = (hash_ ^ static_cast<uint8_t>(c)) * 1099511628211u;
    }
    const Order* end = nullptr;
    if (const auto* completed = std::get_if<OrderCompleted>(&event)) {
      EXPECT_FALSE(completed->is_incomplete);
      EXPECT_TRUE(completed->order.quantity.is_zero() ||
                  completed->order.filled == completed->order.quantity);
      end = &completed->order;
    } else if (const auto* canceled = std::get_if<OrderCanceled>(&event)) {
      end = &canceled->order;
    } else if (const auto* rejected = std::get_if<OrderRejected>(&event)) {
      end = &rejected->order;
    } else if (const auto* expired = std::get_if<OrderExpired>(&event)) {
      end = &expired->order;
    } else if (const auto* filled = std::get_if<OrderFilled>(&event)) {
      EXPECT_FALSE(filled->is_after_terminal);
      EXPECT_TRUE(filled->order.quote_quantity.has_value() ||
                  filled->order.filled <= filled->order.quantity);
      EXPECT_TRUE(filled->fill.quantity.value().IsMultipleOf(D("0.001")));
    }
    if (end != nullptr) {
      EXPECT_TRUE(ended_.insert(end->client_order_id.ToString()).second) << "two ends";
    }
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

  void Place() {
    OrderRequest request;
    request.pair = kPair;
    request.side = RandomSide();
    request.type = static_cast<OrderType>(random_.Uniform(3));
    request.quantity = Q(RandomQuantity());
    if (request.type != OrderType::kMarket) {
      request.price = P(RandomPrice());
    } else if (random_.Uniform(2) == 0) {
      request.quote_quantity = Notional(D(RandomQuantity())) + Notional(D("50"));
      request.quantity = Quantity();
    }
    if (request.type == OrderType::kLimit) {
      request.time_in_force = static_cast<TimeInForce>(random_.Uniform(3));
    }
    placed_ += exchange_->Place(request).ok() ? 1 : 0;
  }
  void CancelOrAmend() {
    const std::vector<const Order*> open = exchange_->open_orders();
    if (open.empty()) {
      return;
    }
    const ClientOrderId id = open[random_.Uniform(open.size())]->client_order_id;
    if (random_.Uniform(2) == 0) {
      exchange_->Cancel(id).IgnoreError();
      return;
    }
    OrderAmendment amendment;
    amendment.price = P(RandomPrice());
    placed_ += exchange_->Amend(id, amendment).ok() ? 1 : 0;
  }

  Side RandomSide() { return random_.Uniform(2) == 0 ? Side::kBuy : Side::kSell; }
  // 100 and some ticks.
  std::string RandomPrice(int lowest = -6, int highest = 7) {
    const auto ticks = static_cast<int64_t>(random_.Uniform(highest - lowest + 1)) + lowest;
    return kept_.emplace_back(Decimal::FromScaled(10'000 + ticks, 2).ToString());
  }
  std::string RandomQuantity() {
    return Decimal::FromScaled(static_cast<int64_t>(random_.Uniform(9'000)) + 1, 3).ToString();
  }
  std::string RandomLevel() { return random_.Uniform(3) == 0 ? "0" : RandomQuantity(); }

  Random random_;
  VenueSpec spec_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  FakeFeed* feed_ = nullptr;
  std::unique_ptr<PaperExchange> exchange_;
  std::unique_ptr<PaperLedger> ledger_;
  Subscription log_;
  uint64_t hash_ = 14695981039346656037u;
  size_t placed_ = 0;
  std::set<std::string> ended_;
  std::vector<std::string> kept_;
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
