// A market maker with one level of 1 BTC at 0.2 % on each side, on a scripted exchange at 100.
#pragma once

#include <memory>

#include "gtest/gtest.h"

#include "strategies/simple_market_maker.h"
#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {

inline const TradingPair kPair{"BTC", "USDT"};

class SimpleMarketMakerTest : public testing::Test {
 protected:
  SimpleMarketMakerTest() : exchange_(kPair) {
    exchange_.SetBalance("BTC", "100");
    exchange_.SetBalance("USDT", "10000");
    exchange_.SetMid("100");
    config_.pair = kPair;
    config_.bid_spread = Dec("0.002");
    config_.ask_spread = Dec("0.002");
    config_.quantity = Qty("1");
    config_.requests_per_second = 100;
  }

  // Half a basis point of fees leaves the spreads as they are configured.
  SimpleMarketMaker& Start() {
    exchange_.set_fee_rates({.maker = Dec("0.0005"), .taker = Dec("0.001")});
    exchange_.set_open_orders_max(static_cast<size_t>(2 * config_.levels));
    maker_ = std::make_unique<SimpleMarketMaker>(config_);
    EXPECT_OK(maker_->Start({exchange_, exchange_.clock()}));
    return *maker_;
  }
  void Pass(absl::Duration time) { exchange_.simulated_clock().AdvanceBy(time); }

  ScriptedExchange exchange_;
  SimpleMarketMakerConfig config_;
  std::unique_ptr<SimpleMarketMaker> maker_;
};

}  // namespace colibri
