#include "connector/position_closer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PositionCloserTest : public ::testing::Test {
 protected:
  PositionCloserTest() : venue_(/*has_keys=*/true, FakePerpetualSpec()) {}

  void Hold(std::string_view quantity) {
    venue_.http.AnswerAlways("GET /positions",
                             StrCat("position BTC-USDT net ", quantity, " 100 ", venue_.now_ms()));
    ASSERT_THAT(venue_.Start(), IsOk());
  }
  absl::Status Close() {
    return venue_.environment.Await(
        ClosePositions(venue_.environment, *venue_.exchange, absl::Seconds(10)));
  }

  FakeVenue venue_;
};

TEST_F(PositionCloserTest, SpotHasNothingToClose) {
  FakeVenue spot;
  ASSERT_THAT(spot.Start(), IsOk());
  EXPECT_THAT(
      spot.environment.Await(ClosePositions(spot.environment, *spot.exchange, absl::Seconds(1))),
      IsOk());
}

TEST_F(PositionCloserTest, SaysWhatIsLeftWhenTheVenueRefuses) {
  Hold("2");
  venue_.http.AnswerAlways("POST /order", "rejected", 400);

  EXPECT_THAT(Close(), StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("2 BTC-USDT")));
  EXPECT_EQ(venue_.http.count("POST /order"), 10u) << "one a second";
}

TEST_F(PositionCloserTest, SaysWhyNothingCanBePlaced) {
  Hold("2");
  venue_.http.AnswerAlways("GET /depth", "oops", 503);
  venue_.market().Break("gone");
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(Close(),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       AllOf(HasSubstr("2 BTC-USDT"), HasSubstr("not ready to trade"))));
}

TEST_F(PositionCloserTest, ClosesAShortByBuyingOnce) {
  Hold("-2");
  venue_.http.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.url.path.starts_with("/time")) {
      return FakeHttpTransport::Ok(StrCat(venue_.now_ms()));
    }
    if (request.method == HttpMethod::kPost) {
      venue_.user().Push(StrCat("position BTC-USDT net 0 0 ", venue_.now_ms()));
      return FakeHttpTransport::Ok(StrCat("order - X1 open 0 ", venue_.now_ms()));
    }
    return std::nullopt;
  });

  EXPECT_THAT(Close(), IsOk());
  EXPECT_EQ(venue_.http.count("POST /order"), 1u);
  for (const HttpRequest& request : venue_.http.requests()) {
    if (request.method == HttpMethod::kPost) {
      EXPECT_THAT(request.url.path, HasSubstr("side=buy&quantity=2&"));
      EXPECT_THAT(request.url.path, HasSubstr("action=close"));
    }
  }
}

}  // namespace
}  // namespace colibri
