// Cases 1 to 12: what a connector knows and says when it starts, and what it does when it cannot.
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tests/conformance/conformance_case.h"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

std::vector<std::string> OrderTypes(const TradingRule& rule) {
  std::vector<std::string> types;
  if (rule.allows_limit) {
    types.emplace_back("limit");
  }
  if (rule.allows_limit_maker) {
    types.emplace_back("limit_maker");
  }
  if (rule.allows_market) {
    types.emplace_back("market");
  }
  return types;
}

std::set<std::string> Unhealthy(const Health& health) {
  std::set<std::string> names;
  for (const CapabilityHealth& capability : health.capabilities()) {
    if (!capability.is_healthy) {
      names.insert(capability.capability);
    }
  }
  return names;
}

CONFORMANCE_CASE(Spot01, KnowsWhichOrderTypesItTakes, Needs("trading"), Reads("rules", "venue")) {
  ASSERT_OK(at.Start());
  const TradingRule* const rule = at.exchange->rules(at.pair);
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(OrderTypes(*rule),
            at.venue.Expected("rules").at("order_types").get<std::vector<std::string>>());
}

// Corrected: what is restored is asked after at the venue before anything is placed (S32).
CONFORMANCE_CASE(Spot02,
                 FindsItsOpenOrdersAgainAfterARestart,
                 Needs("trading", "client_order_ids", "query_by_client_order_id"),
                 Reads("place_open", "order_open", "open_orders_one")) {
  at.config.state_directory = "state";
  ASSERT_OK(at.Start());
  const ClientOrderId filled = at.Place();
  at.venue.Push("stream_fill_full");
  const ClientOrderId canceled = at.Place();
  ASSERT_OK(at.exchange->Cancel(canceled));
  at.Run(absl::Seconds(1));
  at.venue.Next("place_refused");
  const ClientOrderId refused = at.Place();
  const ClientOrderId open = at.Place();
  ASSERT_EQ(at.StateOf(filled), OrderState::kFilled);
  ASSERT_EQ(at.StateOf(canceled), OrderState::kCanceled);
  ASSERT_EQ(at.StateOf(refused), OrderState::kRejected);
  at.Kill();
  ASSERT_OK(at.Start());

  const std::vector<const Order*> orders = at.exchange->open_orders();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0]->client_order_id, open);
  EXPECT_TRUE(orders[0]->is_restored);
  EXPECT_THAT(at.seen, IsEmpty());
}

CONFORMANCE_CASE(Spot03,
                 RefusesToStartForAPairThatIsNotThere,
                 Needs("market_data"),
                 Reads("rules")) {
  at.config.pairs = {{"NOSUCH", "PAIR"}};
  EXPECT_THAT(at.Start(), StatusIs(StatusCode::kNotFound, HasSubstr("NOSUCH-PAIR")));
}

CONFORMANCE_CASE(Spot04,
                 LeavesOutARuleThatItCannotRead,
                 Needs("market_data"),
                 Reads("rules_with_one_unreadable")) {
  at.venue.Always("rules_with_one_unreadable");
  ASSERT_OK(at.Start());
  EXPECT_NE(at.exchange->rules(at.pair), nullptr);
}

CONFORMANCE_CASE(Spot05, WaitsForRulesThatDoNotCome, Needs("market_data"), Reads("rules")) {
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "rules" ? Fault::kServerErrorBefore : Fault::kNone;
  };
  EXPECT_THAT(at.Start(absl::Seconds(10)),
              StatusIs(StatusCode::kDeadlineExceeded, HasSubstr("rules")));
  EXPECT_EQ(at.exchange->rules(at.pair), nullptr);

  at.venue.fault = nullptr;  // S47: tried again by itself
  at.Run(absl::Minutes(1));
  EXPECT_NE(at.exchange->rules(at.pair), nullptr);
  EXPECT_TRUE(at.exchange->health().can_trade(at.pair));
}

// Corrected: no prices are asked for; the public trades tell them.
CONFORMANCE_CASE(Spot06, TellsPublicTrades, Needs("market_data"), Reads("stream_trade")) {
  ASSERT_OK(at.Start());
  at.venue.Push("stream_trade");
  at.Run(absl::Seconds(1));
  const std::vector<PublicTrade> trades = at.All<PublicTrade>();
  const Json expected = at.venue.Expected("stream_trade");
  ASSERT_EQ(trades.size(), 1u);
  EXPECT_EQ(trades[0].price, Price(DecimalOf(expected.at("price"))));
  EXPECT_EQ(trades[0].quantity, Quantity(DecimalOf(expected.at("quantity"))));
  EXPECT_EQ(trades[0].taker_side, SideOf(expected.at("taker_side")));
  EXPECT_EQ(trades[0].trade_id.view(), BodyText(expected.at("trade_id")));
}

