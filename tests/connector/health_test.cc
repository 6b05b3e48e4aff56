#include "connector/health.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

const TradingPair kBtc{"BTC", "USDT"};
const TradingPair kEth{"ETH", "USDT"};
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const absl::Time kLater = kNow + absl::Seconds(5);

class HealthTest : public ::testing::Test {
 protected:
  HealthTest() {
    health_.Require("rules", kNow, "not loaded");
    health_.Require(Health::BookCapability(kBtc), kNow, "no snapshot");
    health_.Require(Health::BookCapability(kEth), kNow, "no snapshot");
    health_.set_listener([this](const CapabilityHealth& changed) {
      told_.push_back(changed.capability + (changed.is_healthy ? " up" : " " + changed.reason));
    });
  }

  Health health_;
  std::vector<std::string> told_;
};

TEST_F(HealthTest, CannotTradeAPairOfAnotherConnector) {
  health_.Set("rules", true, kNow);

  EXPECT_FALSE(health_.can_trade({"DOGE", "USDT"}));
  EXPECT_EQ(health_.Why({"DOGE", "USDT"}), "book DOGE-USDT: not one of this connector's pairs");
}

TEST_F(HealthTest, TradesWithItsOwnBookAndEverythingCommon) {
  health_.Set("rules", true, kLater);
  health_.Set(Health::BookCapability(kBtc), true, kLater);

  EXPECT_TRUE(health_.can_trade(kBtc));
  EXPECT_FALSE(health_.can_trade(kEth));
  EXPECT_FALSE(health_.all_healthy());
  EXPECT_EQ(health_.Why(kBtc), "");
  EXPECT_EQ(health_.Why(kEth), "book ETH-USDT: no snapshot");
}

TEST_F(HealthTest, CountsEveryFailureOnceHoweverOftenItIsSaid) {
  const absl::Time now = absl::UnixEpoch();
  Health health;
  const TradingPair pair{"BTC", "USDT"};
  health.Set(Health::BookCapability(pair), true, now);
  EXPECT_TRUE(health.can_trade(pair));
  health.Set("clock", false, now, "never declared, and failing");
  EXPECT_FALSE(health.can_trade(pair));
  health.Require("clock", now, "declared again");
  health.Set("clock", false, now, "another reason");
  health.Set("clock", true, now);
  EXPECT_TRUE(health.can_trade(pair));
  health.Require("orders", now, "not read");
  health.Offer("orders", now, "of use only");
  EXPECT_TRUE(health.can_trade(pair));
  health.Set("orders", true, now);
  health.Require("orders", now, "needed after all");
  EXPECT_FALSE(health.can_trade(pair));
}

TEST_F(HealthTest, SaysTheFirstReasons) {
  for (const char* name : {"a", "b", "c", "d"}) {
    health_.Require(name, kNow, "down");
  }

  EXPECT_EQ(health_.Why(kBtc), "a: down; b: down; book BTC-USDT: no snapshot; ...");
}

TEST_F(HealthTest, TellsChangesOnly) {
  health_.Set("rules", true, kLater);
  health_.Set("rules", true, kLater);
  health_.Set("rules", false, kLater, "gone");
  health_.Set("rules", false, kLater, "gone");
  health_.Set("rules", false, kLater, "still gone");

  EXPECT_THAT(told_, ElementsAre("rules up", "rules gone", "rules still gone"));
}

TEST_F(HealthTest, ANewReasonDoesNotChangeSinceWhen) {
  health_.Set("rules", false, kLater, "other reason");

  EXPECT_EQ(health_.capabilities().back().since, kNow);
}

TEST_F(HealthTest, WhatIsOfferedIsToldAndNotNeeded) {
  for (const std::string& needed :
       {std::string("rules"), Health::BookCapability(kBtc), Health::BookCapability(kEth)}) {
    health_.Set(needed, true, kNow);
  }

  health_.Offer("order_socket", kNow, "refused");

  EXPECT_FALSE(health_.is_healthy("order_socket"));
  EXPECT_TRUE(health_.can_trade(kBtc));
  EXPECT_TRUE(health_.all_healthy());
  EXPECT_EQ(health_.Why(kBtc), "");
}

}  // namespace
}  // namespace colibri
