#include "exchanges/binance_perpetual/binance_perpetual_errors.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

VenueError Classify(int http_status, int64_t code, std::string_view words = "No.") {
  return ClassifyError(PerpetualErrors(),
                       {.status = http_status,
                        .headers = {},
                        .body = StrCat(R"({"code":)", code, R"(,"msg":")", words, R"("})")});
}

TEST(PerpetualErrorsTest, TakesNoServerErrorForARefusalButWhatTheVenueIsSureOf) {
  EXPECT_EQ(
      Classify(503, -1000, "Unknown error, please check your request or try again later.").outcome,
      Outcome::kUnknown);
  EXPECT_EQ(
      Classify(503, -1001, "Internal error; unable to process your request. Please try again.")
          .outcome,
      Outcome::kUnknown);
  EXPECT_EQ(Classify(408, -1007).outcome, Outcome::kUnknown);
  EXPECT_EQ(Classify(408, -2022).outcome, Outcome::kUnknown);
  EXPECT_EQ(Classify(503, -2022).outcome, Outcome::kUnknown);
  EXPECT_EQ(ClassifyError(PerpetualErrors(),
                          {.status = 503, .headers = {}, .body = "Service Unavailable."})
                .outcome,
            Outcome::kUnknown);
  for (const VenueError& error :
       {Classify(503, -1, "Service Unavailable."),
        Classify(503, -1008, "Request throttled by system-level protection.")}) {
    EXPECT_EQ(error.outcome, Outcome::kNotSent);
    EXPECT_EQ(error.kind, ErrorKind::kOverloaded);
  }
}

TEST(PerpetualErrorsTest, TellsWhatAnOrderCameTo) {
  struct Case {
    int64_t code;
    StatusCode status;
    Outcome outcome;
    ErrorKind kind;
  };
  const Case cases[] = {
      {-1015, StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kRateLimited},
      {-1021, StatusCode::kFailedPrecondition, Outcome::kNotSent, ErrorKind::kClockSkew},
      {-1022, StatusCode::kUnauthenticated, Outcome::kRejected, ErrorKind::kBadCredentials},
      {-1111, StatusCode::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther},
      {-1125, StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOther},
      {-1136, StatusCode::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther},
      {-2010, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-2011, StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kCancelUnknownOrder},
      {-2013, StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound},
      {-2018, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kInsufficientBalance},
      {-2019, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kInsufficientBalance},
      // On spot half of a cancel-replace; here a trigger that is reached already.
      {-2021, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-2022, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      // On spot an archived order.
      {-2026, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-2028, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-4005, StatusCode::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther},
      {-4046, StatusCode::kAlreadyExists, Outcome::kRejected, ErrorKind::kAlreadySo},
      {-4059, StatusCode::kAlreadyExists, Outcome::kRejected, ErrorKind::kAlreadySo},
      {-4061, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-4068, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-4088, StatusCode::kPermissionDenied, Outcome::kRejected, ErrorKind::kOther},
      {-4116, StatusCode::kAlreadyExists, Outcome::kUnknown, ErrorKind::kDuplicateOrder},
      {-4164, StatusCode::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther},
      {-4999, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-5021, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther},
      {-5022, StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kWouldTake},
      {-5027, StatusCode::kAlreadyExists, Outcome::kRejected, ErrorKind::kAlreadySo},
      {-5028, StatusCode::kFailedPrecondition, Outcome::kNotSent, ErrorKind::kClockSkew},
  };
  for (const Case& c : cases) {
    const VenueError error = Classify(400, c.code);
    EXPECT_EQ(error.status.code(), c.status) << c.code;
    EXPECT_EQ(error.outcome, c.outcome) << c.code;
    EXPECT_EQ(error.kind, c.kind) << c.code;
  }
}

TEST(PerpetualErrorsTest, NamesADomainThatServesTheRegion) {
  const VenueError error = Classify(451, 0);
  EXPECT_EQ(error.kind, ErrorKind::kRegionBlocked);
  EXPECT_THAT(std::string(error.status.message()), HasSubstr("use domain testnet"));
}

}  // namespace
}  // namespace colibri::binance::perpetual
