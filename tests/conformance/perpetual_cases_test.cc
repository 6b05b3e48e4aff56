// The 16 cases of perpetuals, and beyond them: hedge sides, positions that are gone, liquidations,
// settings that are read back, the dead man's switch.
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "nlohmann/json.hpp"
#include "tests/conformance/conformance_case.h"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;

PositionSide SideNamed(const Json& name) {
  return name == "long"    ? PositionSide::kLong
         : name == "short" ? PositionSide::kShort
                           : PositionSide::kNet;
}

LeverageSetting SettingOf(const Json& expected) {
  return {.leverage = expected.at("leverage").get<int>(),
          .margin_mode = expected.at("margin_mode") == "isolated" ? MarginMode::kIsolated
                                                                  : MarginMode::kCross};
}

OrderRequest Close(const VenueUnderTest& at, Side side) {
  OrderRequest request = at.Request(side);
  request.position_action = PositionAction::kClose;
  return request;
}

void ExpectFunding(const FundingInfo& funding, const Json& expected) {
  EXPECT_EQ(funding.mark_price, Price(DecimalOf(expected.at("mark_price"))));
  EXPECT_EQ(funding.index_price, Price(DecimalOf(expected.at("index_price"))));
  EXPECT_EQ(funding.rate, DecimalOf(expected.at("rate")));
  if (expected.contains("next_funding_ms")) {
    EXPECT_EQ(absl::ToUnixMillis(funding.next_funding_time),
              expected.at("next_funding_ms").get<int64_t>());
  }
}

CONFORMANCE_CASE(Perp01,
                 NamesWhatAPerpetualWaitsForToo,
                 Needs("perpetual", "trading"),
                 Reads("venue")) {
  at.venue.fault = [](int, std::string_view) { return Fault::kNotSent; };
  EXPECT_FALSE(at.Start(absl::Seconds(1)).ok());
  for (const std::string_view name : {"funding", "positions", "settings"}) {
    EXPECT_FALSE(at.exchange->health().is_healthy(name)) << name;
  }
}

void ExpectOpens(VenueUnderTest& at, Side side) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place(side);
  const std::vector<OrderCreated> created = at.All<OrderCreated>();
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].order.position_action, PositionAction::kOpen);
  EXPECT_EQ(created[0].order.position_side, PositionSide::kNet);
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(at.exchange->perpetual()->leverage(at.pair), SettingOf(at.venue.Expected("leverage")));
}

CONFORMANCE_CASE(Perp02,
                 OpensALongPosition,
                 Needs("perpetual", "trading", "one_way_mode", "cross_margin"),
                 Reads("place_open", "leverage")) {
  ExpectOpens(at, Side::kBuy);
}

CONFORMANCE_CASE(Perp03,
                 OpensAShortPosition,
                 Needs("perpetual", "trading", "one_way_mode", "cross_margin"),
                 Reads("place_open_sell", "leverage")) {
  ExpectOpens(at, Side::kSell);
}

// The envelope's request holds the venue's word for reduce-only.
CONFORMANCE_CASE(Perp04,
                 ClosesAShortPosition,
                 Needs("perpetual", "trading", "one_way_mode"),
                 Reads("place_close_short", "positions_short")) {
  at.venue.Always("positions_short");
  ASSERT_OK(at.Start());
  at.ExpectPosition(at.exchange->perpetual()->position(at.pair, PositionSide::kNet),
                    at.venue.Expected("positions_short"));
  const ClientOrderId id = at.Place(Close(at, Side::kBuy));
  EXPECT_EQ(at.venue.Sent("place_close_short").size(), 1u);
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(at.OrderOf(id).position_action, PositionAction::kClose);
}

CONFORMANCE_CASE(Perp05,
                 ClosesALongPosition,
                 Needs("perpetual", "trading", "one_way_mode"),
                 Reads("place_close_long", "positions_long")) {
  at.venue.Always("positions_long");
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place(Close(at, Side::kSell));
  EXPECT_EQ(at.venue.Sent("place_close_long").size(), 1u);
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(at.OrderOf(id).position_action, PositionAction::kClose);
}

CONFORMANCE_CASE(Perp06,
                 FindsThePositionThatAFillMade,
                 Needs("perpetual", "trading"),
                 Reads("order_filled", "trades_full", "positions_none", "positions_long")) {
  ASSERT_OK(at.Start());
  EXPECT_TRUE(at.exchange->perpetual()->position(at.pair, PositionSide::kNet).is_flat());
  const ClientOrderId id = at.Place();
  at.venue.SetOrderState("filled");
  at.Run(absl::Minutes(2));
  EXPECT_EQ(at.StateOf(id), OrderState::kFilled);
  EXPECT_EQ(at.OrderOf(id).position_action, PositionAction::kOpen);
  at.ExpectPosition(at.exchange->perpetual()->position(at.pair, PositionSide::kNet),
                    at.venue.Expected("positions_long"));
}

