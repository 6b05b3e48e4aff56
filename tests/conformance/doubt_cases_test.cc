// Cases 34 to 39, which called an order lost after four errors: here it is in doubt until the venue
// has told (S17 to S23), and what is in doubt can be canceled, filled and found. And the outcome of
// every request of an order's life unknown in turn.
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

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

// The order is at the venue, its answer is lost, and the venue tells nothing of it when asked.
ClientOrderId PlaceInDoubt(VenueUnderTest& at) {
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "place"                            ? Fault::kCutAfter
           : kind == "order" || kind == "open_orders" ? Fault::kServerErrorBefore
                                                      : Fault::kNone;
  };
  const ClientOrderId id = at.Place();
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt"));
  EXPECT_TRUE(at.OrderOf(id).is_in_doubt);
  return id;
}

CONFORMANCE_CASE(Spot34,
                 LearnsOfAPartWhenTheVenueAnswersAgain,
                 Needs("trading", "query_by_client_order_id"),
                 Reads("order_part", "trades_part")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = PlaceInDoubt(at);
  at.venue.SetOrderState("part");
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "open_orders" ? Fault::kServerErrorBefore : Fault::kNone;
  };
  at.Run(absl::Seconds(20));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_created", "order_filled"));  // S20
  at.ExpectFill(at.First<OrderFilled>().fill, at.venue.Expected("trades_part"));
  EXPECT_EQ(at.StateOf(id), OrderState::kPartiallyFilled);
  EXPECT_FALSE(at.OrderOf(id).is_in_doubt);
}

CONFORMANCE_CASE(Spot35,
                 CancelsAnOrderInDoubt,
                 Needs("trading", "cancel_by_client_order_id"),
                 Reads("cancel_ok")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = PlaceInDoubt(at);
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Seconds(1));
  EXPECT_FALSE(at.OrderOf(id).is_in_doubt);
  at.venue.fault = nullptr;  // where the cancel's answer does not end the order
  at.Run(absl::Seconds(10));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_created", "order_canceled"));
  EXPECT_EQ(at.venue.open_orders(), 0u);
}

CONFORMANCE_CASE(Spot36,
                 KeepsAnOrderInDoubtWhoseCancelIsRefused,
                 Needs("trading"),
                 Reads("cancel_refused")) {
  ASSERT_OK(at.Start());
  const ClientOrderId id = PlaceInDoubt(at);
  at.venue.Next("cancel_refused");
  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "cancel_rejected"));
  EXPECT_TRUE(at.OrderOf(id).is_open());
}

CONFORMANCE_CASE(Spot37,
                 EndsADoubtWhenTheVenueHasNotGotTheOrder,
                 Needs("trading", "query_by_client_order_id"),
                 Reads("order_not_found")) {
  ASSERT_OK(at.Start());
  at.venue.fault = [](int, std::string_view kind) {
    return kind == "place" ? Fault::kCutBefore : Fault::kNone;
  };
  at.Place();
  at.Run(absl::Seconds(5));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt"));  // once is no proof
  at.Run(absl::Minutes(1));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_rejected"));
  EXPECT_EQ(at.venue.SentOfKind("place"), 1u);
}

CONFORMANCE_CASE(Spot38, HearsOfACancelInDoubt, Needs("trading"), Reads("stream_canceled")) {
  ASSERT_OK(at.Start());
  PlaceInDoubt(at);
  at.venue.Push("stream_canceled");
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_created", "order_canceled"));  // S18
}

CONFORMANCE_CASE(Spot39, HearsOfAFillInDoubt, Needs("trading"), Reads("stream_fill_full")) {
  ASSERT_OK(at.Start());
  PlaceInDoubt(at);
  at.venue.Push("stream_fill_full");
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen,
              ElementsAre("order_in_doubt", "order_created", "order_filled", "order_completed"));
}

