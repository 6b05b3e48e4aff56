#include "core/decimal.h"

#include <limits>
#include <random>
#include <sstream>
#include <vector>

#include "absl/hash/hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/naive_integer.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

constexpr Int128 kMaxUnits = -(kLowestInt128 + 1);
constexpr Rounding kAllRoundings[] = {
    Rounding::kDown, Rounding::kUp, Rounding::kToZero, Rounding::kHalfEven};

Decimal D(std::string_view text) {
  return Decimal::Parse(text).value();
}

TEST(DecimalTest, RefusesTextThatIsNoPlainNumber) {
  for (const std::string_view text : {"",
                                      "-",
                                      "+",
                                      ".",
                                      "-.",
                                      "1.",
                                      ".5",
                                      "1e5",
                                      "1E5",
                                      "1e-7",
                                      " 1",
                                      "1 ",
                                      "1,5",
                                      "--1",
                                      "+-1",
                                      "1.2.3",
                                      "0x10",
                                      "nan",
                                      "inf",
                                      "1_000",
                                      "\xef\xbc\x91",
                                      "1.-2",
                                      "12345678901234567890x",
                                      "1.123456789012345678901x"}) {
    EXPECT_THAT(Decimal::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(DecimalTest, RefusesTextWithAnEmbeddedZeroByte) {
  EXPECT_THAT(Decimal::Parse(std::string_view("1\0", 2)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DecimalTest, NamesTheBadTextAndEscapesIt) {
  EXPECT_THAT(Decimal::Parse("12\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"12\\n\"")));
}

TEST(DecimalTest, RefusesMoreThan18Decimals) {
  EXPECT_THAT(Decimal::Parse("0.1234567890123456789"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("18 decimals")));
}

TEST(DecimalTest, AcceptsZerosBeyondThe18thDecimal) {
  EXPECT_THAT(Decimal::Parse("0.1000000000000000000000000000000"), IsOkAndHolds(D("0.1")));
}

TEST(DecimalTest, ParsesUpToItsRangeAndNotBeyond) {
  EXPECT_THAT(Decimal::Parse("170141183460469231731.687303715884105727"),
              IsOkAndHolds(Decimal::FromUnits(kMaxUnits)));
  EXPECT_THAT(Decimal::Parse("-170141183460469231731.687303715884105727"),
              IsOkAndHolds(Decimal::FromUnits(-kMaxUnits)));
  for (const std::string_view text : {"170141183460469231731.687303715884105728",
                                      "-170141183460469231731.687303715884105728",
                                      "170141183460469231732",
                                      "340282366920938463463.374607431768211457",
                                      "99999999999999999999999999999999999999999999999999999999"}) {
    EXPECT_THAT(Decimal::Parse(text), StatusIs(absl::StatusCode::kOutOfRange)) << text;
  }
}

TEST(DecimalTest, ParsesSignsAndLeadingZeros) {
  EXPECT_EQ(D("-12.5").units(), -Int128{12'500'000'000'000'000'000ULL});
  EXPECT_EQ(D("+7"), Decimal::FromInteger(7));
  EXPECT_EQ(D("0000000000000000000000000000000000000000000000000000001.50"), D("1.5"));
  EXPECT_EQ(D("-0"), Decimal());
  EXPECT_FALSE(D("-0.000").is_negative());
}

TEST(DecimalTest, PrintsTheShortestPlainText) {
  EXPECT_EQ(D("0.10").ToString(), "0.1");
  EXPECT_EQ(D("-3.000").ToString(), "-3");
  EXPECT_EQ(D("0").ToString(), "0");
  EXPECT_EQ(D("-0.000000000000000001").ToString(), "-0.000000000000000001");
  EXPECT_EQ(D("61837.63000000").ToString(), "61837.63");
  EXPECT_EQ(Decimal::FromUnits(-kMaxUnits).ToString(), "-170141183460469231731.687303715884105727");
  EXPECT_EQ(D("18446744073709551615").ToString(), "18446744073709551615");  // all of 64 bits
  EXPECT_EQ(D("18446744073709551616.5").ToString(), "18446744073709551616.5");
  EXPECT_EQ(D("100000000000000000001").ToString(), "100000000000000000001");
  std::ostringstream out;
  out << D("1.25");
  EXPECT_EQ(out.str(), "1.25");
}

TEST(DecimalTest, PrintsWithAFixedNumberOfDecimals) {
  EXPECT_EQ(D("1.5").ToFixed(4), "1.5000");
  EXPECT_EQ(D("-0.05").ToFixed(2), "-0.05");
  EXPECT_EQ(D("12").ToFixed(0), "12");
  EXPECT_EQ(D("0").ToFixed(18), "0.000000000000000000");
}

TEST(DecimalDeathTest, FixedPrintOfAFinerValueIsAMistake) {
  EXPECT_DEATH(D("1.55").ToFixed(1), "CHECK failed");
}

TEST(DecimalTest, CountsItsDecimals) {
  EXPECT_EQ(D("100").decimals(), 0);
  EXPECT_EQ(D("0.01").decimals(), 2);
  EXPECT_EQ(D("-1.250").decimals(), 2);
  EXPECT_EQ(D("0.000000000000000001").decimals(), 18);
}

TEST(DecimalTest, ConvertsToAScaledIntegerOrSaysWhyNot) {
  EXPECT_THAT(D("61837.63").ToScaled(2), IsOkAndHolds(6183763));
  EXPECT_THAT(D("-0.5").ToScaled(1), IsOkAndHolds(-5));
  EXPECT_THAT(D("61837.635").ToScaled(2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("61837.635 is finer than 2")));
  EXPECT_THAT(D("9223372036854775807").ToScaled(0),
              IsOkAndHolds(std::numeric_limits<int64_t>::max()));
  EXPECT_THAT(D("-9223372036854775808").ToScaled(0),
              IsOkAndHolds(std::numeric_limits<int64_t>::min()));
  EXPECT_THAT(D("9223372036854775808").ToScaled(0), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(D("10").ToScaled(18), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(DecimalTest, ComesFromAScaledInteger) {
  EXPECT_EQ(Decimal::FromScaled(6183763, 2), D("61837.63"));
  EXPECT_EQ(Decimal::FromScaled(std::numeric_limits<int64_t>::min(), 0), D("-9223372036854775808"));
  EXPECT_EQ(Decimal::FromScaled(-1, 18).units(), -1);
}

TEST(DecimalTest, AddsAndSubtractsExactly) {
  EXPECT_EQ(D("0.1") + D("0.2"), D("0.3"));
  EXPECT_EQ(D("0.1") - D("0.3"), D("-0.2"));
  Decimal sum = D("1");
  sum += D("2.5");
  sum -= D("0.25");
  EXPECT_EQ(sum, D("3.25"));
  EXPECT_EQ(Abs(D("-4")), D("4"));
}

TEST(DecimalTest, OrdersByValue) {
  EXPECT_LT(D("-2"), D("-1.5"));
  EXPECT_GT(D("0.1"), D("0.09"));
  EXPECT_EQ(D("1.0"), D("1"));
  EXPECT_EQ(absl::Hash<Decimal>()(D("1.0")), absl::Hash<Decimal>()(D("1")));
}

TEST(DecimalDeathTest, SumBeyondTheRangeIsAMistake) {
  const Decimal max = Decimal::FromUnits(kMaxUnits);
  const Decimal unit = Decimal::FromUnits(1);
  EXPECT_DEATH(max + unit, "CHECK failed");
  EXPECT_DEATH(-max - unit, "CHECK failed");
  EXPECT_DEATH(Decimal::FromUnits(kLowestInt128), "CHECK failed");
}

TEST(DecimalTest, CheckedSumBeyondTheRangeIsOutOfRange) {
  const Decimal max = Decimal::FromUnits(kMaxUnits);
  const Decimal unit = Decimal::FromUnits(1);
  EXPECT_THAT(CheckedAdd(max, unit), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CheckedAdd(-max, -unit), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CheckedAdd(-max, -max), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CheckedAdd(max, -max), IsOkAndHolds(Decimal()));
}

TEST(DecimalTest, RefusesAProductBeyondTheRange) {
  EXPECT_THAT(Multiply(D("20000000000"), D("20000000000"), Rounding::kDown),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("20000000000")));
  EXPECT_THAT(
      Multiply(Decimal::FromUnits(kMaxUnits), Decimal::FromUnits(-kMaxUnits), Rounding::kDown),
      StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(Multiply(Decimal::FromUnits(kMaxUnits), D("1"), Rounding::kUp),
              IsOkAndHolds(Decimal::FromUnits(kMaxUnits)));
}

TEST(DecimalTest, RefusesDivisionByZeroAndAQuotientBeyondTheRange) {
  EXPECT_THAT(Divide(D("1"), D("0"), Rounding::kDown),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("by zero")));
  EXPECT_THAT(Divide(D("1000000"), D("0.000000000000000001"), Rounding::kDown),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(DecimalTest, MultipliesExactlyWhereItCan) {
  EXPECT_THAT(Multiply(D("61837.63"), D("0.00154"), Rounding::kHalfEven),
              IsOkAndHolds(D("95.2299502")));
  EXPECT_THAT(Multiply(D("-100.5"), D("2"), Rounding::kDown), IsOkAndHolds(D("-201")));
}

struct RoundingCase {
  std::string_view a, b;
  std::string_view down, up, to_zero, half_even;
};

TEST(DecimalTest, RoundsProductsInAllFourWays) {
  // Products of whole units with halves of a unit.
  const RoundingCase cases[] = {
      {"0.000000000000000001", "0.5", "0", "0.000000000000000001", "0", "0"},
      {"0.000000000000000003",
       "0.5",
       "0.000000000000000001",
       "0.000000000000000002",
       "0.000000000000000001",
       "0.000000000000000002"},
      {"-0.000000000000000001", "0.5", "-0.000000000000000001", "0", "0", "0"},
      {"-0.000000000000000003",
       "0.5",
       "-0.000000000000000002",
       "-0.000000000000000001",
       "-0.000000000000000001",
       "-0.000000000000000002"},
      {"0.000000000000000001",
       "0.500000000000000001",
       "0",
       "0.000000000000000001",
       "0",
       "0.000000000000000001"},
      {"-0.000000000000000001", "0.499999999999999999", "-0.000000000000000001", "0", "0", "0"},
  };
  for (const RoundingCase& c : cases) {
    EXPECT_THAT(Multiply(D(c.a), D(c.b), Rounding::kDown), IsOkAndHolds(D(c.down)));
    EXPECT_THAT(Multiply(D(c.a), D(c.b), Rounding::kUp), IsOkAndHolds(D(c.up)));
    EXPECT_THAT(Multiply(D(c.a), D(c.b), Rounding::kToZero), IsOkAndHolds(D(c.to_zero)));
    EXPECT_THAT(Multiply(D(c.a), D(c.b), Rounding::kHalfEven), IsOkAndHolds(D(c.half_even)));
  }
}

TEST(DecimalTest, RoundsQuotientsInAllFourWays) {
  EXPECT_THAT(Divide(D("2"), D("3"), Rounding::kDown), IsOkAndHolds(D("0.666666666666666666")));
  EXPECT_THAT(Divide(D("2"), D("3"), Rounding::kUp), IsOkAndHolds(D("0.666666666666666667")));
  EXPECT_THAT(Divide(D("-2"), D("3"), Rounding::kDown), IsOkAndHolds(D("-0.666666666666666667")));
  EXPECT_THAT(Divide(D("2"), D("-3"), Rounding::kUp), IsOkAndHolds(D("-0.666666666666666666")));
  EXPECT_THAT(Divide(D("-2"), D("-3"), Rounding::kToZero), IsOkAndHolds(D("0.666666666666666666")));
  EXPECT_THAT(Divide(D("1"), D("3"), Rounding::kHalfEven), IsOkAndHolds(D("0.333333333333333333")));
}

TEST(DecimalTest, RoundsToAMultipleInAllFourWays) {
  const Decimal step = D("0.25");
  EXPECT_EQ(D("1.3").RoundToMultiple(step, Rounding::kDown), D("1.25"));
  EXPECT_EQ(D("1.3").RoundToMultiple(step, Rounding::kUp), D("1.5"));
  EXPECT_EQ(D("-1.3").RoundToMultiple(step, Rounding::kDown), D("-1.5"));
  EXPECT_EQ(D("-1.3").RoundToMultiple(step, Rounding::kUp), D("-1.25"));
  EXPECT_EQ(D("-1.3").RoundToMultiple(step, Rounding::kToZero), D("-1.25"));
  EXPECT_EQ(D("1.375").RoundToMultiple(step, Rounding::kHalfEven), D("1.5"));
  EXPECT_EQ(D("1.125").RoundToMultiple(step, Rounding::kHalfEven), D("1"));
  EXPECT_EQ(D("1.25").RoundToMultiple(step, Rounding::kUp), D("1.25"));
  EXPECT_TRUE(D("1.25").IsMultipleOf(step));
  EXPECT_FALSE(D("1.26").IsMultipleOf(step));
}

TEST(DecimalTest, RoundsToTheOtherNeighbourWhereOneIsOutOfRange) {
  const Decimal step = D("100000000000000000000");
  EXPECT_EQ(D("160000000000000000000").RoundToMultiple(step, Rounding::kUp), step);
  EXPECT_EQ(D("-160000000000000000000").RoundToMultiple(step, Rounding::kHalfEven), -step);
}

TEST(DecimalDeathTest, StepThatIsNotPositiveIsAMistake) {
  EXPECT_DEATH(D("1").RoundToMultiple(D("0"), Rounding::kDown), "CHECK failed");
  EXPECT_DEATH((void)D("1").IsMultipleOf(D("-1")), "CHECK failed");
}

TEST(DecimalTest, ApproximatesADouble) {
  EXPECT_DOUBLE_EQ(D("61837.63").ToDouble(), 61837.63);
  EXPECT_DOUBLE_EQ(D("-0.5").ToDouble(), -0.5);
}

// The oracle compares all roundings of product and quotient; the units differ in size, so that each
// path of the wide division is taken.
void ExpectEqualsNaive(Int128 a, Int128 b) {
  for (const Rounding rounding : kAllRoundings) {
    const absl::StatusOr<Decimal> product =
        Multiply(Decimal::FromUnits(a), Decimal::FromUnits(b), rounding);
    EXPECT_EQ(product.ok() ? NaiveUnits(*product) : "",
              NaiveMultiplyThenDivide(a, b, Decimal::kOne, rounding))
        << Decimal::FromUnits(a) << " * " << Decimal::FromUnits(b);
    if (b != 0) {
      const absl::StatusOr<Decimal> quotient =
          Divide(Decimal::FromUnits(a), Decimal::FromUnits(b), rounding);
      EXPECT_EQ(quotient.ok() ? NaiveUnits(*quotient) : "",
                NaiveMultiplyThenDivide(a, Decimal::kOne, b, rounding))
          << Decimal::FromUnits(a) << " / " << Decimal::FromUnits(b);
    }
  }
}

TEST(DecimalTest, EqualsTheNaiveOracleOnEdges) {
  std::vector<Int128> edges = {0,
                               1,
                               2,
                               3,
                               Decimal::kOne - 1,
                               Decimal::kOne,
                               Decimal::kOne + 1,
                               Decimal::kOne / 2,
                               Decimal::kOne / 2 + 1,
                               3 * (Decimal::kOne / 2),
                               kMaxUnits,
                               kMaxUnits - 1,
                               kMaxUnits / 2,
                               kMaxUnits / 3,
                               Int128{Decimal::kOne} * Decimal::kOne};
  for (const int bit : {63, 64, 126}) {
    edges.push_back(Int128{1} << bit);
    edges.push_back((Int128{1} << bit) - 1);
    edges.push_back((Int128{1} << bit) + 1);
  }
  for (const Int128 a : edges) {
    for (const Int128 b : edges) {
      ExpectEqualsNaive(a, b);
      ExpectEqualsNaive(-a, b);
    }
  }
}

Int128 RandomUnits(std::mt19937_64& random) {
  const Uint128 bits = (Uint128{random()} << 64) | random();
  const auto magnitude = static_cast<Int128>(bits >> (1 + random() % 127));
  return random() % 2 == 0 ? magnitude : -magnitude;
}

TEST(DecimalTest, EqualsTheNaiveOracleOnRandomValues) {
  std::mt19937_64 random(20250101);
  for (int i = 0; i < 2'000 && !testing::Test::HasFailure(); ++i) {
    ExpectEqualsNaive(RandomUnits(random), RandomUnits(random));
  }
}

TEST(DecimalTest, PrintAndParseAreInverse) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal value = Decimal::FromUnits(RandomUnits(random));
    ASSERT_THAT(Decimal::Parse(value.ToString()), IsOkAndHolds(value));
    ASSERT_THAT(Decimal::Parse(value.ToFixed(18)), IsOkAndHolds(value));
  }
}

}  // namespace
}  // namespace colibri