CONFORMANCE_CASE(Perp07,
                 HearsOfThePositionThatAFillMade,
                 Needs("perpetual", "trading", "position_events"),
                 Reads("stream_fill_full", "stream_position")) {
  ASSERT_OK(at.Start());
  at.Place();
  at.venue.Push("stream_fill_full");
  at.venue.Push("stream_position");
  at.Run(absl::Milliseconds(100));
  const std::vector<PositionChanged> changes = at.All<PositionChanged>();
  ASSERT_EQ(changes.size(), 1u);
  at.ExpectPosition(changes[0].position, at.venue.Expected("stream_position"));
  EXPECT_EQ(at.exchange->perpetual()->positions().size(), 1u);
  at.Run(absl::Seconds(20));
  EXPECT_EQ(at.Count("position_mismatch"), 0);
}

CONFORMANCE_CASE(Perp08, HasThePositionModesThatItSays, Needs("perpetual"), Reads("venue")) {
  std::vector<std::string> modes;
  for (const PositionMode mode : at.spec.position_modes) {
    modes.emplace_back(ToString(mode));
  }
  EXPECT_EQ(modes,
            at.session().at("expected").at("position_modes").get<std::vector<std::string>>());
}

// Corrected: of the whole account, and a refusal is an event.
CONFORMANCE_CASE(Perp09,
                 TellsThatTheModeCouldNotBeSet,
                 Needs("perpetual", "hedge_mode"),
                 Reads("set_position_mode_refused", "position_mode_one_way")) {
  ASSERT_OK(at.Start());
  at.venue.Next("set_position_mode_refused");
  ASSERT_OK(at.exchange->perpetual()->SetPositionMode(PositionMode::kHedge));
  at.Run(absl::Seconds(5));
  const std::vector<SettingRejected> rejected = at.All<SettingRejected>();
  ASSERT_EQ(rejected.size(), 1u);
  EXPECT_THAT(rejected[0].reason,
              HasSubstr(BodyText(at.venue.Expected("set_position_mode_refused").at("reason"))));
  EXPECT_EQ(at.exchange->perpetual()->position_mode(), PositionMode::kOneWay);
}

CONFORMANCE_CASE(Perp10,
                 SetsTheModeAndReadsItBack,
                 Needs("perpetual", "hedge_mode", "one_way_mode"),
                 Reads("set_position_mode_hedge",
                       "set_position_mode_one_way",
                       "position_mode_hedge",
                       "position_mode_one_way")) {
  ASSERT_OK(at.Start());
  at.venue.Always("position_mode_hedge");
  ASSERT_OK(at.exchange->perpetual()->SetPositionMode(PositionMode::kHedge));
  at.Run(absl::Seconds(5));
  EXPECT_EQ(at.exchange->perpetual()->position_mode(), PositionMode::kHedge);
  at.venue.Always("position_mode_one_way");
  ASSERT_OK(at.exchange->perpetual()->SetPositionMode(PositionMode::kOneWay));
  at.Run(absl::Seconds(5));
  EXPECT_EQ(at.exchange->perpetual()->position_mode(), PositionMode::kOneWay);
  EXPECT_EQ(at.Count("position_mode_changed"), 2);
  EXPECT_EQ(at.Count("setting_rejected"), 0);
}

// Corrected: an event, where there was a log line alone.
CONFORMANCE_CASE(Perp11,
                 TellsThatTheLeverageCouldNotBeSet,
                 Needs("perpetual"),
                 Reads("set_leverage_refused", "leverage")) {
  ASSERT_OK(at.Start());
  at.venue.Next("set_leverage_refused");
  LeverageSetting wanted = SettingOf(at.venue.Expected("leverage"));
  wanted.leverage = 5;
  ASSERT_OK(at.exchange->perpetual()->SetLeverage(at.pair, wanted));
  at.Run(absl::Seconds(5));
  const std::vector<SettingRejected> rejected = at.All<SettingRejected>();
  ASSERT_EQ(rejected.size(), 1u);
  EXPECT_THAT(rejected[0].reason,
              HasSubstr(BodyText(at.venue.Expected("set_leverage_refused").at("reason"))));
  EXPECT_EQ(at.exchange->perpetual()->leverage(at.pair), SettingOf(at.venue.Expected("leverage")));
}

