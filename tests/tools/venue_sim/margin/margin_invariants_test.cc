// Whatever happens, nothing is made or lost: over all accounts.
#include "gtest/gtest.h"

#include "core/random.h"
#include "tests/tools/venue_sim/margin/margin_fixture.h"

namespace colibri::venue_sim::margin {
namespace {

// What must hold after each step.
void ExpectSound(const MarginFixture& f) {
  ASSERT_EQ(f.exchange.TotalSupply().at("USD"), Dec("30000"));
  int64_t quantity = 0;
  for (const auto& account : f.exchange.accounts()) {
    for (const auto& [key, position] : account->positions()) {
      quantity += position.quantity;
      ASSERT_FALSE(position.isolated_wallet.is_negative());
      if (!position.is_open()) {
        ASSERT_EQ(position.cost, Decimal());
        ASSERT_EQ(position.isolated_wallet, Decimal());
      }
    }
    if (!account->is_background()) {
      ASSERT_FALSE(account->wallet("USD").is_negative() && !account->has_open_positions());
    }
  }
  ASSERT_EQ(quantity, 0);
}

class MarginInvariantsTest : public testing::TestWithParam<int> {};

TEST_P(MarginInvariantsTest, SupplyIsConstantAndPositionsAddUpToZero) {
  MarginFixture f;
  Random random(static_cast<uint64_t>(GetParam()));
  ASSERT_EQ(f.exchange.SetIsolated(f.carol, f.x, true), Refusal::kNone);
  if (GetParam() % 2 == 1) {
    ASSERT_EQ(f.exchange.SetTwoSided(f.bob, true), Refusal::kNone);
  }
  int64_t price = 1000;
  size_t placed = 0;
  for (int step = 0; step < 4000; ++step) {
    f.now_ms += 60'000;
    MarginAccount& account = *f.exchange.accounts()[1 + random.Uniform(3)];
    const uint64_t kind = random.Uniform(20);
    if (kind < 14) {
      Ticket ticket{.side = random.Uniform(2) == 0 ? Side::kBuy : Side::kSell,
                    .type = random.Uniform(8) == 0 ? OrderType::kMarket : OrderType::kLimit,
                    .price = price + static_cast<int64_t>(random.Uniform(21)) - 10,
                    .quantity = 1 + static_cast<int64_t>(random.Uniform(30'000)),
                    .reduce_only = random.Uniform(4) == 0,
                    .prevention = static_cast<SelfTradePrevention>(random.Uniform(4))};
      if (account.is_two_sided) {
        ticket.reduce_only = false;
        ticket.position_side = random.Uniform(2) == 0 ? PositionSide::kLong : PositionSide::kShort;
      }
      const Position* position = account.FindPosition("X", ticket.position_side);
      const int64_t before = position == nullptr ? 0 : position->quantity;
      const PlaceResult result = f.exchange.Place(account, f.x, ticket);
      placed += result.ok() ? 1 : 0;
      if (result.ok() && IsReducing(account, ticket) &&
          ticket.prevention != SelfTradePrevention::kNone) {
        const int64_t after = account.FindPosition("X", ticket.position_side)->quantity;
        ASSERT_LE(std::abs(after), std::abs(before));
        ASSERT_GE(after * before, 0);
      }
    } else if (kind < 16) {
      const std::set<int64_t> open = account.orders("X").open;
      if (!open.empty()) {
        f.exchange.Cancel(account, f.x, *account.orders("X").Find(*open.begin()));
      }
    } else if (kind < 17) {
      const std::set<int64_t> open = account.orders("X").open;
      if (!open.empty()) {
        (void)f.exchange.Amend(account,
                               f.x,
                               *account.orders("X").Find(*open.rbegin()),
                               price,
                               1 + static_cast<int64_t>(random.Uniform(20'000)));
      }
    } else if (kind < 19) {
      price = std::max<int64_t>(price + static_cast<int64_t>(random.Uniform(81)) - 40, 100);
      f.exchange.SetPrices(f.x, f.x.PriceOf(price), f.x.PriceOf(price));
    } else {
      f.exchange.OnTime();
    }
    ExpectSound(f);
    if (testing::Test::HasFatalFailure()) {
      FAIL() << "at step " << step;
    }
  }
  EXPECT_GT(placed, 500u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MarginInvariantsTest, testing::Range(1, 9));

}  // namespace
}  // namespace colibri::venue_sim::margin
