#include "core/units.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

template <typename A, typename B>
concept Addable = requires(A a, B b) { a + b; };
template <typename A, typename B>
concept Multipliable = requires(A a, B b) { a* b; };
template <typename A, typename B>
concept Comparable = requires(A a, B b) { a < b; };

static_assert(Addable<Price, Price>);
static_assert(!Addable<Price, Quantity>);
static_assert(!Addable<Notional, Price>);
static_assert(!Addable<Price, Decimal>);
static_assert(Multipliable<Price, Quantity> && Multipliable<Quantity, Price>);
static_assert(!Multipliable<Price, Price>);
static_assert(!Comparable<Price, Quantity>);
static_assert(!std::is_convertible_v<Decimal, Price> && !std::is_convertible_v<Price, Quantity>);

Price P(std::string_view text) {
  return Price::Parse(text).value();
}
Quantity Q(std::string_view text) {
  return Quantity::Parse(text).value();
}
Notional N(std::string_view text) {
  return Notional::Parse(text).value();
}

TEST(UnitsTest, ParsingPassesTheErrorOn) {
  EXPECT_THAT(Price::Parse("abc"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(UnitsTest, RefusesAProductBeyondTheRange) {
  EXPECT_THAT(CheckedMultiply(P("100000000000"), Q("100000000000")),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(UnitsDeathTest, ProductBeyondTheRangeIsAMistake) {
  EXPECT_DEATH(P("100000000000") * Q("100000000000"), "CHECK failed");
}

TEST(UnitsTest, RefusesDivisionByNoQuantity) {
  EXPECT_THAT(Divide(N("1"), Q("0"), Rounding::kHalfEven), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(UnitsTest, PriceTimesQuantityIsAnExactNotional) {
  EXPECT_EQ(P("61837.63") * Q("0.00154"), N("95.2299502"));
  EXPECT_EQ(Q("0.00154") * P("61837.63"), N("95.2299502"));
  EXPECT_THAT(CheckedMultiply(P("0.00000001"), Q("0.0000000001")),
              IsOkAndHolds(N("0.000000000000000001")));
}

TEST(UnitsTest, NotionalOverQuantityIsAPrice) {
  EXPECT_THAT(Divide(N("201"), Q("2"), Rounding::kHalfEven), IsOkAndHolds(P("100.5")));
  EXPECT_THAT(Divide(N("1"), Q("3"), Rounding::kUp), IsOkAndHolds(P("0.333333333333333334")));
}

TEST(UnitsTest, ScalesByAFactor) {
  EXPECT_THAT(Scale(P("100"), Decimal::FromScaled(1001, 3), Rounding::kDown),
              IsOkAndHolds(P("100.1")));
  EXPECT_THAT(Scale(P("100000000000"), Decimal::FromInteger(10'000'000'000), Rounding::kDown),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(UnitsTest, AddsComparesAndPrintsLikeItsDecimal) {
  EXPECT_EQ(Price::FromScaled(6183763, 2) + P("0.37"), P("61838"));
  EXPECT_EQ(-Q("1.5"), Q("0.5") - Q("2"));
  EXPECT_LT(Q("0.1"), Q("0.11"));
  std::ostringstream out;
  out << P("0.50");
  EXPECT_EQ(out.str(), "0.5");
}

}  // namespace
}  // namespace colibri