CONFORMANCE_CASE(Perp12,
                 SetsTheLeverageAndReadsItBack,
                 Needs("perpetual", "cross_margin"),
                 Reads("set_leverage_ok", "leverage_5")) {
  ASSERT_OK(at.Start());
  at.venue.Always("leverage_5");
  const LeverageSetting wanted = SettingOf(at.venue.Expected("leverage_5"));
  ASSERT_OK(at.exchange->perpetual()->SetLeverage(at.pair, wanted));
  at.Run(absl::Seconds(5));
  EXPECT_EQ(at.exchange->perpetual()->leverage(at.pair), wanted);
  EXPECT_EQ(at.Count("leverage_changed"), 2);  // as it was read at the start, and this one
  EXPECT_EQ(at.Count("setting_rejected"), 0);
}

CONFORMANCE_CASE(Perp13, ReadsTheFunding, Needs("perpetual"), Reads("funding_info")) {
  ASSERT_OK(at.Start());
  const std::optional<FundingInfo> funding = at.exchange->perpetual()->funding(at.pair);
  ASSERT_TRUE(funding.has_value());
  ExpectFunding(*funding, at.venue.Expected("funding_info"));
}

CONFORMANCE_CASE(Beyond46,
                 AsksForTheOpenInterest,
                 Needs("perpetual", "open_interest_call"),
                 Reads("open_interest")) {
  ASSERT_OK(at.Start());
  at.Run(absl::Seconds(1));
  const std::optional<FundingInfo> funding = at.exchange->perpetual()->funding(at.pair);
  ASSERT_TRUE(funding.has_value());
  EXPECT_EQ(funding->open_interest,
            Quantity(DecimalOf(at.venue.Expected("open_interest").at("open_interest"))));
}

CONFORMANCE_CASE(Perp14, HearsOfTheFunding, Needs("perpetual"), Reads("stream_funding")) {
  ASSERT_OK(at.Start());
  at.venue.Push("stream_funding");
  at.Run(absl::Milliseconds(10));
  ExpectFunding(at.exchange->perpetual()->funding(at.pair).value_or(FundingInfo{}),
                at.venue.Expected("stream_funding"));
}

// Corrected: what was paid before the start is no news even when the first question fails
// (defect 28), and a payment is told once.
CONFORMANCE_CASE(Perp15,
                 TellsAFundingPaymentOnce,
                 Needs("perpetual", "trading"),
                 Reads("funding_payments_old", "funding_payments_new", "funding_payments_none")) {
  bool is_first = true;
  at.venue.fault = [&is_first](int, std::string_view kind) {
    const bool fails = kind == "funding_payments" && std::exchange(is_first, false);
    return fails ? Fault::kServerErrorBefore : Fault::kNone;
  };
  at.venue.Read("funding_payments_none");
  at.venue.Always("funding_payments_old");
  ASSERT_OK(at.Start());
  at.Run(absl::Minutes(1));
  EXPECT_EQ(at.Count("funding_payment"), 0);
  at.venue.Always("funding_payments_new");
  at.Run(at.spec.funding_poll_period * 3);
  const std::vector<FundingPayment> payments = at.All<FundingPayment>();
  const Json expected = at.venue.Expected("funding_payments_new");
  ASSERT_EQ(payments.size(), 1u);
  EXPECT_EQ(payments[0].pair, at.pair);
  EXPECT_EQ(payments[0].asset, BodyText(expected.at("asset")));
  EXPECT_EQ(payments[0].amount, DecimalOf(expected.at("amount")));
}

CONFORMANCE_CASE(Perp16, KnowsTheCollateral, Needs("perpetual"), Reads("rules")) {
  ASSERT_OK(at.Start());
  ASSERT_NE(at.exchange->rules(at.pair), nullptr);
  EXPECT_EQ(at.exchange->rules(at.pair)->collateral,
            BodyText(at.venue.Expected("rules").at("collateral")));
}

// (open, buy) and (close, sell) are long; the envelopes hold the venue's words for each.
CONFORMANCE_CASE(Beyond40,
                 KeepsTheSidesOfHedgeModeApart,
                 Needs("perpetual", "trading", "hedge_mode"),
                 Reads("position_mode_hedge",
                       "positions_hedge",
                       "place_hedge_open_long",
                       "place_hedge_open_short",
                       "place_hedge_close_long",
                       "place_hedge_close_short")) {
  at.venue.Always("position_mode_hedge");
  at.venue.Always("positions_hedge");
  ASSERT_OK(at.Start());
  const PerpetualExchange& perpetual = *at.exchange->perpetual();
  const Json expected = at.venue.Expected("positions_hedge");
  at.ExpectPosition(perpetual.position(at.pair, PositionSide::kLong), expected.at("long"));
  at.ExpectPosition(perpetual.position(at.pair, PositionSide::kShort), expected.at("short"));
  EXPECT_TRUE(perpetual.position(at.pair, PositionSide::kNet).is_flat());
  struct Row {
    std::string_view envelope;
    OrderRequest request;
    PositionSide side;
  };
  const Row rows[] = {
      {"place_hedge_open_long", at.Request(Side::kBuy), PositionSide::kLong},
      {"place_hedge_open_short", at.Request(Side::kSell), PositionSide::kShort},
      {"place_hedge_close_long", Close(at, Side::kSell), PositionSide::kLong},
      {"place_hedge_close_short", Close(at, Side::kBuy), PositionSide::kShort},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(at.venue.Sent(row.envelope), IsEmpty()) << row.envelope;
    EXPECT_EQ(at.OrderOf(at.Place(row.request)).position_side, row.side) << row.envelope;
    EXPECT_EQ(at.venue.Sent(row.envelope).size(), 1u) << row.envelope;
  }
  EXPECT_EQ(at.Count("order_created"), 4);
}

