// That the suite notices: cases that must fail, each for its reason.
#include "tests/conformance/conformance_case.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/conformance/capabilities.h"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

ConformanceCase CaseOf(void (*body)(VenueUnderTest&), std::vector<std::string> envelopes = {}) {
  return {.id = "Kit",
          .name = "Kit",
          .capabilities = {"trading"},
          .envelopes = std::move(envelopes),
          .body = body};
}

TEST(ConformanceCaseTest, FailsWithoutAnEnvelopeOfItsList) {
  const auto nothing = [](VenueUnderTest&) {};
  EXPECT_THAT(FailuresOf(CaseOf(nothing, {"no_such_envelope"}), "binance"),
              Contains(HasSubstr("tests/conformance/binance/no_such_envelope.json")));
}

TEST(ConformanceCaseTest, FailsWithAnEnvelopeThatItDidNotUse) {
  const auto nothing = [](VenueUnderTest&) {};
  EXPECT_THAT(FailuresOf(CaseOf(nothing, {"stream_open"}), "binance"),
              Contains(HasSubstr("stream_open and did not use it")));
}

TEST(ConformanceCaseTest, FailsAtARequestThatHasOtherFields) {
  const auto dearer = [](VenueUnderTest& at) {
    ASSERT_OK(at.Start());
    OrderRequest request = at.Request();
    request.price = Price(Decimal::Parse("99.5").value());
    at.Place(request);
  };
  EXPECT_THAT(FailuresOf(CaseOf(dearer), "binance"),
              Contains(HasSubstr("price is \"99.5\" and should be \"99.99\"")));
}

TEST(ConformanceCaseTest, FailsAtARequestThatHasNoEnvelope) {
  const auto market = [](VenueUnderTest& at) {
    ASSERT_OK(at.Start());
    OrderRequest request = at.Request();
    request.type = OrderType::kMarket;
    request.price = std::nullopt;
    at.Place(request);
  };
  EXPECT_THAT(FailuresOf(CaseOf(market), "binance"),
              Contains(HasSubstr("no envelope is for POST /api/v3/order")));
}

TEST(ConformanceCaseTest, FailsWhenAnInvariantDoes) {
  const auto twice = [](VenueUnderTest& at) {
    ASSERT_OK(at.Start());
    at.Place();
    at.events.push_back(at.All<OrderCreated>().back());
  };
  EXPECT_THAT(FailuresOf(CaseOf(twice), "binance"), Contains(HasSubstr("was created twice")));
}

TEST(ConformanceCaseTest, SaysNothingOfACaseThatHolds) {
  const auto starts = [](VenueUnderTest& at) { ASSERT_OK(at.Start()); };
  EXPECT_THAT(FailuresOf(CaseOf(starts, {"rules"}), "binance"), IsEmpty());
}

TEST(ConformanceCaseTest, AppliesToVenuesThatClaimAllItNeeds) {
  VenueSpec spec;
  ConformanceCase wanted = CaseOf(nullptr);
  wanted.capabilities = {"trading", "hedge_mode"};
  EXPECT_FALSE(wanted.AppliesTo(spec));
  spec.position_modes = {PositionMode::kOneWay, PositionMode::kHedge};
  EXPECT_TRUE(wanted.AppliesTo(spec));
  spec.capabilities.can_trade = false;
  EXPECT_FALSE(wanted.AppliesTo(spec));
}

}  // namespace
}  // namespace colibri::conformance
