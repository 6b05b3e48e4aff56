#include "exchanges/hyperliquid_common/hyperliquid_errors.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

struct Row {
  std::string_view words;
  StatusCode status;
  Outcome outcome;
  ErrorKind kind;
};

constexpr Row kRows[] = {
    {"Price must be divisible by tick size. asset=4",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {"Order must have minimum value of $10.",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {"Insufficient margin to place order. asset=4",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kInsufficientBalance},
    {"insufficient spot balance asset=10107",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kInsufficientBalance},
    {"Reduce only order would increase position. asset=4",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {"Post only order would have immediately matched, bbo was 1670@1671. asset=4",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kWouldTake},
    {"Order could not immediately match against any resting orders. asset=4",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {"Order was never placed, already canceled, or filled. asset=4",
     StatusCode::kNotFound,
     Outcome::kRejected,
     ErrorKind::kCancelUnknownOrder},
    {"Cannot modify canceled or filled order",
     StatusCode::kNotFound,
     Outcome::kRejected,
     ErrorKind::kCancelUnknownOrder},
    {"User or API Wallet 0x14791697260e4c9a71f18484c9f997b308e59325 does not exist.",
     StatusCode::kUnauthenticated,
     Outcome::kRejected,
     ErrorKind::kBadCredentials},
    {"Invalid nonce: duplicate nonce",
     StatusCode::kFailedPrecondition,
     Outcome::kNotSent,
     ErrorKind::kClockSkew},
    {"Must deposit before performing actions. User: 0x1",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kInsufficientBalance},
    {"Words that nobody has seen",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
};

void ExpectRow(const VenueError& error, const Row& row) {
  EXPECT_THAT(error.status, StatusIs(row.status, HasSubstr(row.words)));
  EXPECT_EQ(error.outcome, row.outcome);
  EXPECT_EQ(error.kind, row.kind);
}

std::optional<VenueError> Find(std::string_view body) {
  return FindError({.status = 200, .headers = {}, .body = std::string(body)});
}

TEST(HyperliquidErrorsTest, ReadsTheTableInEveryPlaceWhereWordsStand) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.words);
    ExpectRow(ClassifyWords(row.words), row);

    const auto whole = Find(StrCat(R"({"status":"err","response":")", row.words, "\"}"));
    ASSERT_TRUE(whole.has_value());
    ExpectRow(*whole, row);

    const auto single =
        Find(StrCat(R"({"status":"ok","response":{"type":"order","data":{"statuses":[{"error":")",
                    row.words,
                    "\"}]}}}"));
    ASSERT_TRUE(single.has_value());
    ExpectRow(*single, row);
  }
}

// Cancels go on: their limit is another.
TEST(HyperliquidErrorsTest, ClosesNothingButActionsWhenAnAddressHasUsedThemUp) {
  const VenueError error = ClassifyWords(
      "Too many cumulative requests sent (10005 > 10000) for cumulative volume traded $0.");

  EXPECT_THAT(error.status, StatusIs(StatusCode::kResourceExhausted));
  EXPECT_EQ(error.kind, ErrorKind::kRateLimited);
  EXPECT_EQ(error.outcome, Outcome::kNotSent);
  EXPECT_EQ(error.retry_after, absl::Seconds(10));
  EXPECT_EQ(error.limited_pool, "actions");
}

TEST(HyperliquidErrorsTest, FindsThatAnOrderIsNotKnown) {
  const auto error = Find(R"({"status":"unknownOid"})");

  ASSERT_TRUE(error.has_value());
  EXPECT_THAT(error->status, StatusIs(StatusCode::kNotFound));
  EXPECT_EQ(error->kind, ErrorKind::kOrderNotFound);
  EXPECT_EQ(error->outcome, Outcome::kRejected);
}

TEST(HyperliquidErrorsTest, FindsNothingInAnswersThatAreNone) {
  for (
      const std::string_view body :
      {R"({"status":"ok","response":{"type":"order","data":{"statuses":[{"resting":{"oid":1}}]}}})",
       R"({"status":"ok","response":{"type":"cancel","data":{"statuses":["success"]}}})",
       R"({"status":"ok","response":{"type":"default"}})",
       R"({"status":"order","order":{"order":{},"status":"open","statusTimestamp":1}})",
       R"([{"coin":"BTC"}])",
       R"({"universe":[]})",
       R"({"status":"err")",
       ""}) {
    EXPECT_FALSE(Find(body).has_value()) << body;
  }
}

TEST(HyperliquidErrorsTest, ReadsHttpStatuses) {
  const auto classify = [](int status, HttpHeaders headers = {}) {
    return ClassifyError({.status = status, .headers = std::move(headers), .body = "words"});
  };

  EXPECT_EQ(classify(429).outcome, Outcome::kNotSent);
  EXPECT_EQ(classify(429).kind, ErrorKind::kRateLimited);
  EXPECT_EQ(classify(429).limited_pool, "");
  EXPECT_EQ(classify(429, {{"Retry-After", "7"}}).retry_after, absl::Seconds(7));
  EXPECT_EQ(classify(418, {{"Retry-After", "34"}}).kind, ErrorKind::kBanned);
  EXPECT_EQ(classify(418, {{"Retry-After", "34"}}).outcome, Outcome::kNotSent);
  EXPECT_EQ(classify(418, {{"Retry-After", "34"}}).retry_after, absl::Seconds(34));
  EXPECT_EQ(classify(408).outcome, Outcome::kUnknown);
  EXPECT_EQ(classify(422).outcome, Outcome::kRejected);
  EXPECT_THAT(classify(422).status, StatusIs(StatusCode::kInvalidArgument, HasSubstr("words")));
  EXPECT_EQ(classify(451).kind, ErrorKind::kRegionBlocked);
  for (const int status : {500, 502, 503, 504, 302}) {
    EXPECT_EQ(classify(status).outcome, Outcome::kUnknown) << status;
    EXPECT_FALSE(classify(status).status.ok());
  }
}

}  // namespace
}  // namespace colibri::hyperliquid
