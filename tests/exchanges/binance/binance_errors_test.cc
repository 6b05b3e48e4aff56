#include "exchanges/binance/binance_errors.h"

#include <optional>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::Not;

struct Row {
  int http_status;
  std::string_view body;
  StatusCode status;
  Outcome outcome;
  ErrorKind kind;
};

VenueError Classify(int http_status, std::string_view body, HttpHeaders headers = {}) {
  return ClassifyError(
      SpotErrors(),
      {.status = http_status, .headers = std::move(headers), .body = std::string(body)});
}

void ExpectRow(const Row& row) {
  const VenueError error = Classify(row.http_status, row.body);
  EXPECT_EQ(error.status.code(), row.status) << row.http_status << " " << row.body;
  EXPECT_EQ(error.outcome, row.outcome) << row.http_status << " " << row.body;
  EXPECT_EQ(error.kind, row.kind) << row.http_status << " " << row.body;
}

TEST(BinanceErrorsTest, OutcomeIsUnknownWhenTheVenueDoesNotSay) {
  const Row rows[] = {
      {500, "", StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther},
      {502,
       "<html>Bad Gateway</html>",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {503,
       R"({"code":-1000,"msg":"An unknown error occurred."})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {504,
       R"({"code":-1007,"msg":"Timeout waiting for response from backend server."})",
       StatusCode::kDeadlineExceeded,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {400,
       R"({"code":-1000,"msg":"x"})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {400,
       R"({"code":-1001,"msg":"Internal error"})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {400,
       R"({"code":-1006,"msg":"Unexpected response"})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {400,
       R"({"code":-1016,"msg":"Service shutting down"})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      // A refusal is only what the venue itself says.
      {500,
       R"({"code":-2010,"msg":"Account has insufficient balance."})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {500,
       R"({"code":-2013,"msg":"Order does not exist."})",
       StatusCode::kUnavailable,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {400, "<html>400</html>", StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther},
      {404, "", StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther},
      {302, "", StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther},
      {0, "", StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther},
      {409,
       R"({"code":-2021,"msg":"Order cancel-replace partially failed."})",
       StatusCode::kAborted,
       Outcome::kUnknown,
       ErrorKind::kOther},
      {400,
       R"({"code":-2010,"msg":"Duplicate order sent."})",
       StatusCode::kAlreadyExists,
       Outcome::kUnknown,
       ErrorKind::kDuplicateOrder},
  };
  for (const Row& row : rows) {
    ExpectRow(row);
  }
}

TEST(BinanceErrorsTest, WaitsWhenTooMuchWasAsked) {
  const Row rows[] = {
      {429,
       R"({"code":-1003,"msg":"Too much request weight used"})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kRateLimited},
      {429, "", StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kRateLimited},
      {429,
       R"({"code":-1015,"msg":"Too many new orders."})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kRateLimited},
      {400,
       R"({"code":-1003,"msg":"Too many requests"})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kRateLimited},
      {400,
       R"({"code":-1015,"msg":"Too many new orders."})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kRateLimited},
      {418,
       R"({"code":-1003,"msg":"Way too many requests; IP banned"})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kBanned},
      {503,
       R"({"code":-1008,"msg":"Server is currently overloaded"})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kOverloaded},
      {400,
       R"({"code":-1008,"msg":"Server is currently overloaded"})",
       StatusCode::kResourceExhausted,
       Outcome::kNotSent,
       ErrorKind::kOverloaded},
  };
  for (const Row& row : rows) {
    ExpectRow(row);
  }
}

constexpr Row kRefusals[] = {
    {401,
     R"({"code":-1002,"msg":"You are not authorized"})",
     StatusCode::kUnauthenticated,
     Outcome::kRejected,
     ErrorKind::kBadCredentials},
    {400,
     R"({"code":-1013,"msg":"Filter failure: LOT_SIZE"})",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-1021,"msg":"Timestamp outside of the recvWindow."})",
     StatusCode::kFailedPrecondition,
     Outcome::kNotSent,
     ErrorKind::kClockSkew},
    {400,
     R"({"code":-1022,"msg":"Signature for this request is not valid."})",
     StatusCode::kUnauthenticated,
     Outcome::kRejected,
     ErrorKind::kBadCredentials},
    {400,
     R"({"code":-1100,"msg":"Illegal characters"})",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-1111,"msg":"Precision"})",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-1121,"msg":"Invalid symbol."})",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-1130,"msg":"Invalid data"})",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-1145,"msg":"Invalid cancelRestrictions"})",
     StatusCode::kInvalidArgument,
     Outcome::kRejected,
     ErrorKind::kOther},
    {401,
     R"({"code":-2014,"msg":"API-key format invalid."})",
     StatusCode::kUnauthenticated,
     Outcome::kRejected,
     ErrorKind::kBadCredentials},
    {401,
     R"({"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."})",
     StatusCode::kUnauthenticated,
     Outcome::kRejected,
     ErrorKind::kBadCredentials},
    {400,
     R"({"code":-2010,"msg":"Account has insufficient balance for requested action."})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kInsufficientBalance},
    {400,
     R"({"code":-2010,"msg":"Order would immediately match and take."})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kWouldTake},
    {400,
     R"({"code":-2010,"msg":"This symbol is not permitted for this account."})",
     StatusCode::kPermissionDenied,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2010,"msg":"Market is closed."})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2010,"msg":"Stop price would trigger immediately."})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2011,"msg":"Unknown order sent."})",
     StatusCode::kNotFound,
     Outcome::kRejected,
     ErrorKind::kCancelUnknownOrder},
    {400,
     R"({"code":-2013,"msg":"Order does not exist."})",
     StatusCode::kNotFound,
     Outcome::kRejected,
     ErrorKind::kOrderNotFound},
    {400,
     R"({"code":-2022,"msg":"Order cancel-replace failed."})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2026,"msg":"Order was canceled or expired over 90 days ago"})",
     StatusCode::kNotFound,
     Outcome::kRejected,
     ErrorKind::kOrderNotFound},
    {400,
     R"({"code":-2035,"msg":"already subscribed"})",
     StatusCode::kAlreadyExists,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2036,"msg":"no subscription"})",
     StatusCode::kNotFound,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2038,"msg":"amend rejected"})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2039,"msg":"client id"})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2042,"msg":"filter"})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    {400,
     R"({"code":-2043,"msg":"no reference price"})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
    // A code to come: still the venue's own refusal.
    {400,
     R"({"code":-9999,"msg":"new"})",
     StatusCode::kFailedPrecondition,
     Outcome::kRejected,
     ErrorKind::kOther},
};

