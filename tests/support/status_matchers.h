// GoogleMock matchers for absl::Status and absl::StatusOr, with upstream Abseil's names and shapes.
//
//   EXPECT_THAT(book.Apply(diff), IsOk());
//   EXPECT_THAT(Decimal::Parse("1.5"), IsOkAndHolds(Decimal(3) / 2));
//   EXPECT_THAT(ParsePair("x"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pair")));
//   ASSERT_OK_AND_ASSIGN(TradingPair pair, ParsePair("BTC-USDT"));
//
// StatusIs takes a code, or a matcher of one, and optionally a matcher of the message.
#pragma once

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri {
namespace internal_status {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

// Polymorphic: takes a Status or a StatusOr of anything.
class IsOkMatcher {
 public:
  using is_gtest_matcher = void;

  template <typename T>
  bool MatchAndExplain(const T& actual, std::ostream* explanation) const {
    const absl::Status& status = StatusOf(actual);
    if (!status.ok() && explanation != nullptr) {
      *explanation << "which is " << status.ToString();
    }
    return status.ok();
  }
  void DescribeTo(std::ostream* os) const { *os << "is OK"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "is not OK"; }
};

class StatusIsMatcher {
 public:
  using is_gtest_matcher = void;

  StatusIsMatcher(testing::Matcher<absl::StatusCode> code, testing::Matcher<std::string> message)
      : code_(std::move(code)), message_(std::move(message)) {}

  template <typename T>
  bool MatchAndExplain(const T& actual, std::ostream* explanation) const {
    const absl::Status& status = StatusOf(actual);
    const std::string message(status.message().data(), status.message().size());
    const bool is_match = code_.Matches(status.code()) && message_.Matches(message);
    if (!is_match && explanation != nullptr) {
      *explanation << "which is " << status.ToString();
    }
    return is_match;
  }
  void DescribeTo(std::ostream* os) const {
    *os << "has a code that ";
    code_.DescribeTo(os);
    *os << " and a message that ";
    message_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const {
    *os << "is no status that ";
    DescribeTo(os);
  }

 private:
  testing::Matcher<absl::StatusCode> code_;
  testing::Matcher<std::string> message_;
};

// The inner matcher takes its type from the StatusOr that it meets.
template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  using is_gtest_matcher = void;

  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename T>
  bool MatchAndExplain(const absl::StatusOr<T>& actual, std::ostream* explanation) const {
    if (!actual.ok()) {
      if (explanation != nullptr) {
        *explanation << "which is " << actual.status().ToString();
      }
      return false;
    }
    testing::StringMatchResultListener listener;
    const bool is_match =
        testing::SafeMatcherCast<const T&>(inner_).MatchAndExplain(*actual, &listener);
    if (explanation != nullptr) {
      *explanation << "which holds " << testing::PrintToString(*actual);
      if (!listener.str().empty()) {
        *explanation << " (" << listener.str() << ")";
      }
    }
    return is_match;
  }
  void DescribeTo(std::ostream* os) const { *os << "is OK and holds the expected value"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "is not OK, or holds another value"; }

 private:
  Inner inner_;
};

}  // namespace internal_status

inline internal_status::IsOkMatcher IsOk() {
  return {};
}

template <typename Code>
internal_status::StatusIsMatcher StatusIs(Code code) {
  return {testing::MatcherCast<absl::StatusCode>(code), testing::A<std::string>()};
}

template <typename Code, typename Message>
internal_status::StatusIsMatcher StatusIs(Code code, Message message) {
  return {testing::MatcherCast<absl::StatusCode>(code), testing::MatcherCast<std::string>(message)};
}

template <typename Inner>
internal_status::IsOkAndHoldsMatcher<Inner> IsOkAndHolds(Inner inner) {
  return internal_status::IsOkAndHoldsMatcher<Inner>(std::move(inner));
}

}  // namespace colibri

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::colibri::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::colibri::IsOk())

#define COLIBRI_TEST_CONCAT_INNER(a, b) a##b
#define COLIBRI_TEST_CONCAT(a, b) COLIBRI_TEST_CONCAT_INNER(a, b)
#define ASSERT_OK_AND_ASSIGN(lhs, expression) \
  COLIBRI_ASSERT_OK_AND_ASSIGN(COLIBRI_TEST_CONCAT(status_or_, __LINE__), lhs, expression)
#define COLIBRI_ASSERT_OK_AND_ASSIGN(status_or, lhs, expression) \
  auto status_or = (expression);                                 \
  ASSERT_OK(status_or);                                          \
  lhs = std::move(status_or).value()