// Defect 27: what a full answer leaves out is gone.
CONFORMANCE_CASE(Beyond41,
                 ForgetsAPositionThatIsGone,
                 Needs("perpetual", "trading"),
                 Reads("positions_long", "positions_none")) {
  at.venue.Always("positions_long");
  ASSERT_OK(at.Start());
  at.ExpectPosition(at.exchange->perpetual()->position(at.pair, PositionSide::kNet),
                    at.venue.Expected("positions_long"));
  at.Run(absl::Seconds(40));
  at.venue.Always("positions_none");
  at.venue.Break("private");
  at.Run(absl::Seconds(10));
  EXPECT_THAT(at.exchange->perpetual()->positions(), IsEmpty());
  ASSERT_EQ(at.Count("position_changed"), 2);
  EXPECT_TRUE(at.All<PositionChanged>().back().position.is_flat());
}

CONFORMANCE_CASE(Beyond42,
                 TellsALiquidation,
                 Needs("perpetual", "trading"),
                 Reads("stream_liquidation", "positions_long")) {
  at.venue.Always("positions_long");
  ASSERT_OK(at.Start());
  at.venue.Always("positions_none");
  at.venue.Push("stream_liquidation");
  at.Run(absl::Seconds(1));
  const std::vector<Liquidation> liquidations = at.All<Liquidation>();
  const Json expected = at.venue.Expected("stream_liquidation");
  ASSERT_EQ(liquidations.size(), 1u);
  EXPECT_EQ(liquidations[0].pair, at.pair);
  EXPECT_EQ(liquidations[0].side, SideOf(expected.at("side")));
  EXPECT_EQ(liquidations[0].position_side, SideNamed(expected.value("position_side", "net")));
  EXPECT_EQ(liquidations[0].price, Price(DecimalOf(expected.at("price"))));
  EXPECT_EQ(liquidations[0].quantity, Quantity(DecimalOf(expected.at("quantity"))));
  EXPECT_FALSE(liquidations[0].is_auto_deleveraging);
  at.Run(absl::Minutes(1));
  EXPECT_EQ(at.Count("foreign_fill"), 1);  // of nobody's order, and told once
}

CONFORMANCE_CASE(Beyond43,
                 DoesNotTradeOnASettingThatTheVenueDidNotMake,
                 Needs("perpetual", "trading"),
                 Reads("set_leverage_ok", "leverage")) {
  at.config.perpetual.leverage = 5;
  EXPECT_THAT(at.Start(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("did not make it")));
  EXPECT_FALSE(at.exchange->health().can_trade(at.pair));
}

CONFORMANCE_CASE(Beyond44,
                 SetsIsolatedMarginAndReadsItBack,
                 Needs("perpetual", "isolated_margin"),
                 Reads("set_leverage_isolated", "leverage", "leverage_isolated")) {
  at.config.perpetual.margin_mode = MarginMode::kIsolated;
  at.venue.Next("leverage");
  at.venue.Always("leverage_isolated");
  ASSERT_OK(at.Start());
  EXPECT_EQ(at.exchange->perpetual()->leverage(at.pair),
            SettingOf(at.venue.Expected("leverage_isolated")));
}

CONFORMANCE_CASE(Beyond45,
                 KeepsTheDeadMansSwitchAndEndsIt,
                 Needs("trading", "dead_mans_switch"),
                 Reads("dead_mans_switch_set", "dead_mans_switch_end")) {
  at.config.perpetual.dead_mans_switch = absl::Seconds(60);
  ASSERT_OK(at.Start());
  at.Run(absl::Seconds(65));
  EXPECT_GE(at.venue.SentOfKind("dead_mans_switch"), 4u);
  EXPECT_THAT(at.venue.Sent("dead_mans_switch_end"), IsEmpty());
  at.Stop();
  EXPECT_EQ(at.venue.Sent("dead_mans_switch_end").size(), 1u);
}

}  // namespace
}  // namespace colibri::conformance