// Places and cancels, with a fault at the Nth request from there on. Returns how many there were.
int LiveThrough(std::string_view name, int step, Fault fault) {
  VenueUnderTest at(name);
  EXPECT_OK(at.Start());
  const int before = at.venue.steps();
  const size_t places = at.venue.SentOfKind("place");
  std::string hit;
  at.venue.fault = [&](int now, std::string_view kind) {
    if (now - before != step) {
      return Fault::kNone;
    }
    hit = std::string(kind);
    return fault;
  };
  const ClientOrderId id = at.Place();
  at.Run(absl::Seconds(1));
  if (at.OrderOf(id).is_open()) {
    EXPECT_OK(at.exchange->Cancel(id));
  }
  at.Run(absl::Minutes(3));
  const std::string where = StrCat(ToString(fault), " at request ", step, ", a ", hit);
  EXPECT_FALSE(at.OrderOf(id).is_open()) << where;
  EXPECT_EQ(at.venue.open_orders(), 0u) << where;
  EXPECT_EQ(at.venue.SentOfKind("place") - places, 1u) << where << ": sent twice";
  const bool was_taken = hit != "place" || IsDone(fault);
  EXPECT_EQ(at.StateOf(id), was_taken ? OrderState::kCanceled : OrderState::kRejected) << where;
  EXPECT_EQ(at.Count("order_created"), was_taken ? 1 : 0) << where;
  at.CheckInvariants();
  return at.venue.steps() - before;
}

CONFORMANCE_CASE(Beyond10, KnowsTheTruthWhateverRequestIsLost, Needs("trading"), Reads("venue")) {
  // Beyond these the rounds of the reconciler repeat.
  constexpr int kStepsMax = 8;
  for (const Fault fault : {Fault::kNotSent,
                            Fault::kCutBefore,
                            Fault::kCutAfter,
                            Fault::kTimeoutAfter,
                            Fault::kServerErrorBefore,
                            Fault::kServerErrorAfter,
                            Fault::kUnreadableAfter}) {
    int steps = kStepsMax;
    for (int step = 1; step <= std::min(steps, kStepsMax); ++step) {
      steps = LiveThrough(at.spec.name, step, fault);
    }
  }
}

// The lane is closed for as long as the venue says (S49); what would go late does not go (S55).
CONFORMANCE_CASE(Beyond11,
                 WaitsAsLongAsTheVenueSays,
                 Needs("trading"),
                 Reads("place_rate_limited", "place_open")) {
  ASSERT_OK(at.Start());
  at.venue.Next("place_rate_limited");
  const absl::Time limited_at = at.environment.clock().now();
  const Json expected = at.venue.Expected("place_rate_limited");
  const absl::Duration wait = absl::Seconds(std::stoi(BodyText(expected.at("retry_after"))));
  at.Place();
  at.Run(absl::Seconds(1));
  EXPECT_EQ(at.Count("order_in_doubt"), 0);
  EXPECT_EQ(at.venue.SentOfKind("place"), 1u);
  at.Run(absl::Seconds(1));
  at.exchange->Place(at.Request()).IgnoreError();  // refused here, or too late when the lane opens
  at.environment.RunUntil(limited_at + wait - absl::Milliseconds(10));
  EXPECT_EQ(at.venue.SentOfKind("place"), 1u);
  at.environment.RunUntil(limited_at + wait + absl::Seconds(1));
  const ClientOrderId id = at.Place();
  at.Run(absl::Seconds(1));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
}

CONFORMANCE_CASE(Beyond12,
                 HealsItsClockAndSendsOnceMore,
                 Needs("trading"),
                 Reads("place_clock_skew", "place_open", "server_time")) {
  ASSERT_OK(at.Start());
  at.venue.Next("place_clock_skew");
  const ClientOrderId id = at.Place();
  at.Run(absl::Seconds(5));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(at.venue.SentOfKind("place"), 2u);
  EXPECT_THAT(at.seen, ElementsAre("order_created"));
}

}  // namespace
}  // namespace colibri::conformance
