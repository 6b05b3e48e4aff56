// Cases 21 to 33: balances, and orders that change at the venue, found by asking and by listening.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "nlohmann/json.hpp"
#include "tests/conformance/conformance_case.h"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;

// Long enough for a round of the reconciler, with orders open.
constexpr absl::Duration kRound = absl::Seconds(40);

void ExpectBalances(const VenueUnderTest& at, const Json& expected) {
  for (const auto& [asset, balance] : expected.items()) {
    EXPECT_EQ(at.exchange->balance(asset).total, DecimalOf(balance.at("total"))) << asset;
    EXPECT_EQ(at.exchange->balance(asset).available, DecimalOf(balance.at("available"))) << asset;
  }
}

CONFORMANCE_CASE(Spot21, ReadsTheBalances, Needs("trading"), Reads("balances")) {
  ASSERT_OK(at.Start());
  ExpectBalances(at, at.venue.Expected("balances"));
}

CONFORMANCE_CASE(Beyond06,
                 ForgetsABalanceThatIsGone,
                 Needs("trading", "spot"),
                 Reads("balances_base_only")) {
  ASSERT_OK(at.Start());
  at.venue.Always("balances_base_only");
  at.Run(absl::Minutes(1));
  ASSERT_OK(at.environment.Await(at.exchange->RefreshBalances()));
  ExpectBalances(at, at.venue.Expected("balances_base_only"));
}

// Corrected: fills come before the end, by one ordered path (S2, S3).
CONFORMANCE_CASE(Spot22,
                 FindsAFillByAsking,
                 Needs("trading"),
                 Reads("order_filled", "trades_full")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.SetOrderState("filled");
  at.Run(kRound);
  ASSERT_THAT(at.seen, ElementsAre("order_created", "order_filled", "order_completed"));
  at.ExpectFill(at.First<OrderFilled>().fill, at.venue.Expected("trades_full"));
  EXPECT_EQ(at.OrderOf(id).filled, at.OrderOf(id).quantity);
  EXPECT_FALSE(at.First<OrderCompleted>().is_incomplete);
}

CONFORMANCE_CASE(Spot23, FindsACancelByAsking, Needs("trading"), Reads("order_canceled")) {
  ASSERT_OK(at.Start());
  at.Place();
  at.venue.SetOrderState("canceled");
  at.Run(kRound);
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
}

CONFORMANCE_CASE(Spot24, LeavesAnOrderThatRests, Needs("trading"), Reads("open_orders_one")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.Run(absl::Minutes(5));
  EXPECT_THAT(at.seen, ElementsAre("order_created"));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
}

// Corrected: an error is no news of the order (S15, S16, defect 1).
CONFORMANCE_CASE(Spot25, LearnsNothingFromAnError, Needs("trading"), Reads("order_error")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.SetOrderState("hidden");
  at.venue.Always("order_error");
  at.Run(absl::Minutes(10));
  EXPECT_THAT(at.seen, ElementsAre("order_created"));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
}

CONFORMANCE_CASE(Spot26, FindsAPartByAsking, Needs("trading"), Reads("trades_part")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.SetOrderState("part");
  at.Run(kRound);
  ASSERT_THAT(at.seen, ElementsAre("order_created", "order_filled"));
  at.ExpectFill(at.First<OrderFilled>().fill, at.venue.Expected("trades_part"));
  EXPECT_EQ(at.StateOf(id), OrderState::kPartiallyFilled);
}

// Corrected: the end waits for its fills, and then says that they are missing (S4).
CONFORMANCE_CASE(Spot27,
                 SaysThatTheFillsOfAnEndAreMissing,
                 Needs("trading"),
                 Reads("order_filled", "trades_error")) {
  ASSERT_OK(at.Start());
  at.Place();
  // The list of trades is read in the same round: it has to work, or the round ends there.
  at.venue.SetOrderState("filled");
  at.venue.fault = [&at](int, std::string_view kind) {
    if (kind == "order") {
      at.venue.Always("trades_error");
    }
    return Fault::kNone;
  };
  at.venue.Always("trades_none");
  at.Run(absl::Minutes(2));
  ASSERT_THAT(at.seen, ElementsAre("order_created", "order_completed"));
  EXPECT_TRUE(at.First<OrderCompleted>().is_incomplete);
}

CONFORMANCE_CASE(Spot28,
                 HearsOfItsOrderBeforeTheAnswer,
                 Needs("trading"),
                 Reads("stream_open", "place_open")) {
  ASSERT_OK(at.Start());
  at.venue.HoldPlacements();
  const ClientOrderId id = at.Place();
  EXPECT_EQ(at.StateOf(id), OrderState::kPendingCreate);
  at.venue.NoteHeldPlacement();
  at.venue.Push("stream_open");
  at.Run(absl::Milliseconds(100));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  at.http.Release();
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen, ElementsAre("order_created"));  // S6: once
  EXPECT_FALSE(at.OrderOf(id).exchange_order_id.empty());
}

