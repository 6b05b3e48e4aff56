#include "connector/rest_assistant.h"

#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RestAssistantTest : public ::testing::Test {
 protected:
  RestAssistantTest() {
    // The venue's clock is ahead by skew_.
    http_.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
      if (request.url.path.ends_with("/time")) {
        return FakeHttpTransport::Ok(
            StrCat(absl::ToUnixMillis(environment_.clock().now() + skew_)));
      }
      return std::nullopt;
    });
  }

  static VenueCall Call(HttpMethod method,
                        std::string path,
                        CallSecurity security = CallSecurity::kSigned) {
    VenueCall call;
    call.request.method = method;
    call.request.path = std::move(path);
    call.security = security;
    call.charges = {{"weight", 1}};
    return call;
  }
  RestResult Send(VenueCall call) { return environment_.Await(rest_.Call(std::move(call))); }

  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_{/*seed=*/1, http_, web_sockets_};
  VenueSpec spec_ = FakeVenueSpec();
  std::unique_ptr<VenueProtocol> protocol_ = MakeFakeProtocol(spec_);
  std::unique_ptr<Auth> auth_ = MakeFakeAuth();
  Throttler throttler_{spec_.limits, environment_.clock()};
  TimeSynchronizer time_{environment_.clock()};
  RestAssistant rest_{
      environment_, *protocol_, throttler_, time_, auth_.get(), *Url::Parse("http://fake/base")};
  absl::Duration skew_;
};

TEST_F(RestAssistantTest, AFailureBeforeTheFirstByteWasNotSent) {
  http_.Fail("POST /base/order",
             absl::UnavailableError("fake:80: connect: refused"),
             /*may_have_been_sent=*/false);

  const RestResult result = Send(Call(HttpMethod::kPost, "/order"));

  EXPECT_EQ(result.error.outcome, Outcome::kNotSent);
  EXPECT_THAT(result.status,
              StatusIs(absl::StatusCode::kUnavailable, "POST /order: fake:80: connect: refused"));
}

TEST_F(RestAssistantTest, AFailureAfterItIsUnknownAndNotSentAgain) {
  http_.Fail("POST /base/order", absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);

  const RestResult result = Send(Call(HttpMethod::kPost, "/order"));

  EXPECT_TRUE(result.is_unknown());
  EXPECT_EQ(http_.count("POST /base/order"), 1);
}

TEST_F(RestAssistantTest, ABrokenReadIsAskedOnceMore) {
  http_.Fail("GET /base/open", absl::UnavailableError("reset"), /*may_have_been_sent=*/true);
  http_.Answer("GET /base/open", "fine");

  EXPECT_THAT(Send(Call(HttpMethod::kGet, "/open")).status, IsOk());
}

TEST_F(RestAssistantTest, AReadThatBreaksTwiceIsGivenUp) {
  http_.Fail("GET /base/open", absl::UnavailableError("reset"), /*may_have_been_sent=*/true);
  http_.Fail("GET /base/open", absl::UnavailableError("reset"), /*may_have_been_sent=*/true);

  EXPECT_TRUE(Send(Call(HttpMethod::kGet, "/open")).is_unknown());
  EXPECT_EQ(http_.count("GET /base/open"), 2);
}

TEST_F(RestAssistantTest, AnHttp5xxIsUnknown) {
  http_.Answer("POST /base/order", "oops", 503);

  EXPECT_TRUE(Send(Call(HttpMethod::kPost, "/order")).is_unknown());
}

TEST_F(RestAssistantTest, AnExpiredRequestIsNeverSentS55) {
  throttler_.CloseFor(absl::Minutes(1), "429");

  VenueCall call = Call(HttpMethod::kPost, "/order");
  call.timeout = absl::Seconds(5);
  const RestResult result = Send(std::move(call));

  EXPECT_EQ(result.error.outcome, Outcome::kNotSent);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kDeadlineExceeded, StartsWith("not sent")));
  environment_.RunFor(absl::Minutes(5));
  EXPECT_EQ(http_.count("POST /base/order"), 0);
}

TEST_F(RestAssistantTest, TheTimeSpentWaitingCountsAgainstTheTransportsTimeout) {
  throttler_.CloseFor(absl::Seconds(4), "429");
  http_.Answer("GET /base/open", "fine");

  VenueCall call = Call(HttpMethod::kGet, "/open");
  call.timeout = absl::Seconds(10);
  Send(std::move(call));

  EXPECT_EQ(http_.requests().back().timeout, absl::Seconds(6));
}