CONFORMANCE_CASE(
    Spot07,
    IsReadyWithABookAndAnAccount,
    Needs("market_data", "trading"),
    Reads("server_time", "market_session", "private_session", "open_orders_none", "trades_none")) {
  ASSERT_OK(at.Start());
  EXPECT_TRUE(at.exchange->health().can_trade(at.pair));
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, at.exchange->book(at.pair));
  const Json expected = at.venue.Expected("market_session");
  ASSERT_TRUE(book->best_bid().has_value() && book->best_ask().has_value());
  EXPECT_EQ(book->best_bid()->price, Price(DecimalOf(expected.at("best_bid"))));
  EXPECT_EQ(book->best_ask()->price, Price(DecimalOf(expected.at("best_ask"))));
}

CONFORMANCE_CASE(Spot08, SaysWhichPartOfTheVenueFails, Needs("market_data"), Reads("server_time")) {
  at.venue.fault = [](int, std::string_view) { return Fault::kServerErrorBefore; };
  EXPECT_THAT(at.Start(absl::Seconds(10)),
              StatusIs(StatusCode::kDeadlineExceeded, HasSubstr("clock")));
  at.venue.fault = nullptr;
  at.Run(absl::Minutes(1));
  EXPECT_TRUE(at.exchange->health().all_healthy());
}

CONFORMANCE_CASE(Spot09, MayBeStoppedWhileItStarts, Needs("market_data"), Reads("venue")) {
  at.venue.fault = [](int, std::string_view) { return Fault::kNotSent; };
  EXPECT_THAT(at.StartAndStopAfter(absl::Seconds(5)), StatusIs(StatusCode::kCancelled));
  const int steps = at.venue.steps();
  at.Run(absl::Minutes(10));
  EXPECT_EQ(at.venue.steps(), steps) << "it goes on asking after Stop";
}

CONFORMANCE_CASE(Spot10, NamesAllThatItWaitsFor, Needs("trading"), Reads("venue")) {
  at.venue.fault = [](int, std::string_view) { return Fault::kNotSent; };
  EXPECT_FALSE(at.Start(absl::Seconds(1)).ok());
  EXPECT_THAT(Unhealthy(at.exchange->health()),
              IsSupersetOf({std::string("balances"),
                            StrCat("book ", at.pair),
                            std::string("clock"),
                            std::string("orders"),
                            std::string("rules"),
                            std::string("user_stream")}));
  EXPECT_FALSE(at.exchange->health().can_trade(at.pair));
  EXPECT_THAT(at.exchange->Place(at.Request()).status(), StatusIs(StatusCode::kFailedPrecondition));
}

CONFORMANCE_CASE(Spot11, ReadsRulesAndFees, Needs("trading"), Reads("rules", "fees")) {
  ASSERT_OK(at.Start());
  ASSERT_NE(at.exchange->rules(at.pair), nullptr);
  const TradingRule& rule = *at.exchange->rules(at.pair);
  const Json expected = at.venue.Expected("rules");
  EXPECT_EQ(rule.price_increment, Price(DecimalOf(expected.at("price_increment"))));
  EXPECT_EQ(rule.quantity_increment, Quantity(DecimalOf(expected.at("quantity_increment"))));
  EXPECT_EQ(rule.quantity_min, Quantity(DecimalOf(expected.at("quantity_min"))));
  EXPECT_EQ(rule.notional_min, Notional(DecimalOf(expected.at("notional_min"))));
  const Json fees = at.venue.Expected("fees");
  EXPECT_EQ(at.exchange->fee_rates(at.pair),
            (FeeRates{DecimalOf(fees.at("maker")), DecimalOf(fees.at("taker"))}));
}

// Corrected: a pair that cannot be traded is said at the start, not found missing at the first
// order.
CONFORMANCE_CASE(Spot12,
                 DoesNotStartOnRulesOfItsPairThatMakeNoSense,
                 Needs("market_data"),
                 Reads("rules_unreadable")) {
  at.venue.Always("rules_unreadable");
  EXPECT_FALSE(at.Start(absl::Seconds(10)).ok());
  EXPECT_EQ(at.exchange->rules(at.pair), nullptr);
}

}  // namespace
}  // namespace colibri::conformance
