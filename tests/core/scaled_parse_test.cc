#include "core/scaled_parse.h"

#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"

#include "core/decimal.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/naive_decimal_text.h"

namespace colibri {
namespace {

constexpr int64_t kUntouched = -777;

struct Outcome {
  ScaledParse result;
  int64_t value;

  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << ToString(outcome.result) << ' ' << outcome.value;
}

Outcome Parsed(std::string_view text, int decimals) {
  Outcome outcome{ScaledParse::kOk, kUntouched};
  outcome.result = ParseScaled(text, decimals, outcome.value);
  return outcome;
}

TEST(ScaledParseTest, RefusesTextThatIsNoPlainNumber) {
  for (const std::string_view text : {"",
                                      "-",
                                      "+",
                                      ".",
                                      "1.",
                                      ".5",
                                      "-.5",
                                      "1e5",
                                      " 1",
                                      "1 ",
                                      "1,5",
                                      "--1",
                                      "1.2.3",
                                      "1.5x",
                                      "1.55x",
                                      "1.500x",
                                      "nan",
                                      "99999999999999999999x",
                                      "99999999999999999999.x"}) {
    EXPECT_EQ(Parsed(text, 2), (Outcome{ScaledParse::kNotANumber, kUntouched})) << text;
  }
}

TEST(ScaledParseTest, RefusesDigitsBeyondTheScale) {
  EXPECT_EQ(Parsed("61837.635", 2), (Outcome{ScaledParse::kTooFine, kUntouched}));
  EXPECT_EQ(Parsed("1.000000000000000000000001", 18), (Outcome{ScaledParse::kTooFine, kUntouched}));
  EXPECT_EQ(Parsed("0.1", 0), (Outcome{ScaledParse::kTooFine, kUntouched}));
}

TEST(ScaledParseTest, RefusesWhatDoesNotFitInto64Bits) {
  for (const std::string_view text : {"92233720368547758.08",
                                      "-92233720368547758.09",
                                      "92233720368547759",
                                      "99999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(Parsed(text, 2), (Outcome{ScaledParse::kTooLarge, kUntouched})) << text;
  }
  EXPECT_EQ(Parsed("10", 18), (Outcome{ScaledParse::kTooLarge, kUntouched}));
}

TEST(ScaledParseTest, NamesTheFirstOfSeveralErrors) {
  EXPECT_EQ(Parsed("99999999999999999999.001x", 2).result, ScaledParse::kNotANumber);
  EXPECT_EQ(Parsed("99999999999999999999.001", 2).result, ScaledParse::kTooFine);
}

TEST(ScaledParseTest, ReadsUpToTheLimitsOf64Bits) {
  EXPECT_EQ(Parsed("92233720368547758.07", 2),
            (Outcome{ScaledParse::kOk, std::numeric_limits<int64_t>::max()}));
  EXPECT_EQ(Parsed("-92233720368547758.08", 2),
            (Outcome{ScaledParse::kOk, std::numeric_limits<int64_t>::min()}));
  EXPECT_EQ(Parsed("9.223372036854775807", 18),
            (Outcome{ScaledParse::kOk, std::numeric_limits<int64_t>::max()}));
}

TEST(ScaledParseTest, ReadsPricesAsVenuesSendThem) {
  EXPECT_EQ(Parsed("61837.63000000", 2), (Outcome{ScaledParse::kOk, 6183763}));
  EXPECT_EQ(Parsed("61837", 2), (Outcome{ScaledParse::kOk, 6183700}));
  EXPECT_EQ(Parsed("61837.6", 2), (Outcome{ScaledParse::kOk, 6183760}));
  EXPECT_EQ(Parsed("0.00000000", 5), (Outcome{ScaledParse::kOk, 0}));
  EXPECT_EQ(Parsed("-0.00154000", 5), (Outcome{ScaledParse::kOk, -154}));
  EXPECT_EQ(Parsed("+1.5", 1), (Outcome{ScaledParse::kOk, 15}));
  EXPECT_EQ(Parsed("1.000000", 0), (Outcome{ScaledParse::kOk, 1}));
}

TEST(ScaledParseTest, AcceptsAnyNumberOfZerosAround) {
  EXPECT_EQ(Parsed("000000000000000000000000001.5", 1), (Outcome{ScaledParse::kOk, 15}));
  EXPECT_EQ(Parsed("1.50000000000000000000000000000", 1), (Outcome{ScaledParse::kOk, 15}));
}

TEST(ScaledParseDeathTest, ScaleBeyond18IsAMistake) {
  int64_t value = 0;
  EXPECT_DEATH((void)ParseScaled("1", 19, value), "CHECK failed");
  EXPECT_DEATH((void)ParseScaled("1", -1, value), "CHECK failed");
}

TEST(ScaledParseTest, EqualsDecimalOnRandomNumbers) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 100'000; ++i) {
    const int text_decimals = static_cast<int>(random() % 19);
    const auto mantissa = static_cast<int64_t>(random()) >> (random() % 63);
    const Decimal value = Decimal::FromScaled(mantissa, text_decimals);
    const int decimals = static_cast<int>(random() % 19);
    const absl::StatusOr<int64_t> expected = value.ToScaled(decimals);
    const Outcome parsed = Parsed(value.ToFixed(text_decimals), decimals);
    ASSERT_EQ(parsed.result,
              expected.ok()                           ? ScaledParse::kOk
              : absl::IsOutOfRange(expected.status()) ? ScaledParse::kTooLarge
                                                      : ScaledParse::kTooFine)
        << value << " at " << decimals;
    ASSERT_EQ(parsed.value, expected.ok() ? *expected : kUntouched);
  }
}

// Numbers of a book, most of which take the short way; each with one character replaced by another.
TEST(ScaledParseTest, EqualsTheNaiveReaderOnDamagedNumbers) {
  const NaiveInteger max("9223372036854775807");
  const NaiveInteger max_negative("9223372036854775808");
  std::mt19937_64 random(5);
  constexpr std::string_view kOthers = "0123456789.-+ ex/:\xff";
  for (int i = 0; i < 100'000; ++i) {
    std::string text = std::to_string(random() >> (random() % 64));
    text.insert(random() % (text.size() + 1), ".");
    text.append(random() % 10, '0');
    if (random() % 4 == 0) {
      text[random() % text.size()] = kOthers[random() % kOthers.size()];
    }
    const int decimals = static_cast<int>(random() % 19);
    const NaiveDecimalText expected = ReadNaively(text, decimals, max, max_negative);
    const Outcome parsed = Parsed(text, decimals);
    ASSERT_EQ(parsed.result, expected.result) << text << " at " << decimals;
    if (parsed.result == ScaledParse::kOk) {
      ASSERT_EQ(std::to_string(parsed.value), expected.units) << text << " at " << decimals;
    } else {
      ASSERT_EQ(parsed.value, kUntouched);
    }
  }
}

TEST(ScaledParseTest, AllocatesNothing) {
  const AllocationCounter allocations;
  int64_t value = 0;
  EXPECT_EQ(ParseScaled("61837.63000000", 2, value), ScaledParse::kOk);
  EXPECT_EQ(ParseScaled("1.50000000000000000000000000000", 1, value), ScaledParse::kOk);
  EXPECT_EQ(allocations.count(), 0);
}

}  // namespace
}  // namespace colibri