TEST_F(RestAssistantTest, ASignedCallWithoutKeysIsNotSent) {
  RestAssistant keyless(
      environment_, *protocol_, throttler_, time_, nullptr, *Url::Parse("http://fake"));

  const RestResult result = environment_.Await(keyless.Call(Call(HttpMethod::kPost, "/order")));

  EXPECT_EQ(result.error.outcome, Outcome::kNotSent);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("API key")));
}

TEST_F(RestAssistantTest, SignsWithTheVenuesTime) {
  skew_ = absl::Seconds(-3);
  http_.Answer("GET /base/open", "fine");
  ASSERT_THAT(environment_.Await(rest_.SynchronizeTime(1, CallPriority::kReconcile)), IsOk());

  Send(Call(HttpMethod::kGet, "/open"));

  EXPECT_EQ(http_.requests().back().url.path, "/base/open?timestamp=1699999997000");
}

TEST_F(RestAssistantTest, PublicCallsCarryNoKey) {
  http_.Answer("GET /base/depth", "fine");

  Send(Call(HttpMethod::kGet, "/depth", CallSecurity::kNone));

  EXPECT_EQ(http_.requests().back().url.path, "/base/depth");
  for (const auto& [name, value] : http_.requests().back().headers) {
    EXPECT_NE(name, "key");
  }
}

TEST_F(RestAssistantTest, AClockOfFiveSecondsIsHealedAndTheRequestTriedOnceMoreS50) {
  for (int i = 0; i < 16; ++i) {
    ASSERT_THAT(environment_.Await(rest_.SynchronizeTime(1, CallPriority::kReconcile)), IsOk());
  }
  skew_ = absl::Seconds(5);  // the venue's clock is set
  http_.Answer("POST /base/order", "clock_skew", 400);
  http_.Answer("POST /base/order", "fine");
  http_.ClearRequests();

  const RestResult result = Send(Call(HttpMethod::kPost, "/order"));

  EXPECT_THAT(result.status, IsOk());
  EXPECT_EQ(http_.count("GET /base/time"), RestAssistant::kSkewSamples);
  EXPECT_EQ(time_.offset(), absl::Seconds(5));
  EXPECT_THAT(http_.requests().back().url.path, HasSubstr("timestamp=1700000005000"));
}

TEST_F(RestAssistantTest, AClockThatIsRefusedTwiceIsAnError) {
  http_.AnswerAlways("POST /base/order", "clock_skew", 400);

  const RestResult result = Send(Call(HttpMethod::kPost, "/order"));

  EXPECT_EQ(result.error.kind, ErrorKind::kClockSkew);
  EXPECT_TRUE(result.is_rejected());
  EXPECT_EQ(http_.count("POST /base/order"), 2);
}

TEST_F(RestAssistantTest, A429IsObeyedS49) {
  http_.Answer("GET /base/open", "rate_limited", 429, {{"Retry-After", "7"}});
  http_.Answer("GET /base/open", "fine");
  const absl::Duration start = environment_.clock().monotonic();

  EXPECT_EQ(Send(Call(HttpMethod::kGet, "/open")).error.outcome, Outcome::kNotSent);
  EXPECT_THAT(Send(Call(HttpMethod::kGet, "/open")).status, IsOk());

  EXPECT_EQ(environment_.clock().monotonic() - start, absl::Seconds(7));
}

TEST_F(RestAssistantTest, A429WithoutRetryAfterWaitsLongerEachTime) {
  http_.Answer("GET /base/open", "rate_limited", 429);
  http_.Answer("GET /base/open", "rate_limited", 429);
  http_.Answer("GET /base/open", "fine");
  const absl::Duration start = environment_.clock().monotonic();

  for (int i = 0; i < 3; ++i) {
    Send(Call(HttpMethod::kGet, "/open"));
  }

  EXPECT_EQ(environment_.clock().monotonic() - start, absl::Seconds(3));
}

TEST_F(RestAssistantTest, A418OpensTheCircuitS49) {
  http_.Answer("GET /base/open", "banned", 418, {{"Retry-After", "300"}});

  Send(Call(HttpMethod::kGet, "/open"));
  const RestResult next = Send(Call(HttpMethod::kDelete, "/order"));

  EXPECT_THAT(next.status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("banned")));
  EXPECT_EQ(http_.count("DELETE /base/order"), 0);
}