CONFORMANCE_CASE(Spot29, HearsOfACancel, Needs("trading"), Reads("stream_canceled")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.Push("stream_canceled");
  at.Run(absl::Milliseconds(100));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_EQ(at.StateOf(id), OrderState::kCanceled);
}

CONFORMANCE_CASE(Spot30, HearsOfAFill, Needs("trading"), Reads("stream_fill_full")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.Push("stream_fill_full");
  at.Run(absl::Milliseconds(100));
  ASSERT_THAT(at.seen, ElementsAre("order_created", "order_filled", "order_completed"));
  at.ExpectFill(at.First<OrderFilled>().fill, at.venue.Expected("stream_fill_full"));
  EXPECT_EQ(at.OrderOf(id).filled, at.OrderOf(id).quantity);
}

CONFORMANCE_CASE(Spot31,
                 HearsOfABalance,
                 Needs("trading", "balance_events"),
                 Reads("stream_balance")) {
  ASSERT_OK(at.Start());
  at.Run(absl::Seconds(1));
  at.venue.Push("stream_balance");
  at.Run(absl::Milliseconds(10));
  const Json expected = at.venue.Expected("stream_balance");
  const Balance balance = at.exchange->balance(BodyText(expected.at("asset")));
  EXPECT_EQ(balance.total, DecimalOf(expected.at("total")));
  if (expected.contains("available")) {  // some tell the total alone
    EXPECT_EQ(balance.available, DecimalOf(expected.at("available")));
  }
}

CONFORMANCE_CASE(Spot32, StopsAndLeavesNothingOpen, Needs("trading"), Reads("cancel_ok")) {
  ASSERT_OK(at.Start());
  at.Place();
  const ShutdownReport report = at.Stop();
  EXPECT_TRUE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_EQ(at.venue.open_orders(), 0u);
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_FALSE(at.exchange->Place(at.Request()).ok());
}

// Corrected: counted, and the next message is read at once (S42).
CONFORMANCE_CASE(Spot33,
                 GoesOnAfterAMessageThatItCannotRead,
                 Needs("trading"),
                 Reads("stream_fill_part")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  const int64_t errors = at.exchange->counters().parse_errors;
  ASSERT_NE(at.venue.Stream("private"), nullptr);
  at.venue.Stream("private")->Push(R"({"e":)");
  at.venue.Push("stream_fill_part");
  at.Run(absl::Milliseconds(100));
  EXPECT_EQ(at.exchange->counters().parse_errors, errors + 1);
  ASSERT_THAT(at.seen, ElementsAre("order_created", "order_filled"));
  at.ExpectFill(at.First<OrderFilled>().fill, at.venue.Expected("stream_fill_part"));
  EXPECT_EQ(at.StateOf(id), OrderState::kPartiallyFilled);
  EXPECT_EQ(at.venue.Connections("private"), 1u);
}

CONFORMANCE_CASE(Beyond07, CountsAFillOnce, Needs("trading"), Reads("stream_fill_part")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = at.Place();
  at.venue.Push("stream_fill_part");
  at.venue.Push("stream_fill_part");
  at.Run(kRound);  // and the list of trades has it too
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_filled"));  // S13
  EXPECT_EQ(at.OrderOf(id).filled,
            Quantity(DecimalOf(at.venue.Expected("stream_fill_part").at("quantity"))));
}

CONFORMANCE_CASE(Beyond08,
                 TakesAFillForTheAcknowledgement,
                 Needs("trading"),
                 Reads("stream_fill_part", "place_open")) {
  ASSERT_OK(at.Start());
  at.venue.HoldPlacements();
  const ClientOrderId id = at.Place();
  at.venue.NoteHeldPlacement();
  at.venue.Push("stream_fill_part");
  at.Run(absl::Milliseconds(100));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_filled"));  // S2
  at.http.Release();
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_filled"));
  EXPECT_EQ(at.StateOf(id), OrderState::kPartiallyFilled);  // S5
}

CONFORMANCE_CASE(Beyond09,
                 FindsWhatThePrivateStreamMissed,
                 Needs("trading"),
                 Reads("private_session", "order_filled", "trades_full")) {
  ASSERT_OK(at.Start());
  at.Place();
  at.Run(absl::Seconds(1));
  at.venue.SetOrderState("filled");
  at.venue.Break("private");
  at.Run(absl::Seconds(5));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_filled", "order_completed"));  // S40
  EXPECT_EQ(at.venue.Connections("private"), 2u);
}

}  // namespace
}  // namespace colibri::conformance