TEST(BinanceErrorsTest, TellsWhatTheVenueRefuses) {
  for (const Row& row : kRefusals) {
    ExpectRow(row);
  }
}

TEST(BinanceErrorsTest, TellsWallsInFrontOfTheVenue) {
  const VenueError region = Classify(451, R"({"code":0,"msg":"Service unavailable"})");
  EXPECT_EQ(region.kind, ErrorKind::kRegionBlocked);
  EXPECT_EQ(region.outcome, Outcome::kNotSent);
  EXPECT_THAT(region.status, StatusIs(StatusCode::kPermissionDenied, HasSubstr("domain us")));
  const VenueError firewall = Classify(403, "<html>");
  EXPECT_EQ(firewall.outcome, Outcome::kNotSent);
  EXPECT_THAT(firewall.status, StatusIs(StatusCode::kPermissionDenied, HasSubstr("firewall")));
}

TEST(BinanceErrorsTest, ReadsRetryAfter) {
  EXPECT_EQ(Classify(429, "", {{"Retry-After", "17"}}).retry_after, absl::Seconds(17));
  EXPECT_EQ(Classify(418, "", {{"retry-after", "120"}}).retry_after, absl::Seconds(120));
  EXPECT_EQ(Classify(429, "", {{"retry-after", "99999999"}}).retry_after, absl::Hours(168));
  for (const std::string_view bad : {"", "-1", "soon", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(Classify(429, "", {{"retry-after", std::string(bad)}}).retry_after, std::nullopt)
        << bad;
  }
  EXPECT_EQ(Classify(400, R"({"code":-2010,"msg":"x"})", {{"retry-after", "17"}}).retry_after,
            std::nullopt);
}

TEST(BinanceErrorsTest, MessagesHoldCodeAndWordsAndNoMore) {
  const VenueError error = Classify(
      400,
      StrCat(R"({"code":-1013,"msg":"Filter failure:\nLOT_SIZE)", std::string(1000, 'x'), "\"}"));
  EXPECT_THAT(std::string(Std(error.status.message())),
              HasSubstr("Binance error -1013 (HTTP 400): Filter failure:.LOT_SIZE"));
  EXPECT_LT(error.status.message().size(), 300u);
}

TEST(BinanceErrorsTest, SurvivesAnyBody) {
  constexpr std::string_view kBody =
      R"({"code":-2010,"msg":"Account has insufficient balance for requested action."})";
  for (size_t size = 0; size < kBody.size(); ++size) {
    EXPECT_EQ(Classify(400, kBody.substr(0, size)).outcome, Outcome::kUnknown) << size;
  }
  EXPECT_EQ(Classify(400, R"({"code":"-2010"})").outcome, Outcome::kUnknown);
  EXPECT_EQ(Classify(400, "[]").outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace colibri::binance