TEST_F(RestAssistantTest, UsedWeightHeadersFeedTheThrottler) {
  http_.Answer("GET /base/open", "fine", 200, {{"X-Used-Weight", "1234"}});

  Send(Call(HttpMethod::kGet, "/open"));

  EXPECT_EQ(throttler_.used("weight"), 1234);
}

TEST_F(RestAssistantTest, ABlockedRegionNamesTheOtherDomains) {
  rest_.set_region_hint("other domains of fake: us, local");
  http_.Answer("GET /base/rules", "region", 451);

  EXPECT_THAT(
      Send(Call(HttpMethod::kGet, "/rules", CallSecurity::kNone)).status,
      StatusIs(absl::StatusCode::kPermissionDenied, "region; other domains of fake: us, local"));
}

TEST_F(RestAssistantTest, ErrorsDoNotQuoteTheSignedQuery) {
  http_.Fail("POST /base/order", absl::UnavailableError("cut"), /*may_have_been_sent=*/true);

  EXPECT_THAT(std::string(Send(Call(HttpMethod::kPost, "/order")).status.message()),
              Not(HasSubstr("timestamp")));
}

TEST_F(RestAssistantTest, WhatIsStartedIsOnTheWireBeforeTheLoopRuns) {
  http_.Answer("POST /base/order", "fine");

  Task<RestResult> answer = rest_.Start(Call(HttpMethod::kPost, "/order"));
  EXPECT_EQ(http_.count("POST /base/order"), 1);

  EXPECT_THAT(environment_.Await(std::move(answer)).status, IsOk());
  EXPECT_EQ(http_.count("POST /base/order"), 1);
}

TEST_F(RestAssistantTest, WhatIsStartedWithoutAConnectionIsSentByItsTask) {
  http_.set_down(absl::UnavailableError("no route"));

  Task<RestResult> answer = rest_.Start(Call(HttpMethod::kPost, "/order"));
  EXPECT_EQ(http_.requests().size(), 0);
  http_.set_down(std::nullopt);
  http_.Answer("POST /base/order", "fine");

  EXPECT_THAT(environment_.Await(std::move(answer)).status, IsOk());
  EXPECT_EQ(throttler_.used("weight"), 1);
}

TEST_F(RestAssistantTest, WhatIsStartedWaitsForTheLimit) {
  throttler_.CloseFor(absl::Seconds(4), "429");
  http_.Answer("POST /base/order", "fine");

  Task<RestResult> answer = rest_.Start(Call(HttpMethod::kPost, "/order"));
  EXPECT_EQ(http_.requests().size(), 0);

  EXPECT_THAT(environment_.Await(std::move(answer)).status, IsOk());
  EXPECT_EQ(http_.requests().back().timeout, absl::Seconds(6));
}

TEST_F(RestAssistantTest, WhatIsStartedWithAClockThatIsRefusedIsTriedOnceMoreS50) {
  skew_ = absl::Seconds(5);
  http_.Answer("POST /base/order", "clock_skew", 400);
  http_.Answer("POST /base/order", "fine");

  EXPECT_THAT(environment_.Await(rest_.Start(Call(HttpMethod::kPost, "/order"))).status, IsOk());
  EXPECT_EQ(http_.count("POST /base/order"), 2);
}

TEST_F(RestAssistantTest, WhatIsStartedWithoutKeysIsNotSent) {
  RestAssistant keyless(
      environment_, *protocol_, throttler_, time_, nullptr, *Url::Parse("http://fake"));

  const RestResult result = environment_.Await(keyless.Start(Call(HttpMethod::kPost, "/order")));

  EXPECT_EQ(result.error.outcome, Outcome::kNotSent);
  EXPECT_EQ(http_.requests().size(), 0);
  EXPECT_EQ(throttler_.used("weight"), 0);
}

TEST_F(RestAssistantTest, NoTimeSampleIsAnErrorThatSaysWhy) {
  http_.set_responder({});
  http_.AnswerAlways("GET /base/time", "not a time");

  EXPECT_THAT(environment_.Await(rest_.SynchronizeTime(3, CallPriority::kReconcile)),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_FALSE(time_.is_synced());
}

}  // namespace
}  // namespace colibri
